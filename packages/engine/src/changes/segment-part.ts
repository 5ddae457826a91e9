import { RECORD_HEADER_SIZE, RECORD_MARKER, recordsIn } from '../wal/index.ts';

/** Bytes of a segment that are in memory at a time, unless one record has more. */
export const PART_BYTES = 256 * 1024;

/** The next records of a segment. */
export interface SegmentPart {
  readonly bytes: Uint8Array;
  /** From and to of the records' payloads in `bytes`. */
  readonly payloads: readonly number[];
  /** Where in the segment it goes on; its end where nothing is left. */
  readonly next: number;
}

/**
 * Reads whole records from `from`, where one begins, up to `end`: about `size` bytes, more where a record is larger or what is damaged is.
 * What is damaged is passed over, as recovery does. `salted`: where checksums begin from. Throws what `read` throws.
 */
export function readPart(
  read: (from: number, length: number) => Uint8Array,
  { from, end, salted }: { readonly from: number; readonly end: number; readonly salted: number },
  size = PART_BYTES,
): SegmentPart {
  for (let wanted = size; ; wanted *= 2) {
    const length = Math.min(wanted, end - from);
    const bytes = read(from, length);
    // A file that ends before its size says is at its end.
    const isAll = length === end - from || bytes.length < length;
    const whole = isAll ? bytes.length : endOfRecords(bytes, end - from);
    if (whole > 0) {
      const { payloads, end: last } = recordsIn(bytes.subarray(0, whole), salted, 0);
      if (isAll) return { bytes, payloads, next: end };
      // A part without a record is damaged: the next one that is right lies beyond it.
      if (last > 0) return { bytes, payloads, next: from + last };
    }
  }
}

/** Where the last of the records that are all there ends; the bytes' own end where they make no sense, for a scan to find the next. */
function endOfRecords(bytes: Uint8Array, left: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + RECORD_HEADER_SIZE <= bytes.length) {
    if (view.getUint32(at) !== RECORD_MARKER) return bytes.length;
    const next = at + RECORD_HEADER_SIZE + view.getUint32(at + 4);
    if (next > left) return bytes.length;
    if (next > bytes.length) break;
    at = next;
  }
  return at;
}
