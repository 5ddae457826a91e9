// Where the parts of the picture are, for the width that there is.

/** A rectangle of the picture. Pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All parts. */
export interface Places {
  readonly width: number;
  readonly isNarrow: boolean;
  readonly writes: Place;
  readonly log: Place;
  readonly memtables: Place;
  /** Its height follows from what is in it. */
  readonly sstables: Place;
}

/** Below this the parts are one above the other. */
const narrowBelow = 760;
/** What log and memtables take. */
export const flowHeight = 232;

/** Lays the parts out. */
export function placesOf(width: number): Places {
  if (width < narrowBelow) {
    const part = Math.floor((width - 66 - 12 - 4) / 2);
    return {
      width,
      isNarrow: true,
      writes: { x: 0, y: 66, width: 44, height: 34 },
      log: { x: 66, y: 4, width: part, height: flowHeight },
      memtables: { x: 66 + part + 12, y: 4, width: part, height: flowHeight },
      sstables: { x: 0, y: flowHeight + 16, width, height: 0 },
    };
  }
  const part = width < 1000 ? 118 : 150;
  const left = 92;
  const gap = 26;
  const sstables = left + 2 * (part + gap) + 14;
  return {
    width,
    isNarrow: false,
    writes: { x: 2, y: 66, width: left - 26, height: 34 },
    log: { x: left, y: 4, width: part, height: flowHeight },
    memtables: { x: left + part + gap, y: 4, width: part, height: flowHeight },
    sstables: { x: sstables, y: 4, width: width - sstables, height: 0 },
  };
}
