/** Where a frame is, and what it holds. */
export interface FrameAt {
  /** Of its plaintext, in the file as readers see it. */
  readonly position: number;
  /** Of its plaintext; of a damaged part of the file, the bytes that were there or would have been. */
  readonly length: number;
  /** Of its first byte, in the file as it is. */
  readonly physical: number;
  /** Whether nothing there can be read. */
  readonly damaged: boolean;
}

/** Frames of the same length, one after the other. */
interface Run {
  readonly position: number;
  readonly physical: number;
  readonly length: number;
  readonly damaged: boolean;
  count: number;
}

/** Which frame has which bytes of a file. Most files are one run of full frames and a last one that is shorter. */
export class FrameIndex {
  private readonly runs: Run[] = [];
  private readonly overhead: number;
  /** Bytes of plaintext in all frames. */
  size = 0;

  /** `overhead`: bytes that a frame has beside its plaintext. */
  constructor(overhead: number) {
    this.overhead = overhead;
  }

  /** Appends `count` frames, each with `length` bytes of plaintext, of which the first begins at `physical`. */
  append(physical: number, length: number, count: number): void {
    const last = this.runs.at(-1);
    if (last !== undefined && !last.damaged && last.length === length && this.physicalOf(last, last.count) === physical) {
      last.count += count;
    } else {
      this.runs.push({ position: this.size, physical, length, count, damaged: false });
    }
    this.size += length * count;
  }

  /** Appends a part that can't be read. */
  appendDamaged(physical: number, length: number): void {
    this.runs.push({ position: this.size, physical, length, count: 1, damaged: true });
    this.size += length;
  }

  /** The frame that has the byte at `position`, which is less than `size`. */
  at(position: number): FrameAt {
    const { runs } = this;
    let low = 0;
    for (let high = runs.length; high - low > 1; ) {
      const middle = (low + high) >>> 1;
      if (runs[middle].position <= position) low = middle;
      else high = middle;
    }
    const run = runs[low];
    const { length, damaged } = run;
    const number = Math.floor((position - run.position) / length);
    return { position: run.position + number * length, length, physical: this.physicalOf(run, number), damaged };
  }

  /** Forgets the frames from `position` on, where one begins, and returns where that one began in the file; -1 where none begins there. */
  cut(position: number): number {
    if (position >= this.size) return -1;
    const frame = this.at(position);
    if (frame.position !== position) return -1;
    let last = this.runs.at(-1)!;
    while (last.position >= position) {
      this.runs.pop();
      if (this.runs.length === 0) break;
      last = this.runs.at(-1)!;
    }
    if (this.runs.length > 0) last.count = Math.min(last.count, (position - last.position) / last.length);
    this.size = position;
    return frame.physical;
  }

  private physicalOf({ physical, length }: Run, number: number): number {
    return physical + number * (length + this.overhead);
  }
}
