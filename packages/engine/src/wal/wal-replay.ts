import { ByteReader, CassetteError } from '@cassette/bytes';
import type { StorageFile } from '@cassette/storage';
import {
  DESCRIPTION_MARK_SIZE,
  decodeSegmentHeader,
  endsIn,
  isDescription,
  isReadVersion,
  RECORD_HEADER_SIZE,
  RECORD_MARKER,
  recordChecksum,
  SEGMENT_HEADER_SIZE,
  saltCrc,
  WAL_VERSION,
} from './wal-format.ts';

/** Where in a header the salt is. */
const SALT_AT = 12;

/** Bytes of a segment that are no records. */
export interface DamagedRange {
  readonly offset: number;
  readonly size: number;
}

/** What reading a segment found. Nothing in it refers to the file: it only was read. */
export interface SegmentContents {
  /** The whole file. */
  readonly bytes: Uint8Array;
  /** Payloads that are mutations, as ranges of `bytes`: from, to, from, to, … */
  readonly payloads: readonly number[];
  /** Descriptions of the store, as ranges of `bytes`. */
  readonly descriptions: readonly number[];
  /** Of segments before this one, by number, up to where they were durable when it was begun: what it says last. */
  readonly endsBefore: ReadonlyMap<number, number>;
  /** Where the last record that is right ends; where reading began if there is none. */
  readonly end: number;
  /** Greatest timestamp issued when the last record was written; 0 for none. */
  readonly lastTimestamp: number;
  /** What a crash cut off: not acknowledged when it was lost. */
  readonly torn: readonly DamagedRange[];
  /** What was whole once and is no more. */
  readonly damaged: readonly DamagedRange[];
  /** Where the marker of a record was whole once and is no more, while the record is. */
  readonly markersDamaged: readonly number[];
}

/**
 * Reads a segment: all records whose checksum is right. Reading goes on after bytes that are none, at the next record that is;
 * a damaged header alone loses no record.
 * Zeros at the end are no records and no damage. Throws CassetteError WAL_VERSION for a segment of another version: it is not
 * damaged, it is for another Cassette.
 */
export function readSegment(file: StorageFile, number: number): SegmentContents {
  const bytes = readAll(file);
  const size = endOfContent(bytes);
  const header = decodeSegmentHeader(bytes);
  if (header === null) {
    // Records stand by themselves: if the salt is as it was, they are found.
    const found = size > SEGMENT_HEADER_SIZE ? scan(bytes, size, saltCrc(u32(bytes, SALT_AT))) : null;
    if (found !== null && found.payloads.length + found.descriptions.length > 0) {
      return { ...found, damaged: [{ offset: 0, size: SEGMENT_HEADER_SIZE }, ...found.damaged] };
    }
  }
  if (header === null || header.number !== number) {
    const whole = [{ offset: 0, size: bytes.length }];
    // A segment gets its first record after its header is durable: one that is no longer than that never had any.
    const neverUsed = size <= SEGMENT_HEADER_SIZE;
    return {
      bytes,
      payloads: [],
      descriptions: [],
      endsBefore: new Map(),
      end: 0,
      lastTimestamp: 0,
      torn: neverUsed && size > 0 ? whole : [],
      damaged: neverUsed ? [] : whole,
      markersDamaged: [],
    };
  }
  if (!isReadVersion(header.version)) {
    throw otherVersion(file.name, header.version);
  }
  return scan(bytes, size, saltCrc(header.salt));
}

/**
 * Where the checksums of a segment's records begin from, by its header, as {@link readSegment} takes it: a damaged one loses no record. Null
 * for the header of another segment. Throws CassetteError WAL_VERSION.
 */
export function saltOfSegment(header: Uint8Array, number: number, name: string): number | null {
  const decoded = decodeSegmentHeader(header);
  if (decoded === null) return header.length < SEGMENT_HEADER_SIZE ? null : saltCrc(u32(header, SALT_AT));
  if (decoded.number !== number) return null;
  if (!isReadVersion(decoded.version)) throw otherVersion(name, decoded.version);
  return saltCrc(decoded.salt);
}

function otherVersion(file: string, version: number): CassetteError {
  return new CassetteError(
    'WAL_VERSION',
    `${file} has version ${version}, this Cassette reads up to ${WAL_VERSION}: open the store with the Cassette that wrote it`,
    { file, version },
  );
}

/** The records in `bytes` whose checksums begin from `salted` (see {@link saltCrc}), whatever else is there; `from`: no header before. */
export function recordsIn(bytes: Uint8Array, salted: number, from = SEGMENT_HEADER_SIZE): SegmentContents {
  return scan(bytes, endOfContent(bytes), salted, from);
}

function scan(bytes: Uint8Array, size: number, salted: number, from = SEGMENT_HEADER_SIZE): SegmentContents {
  const input = new ByteReader(bytes);
  const payloads: number[] = [];
  const descriptions: number[] = [];
  let endsBefore: ReadonlyMap<number, number> = new Map();
  let end = from;
  const torn: DamagedRange[] = [];
  const damaged: DamagedRange[] = [];
  let lastTimestamp = 0;
  let at = from;
  // Where records stopped making sense; -1 while they do.
  let lost = -1;
  /** Records whose marker is wrong, until it is known whether that was there before a crash. */
  let unmarked: number[] = [];
  const markersDamaged: number[] = [];
  while (at < size) {
    // Where a record has to begin its checksum is enough; elsewhere it would be looked for at every byte.
    const isMarked = u32(bytes, at) === RECORD_MARKER;
    const length = isMarked || lost < 0 ? recordAt(bytes, at, salted) : -1;
    if (length < 0) {
      if (lost < 0) lost = at;
      at = nextMarker(bytes, at + 1, size);
      continue;
    }
    input.position = at + 12;
    const durable = input.u32('durable');
    const clock = input.i64Number('clock');
    if (lost >= 0) {
      // What was durable when the record after it was written was damaged afterwards; what was not was lost in a crash.
      const range = { offset: lost, size: at - lost };
      if (durable > lost) damaged.push(range);
      else torn.push(range);
      lost = -1;
    }
    if (unmarked.length > 0) {
      markersDamaged.push(...unmarked.filter((position) => position < durable));
      unmarked = [];
    }
    if (!isMarked) unmarked.push(at);
    if (clock > lastTimestamp) lastTimestamp = clock;
    const payload = at + RECORD_HEADER_SIZE;
    at = payload + length;
    end = at;
    if (!isDescription(bytes, payload, length)) {
      payloads.push(payload, at);
      continue;
    }
    const ends = endsIn(bytes, payload, length);
    if (ends === null) descriptions.push(payload + DESCRIPTION_MARK_SIZE, at);
    else endsBefore = ends;
  }
  if (lost >= 0) torn.push({ offset: lost, size: size - lost });
  return { bytes, payloads, descriptions, endsBefore, end, lastTimestamp, torn, damaged, markersDamaged };
}

/** Length of the payload of the record at `at`, whatever its marker; -1 if there is none whose checksum is right. */
function recordAt(bytes: Uint8Array, at: number, salted: number): number {
  if (at + RECORD_HEADER_SIZE >= bytes.length) return -1;
  const length = u32(bytes, at + 4);
  if (length === 0 || length > bytes.length - at - RECORD_HEADER_SIZE) return -1;
  return recordChecksum(bytes, at, length, salted) === u32(bytes, at + 8) ? length : -1;
}

function nextMarker(bytes: Uint8Array, from: number, size: number): number {
  for (
    let at = bytes.indexOf(RECORD_MARKER >>> 24, from);
    at >= 0 && at < size;
    at = bytes.indexOf(RECORD_MARKER >>> 24, at + 1)
  ) {
    if (u32(bytes, at) === RECORD_MARKER) return at;
  }
  return size;
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** End of what is not zeros. A payload may end in zeros, so this is only about bytes after the last record. */
function endOfContent(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

function readAll(file: StorageFile): Uint8Array {
  const bytes = new Uint8Array(file.size);
  const count = file.read(bytes, 0);
  return count === bytes.length ? bytes : bytes.subarray(0, count);
}
