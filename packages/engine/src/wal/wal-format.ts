import { ByteReader, ByteWriter, crc32c } from '@cassette/bytes';

// A WAL segment, `wal-0000000001.log`. Big-endian.
//
//   magic      u32   43 57 41 4c, "CWAL"
//   version    u32   WAL_VERSION
//   number     u32   of the segment, as in its name
//   salt       u32   random: records of another segment that a crash leaves in this file's place are not taken for its own
//   checksum   u32   CRC-32C of what is before it
//   records, one after the other:
//     marker   u32   ca 55 e7 7e: where reading goes on after bytes that make no sense
//     length   u32   of the payload, at least 1
//     checksum u32   CRC-32C of the salt, and of this record without marker and checksum
//     durable  u32   position up to which the segment was known to be durable when this was written: what is broken before
//                    that was broken later; what is broken after it was cut off by a crash and was never acknowledged
//     clock    i64   last timestamp issued, in microseconds, so that timestamps never go back
//     payload        mutations, one after the other: all of them or none; or, where it begins with 00 00 00 00 as no mutation does,
//                    behind that a description of the store (store-description.ts): its schema, with the numbers that mutations name
//                    columns by. A segment begins with a whole one, which is JSON, and has another before the first mutation under another
//                    schema: 01 and JSON of what is different from the description before it, or a whole one again where the
//                    differences behind the last whole one come to its size. Each tells by a hash what it goes on from and what it comes
//                    to, so that a missing one is noticed. Recovery passes them over, for the catalog tells the same, unless the end of
//                    that is damaged; salvage needs them where the catalog is lost.
//                    Where 00 follows these four: for each segment before this one that there was when it was begun, u32 number and
//                    u32 position up to which it was durable then. What is missing before that was lost later, and no crash cut it off.
//   perhaps zeros, to the end of the file

/** Version of the segment's layout. */
export const WAL_VERSION = 4;
/** The oldest version that is read: it has no descriptions, version 2 whole ones only, and changes of version 3 do not tell what they go on from. */
const WAL_VERSION_MIN = 1;
const WAL_MAGIC = 0x4357414c;
/** Bytes before the first record. */
export const SEGMENT_HEADER_SIZE = 20;
/** First four bytes of a record. */
export const RECORD_MARKER = 0xca55e77e;
/** Bytes of a record before its payload. */
export const RECORD_HEADER_SIZE = 24;
/** First bytes of a payload that is a description of the store: a length that no mutation has. */
export const DESCRIPTION_MARK_SIZE = 4;

/** Whether segments of a version can be read. */
export function isReadVersion(version: number): boolean {
  return version >= WAL_VERSION_MIN && version <= WAL_VERSION;
}

/** Whether the payload at `at` is about the store, or about the log (see {@link endsIn}), and no mutation. */
export function isDescription(bytes: Uint8Array, at: number, length: number): boolean {
  return length > DESCRIPTION_MARK_SIZE && (bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3]) === 0;
}

/** Payload of a record that says up to where the segments before it are durable. */
export function encodeEnds(ends: ReadonlyMap<number, number>): Uint8Array {
  const out = new ByteWriter(DESCRIPTION_MARK_SIZE + 1 + 8 * ends.size);
  out.i32(0);
  out.u8(0);
  for (const [number, end] of ends) {
    out.i32(number);
    out.i32(end);
  }
  return out.toBytes();
}

/** What {@link encodeEnds} made; null where the payload, which {@link isDescription}, is something else. */
export function endsIn(bytes: Uint8Array, at: number, length: number): ReadonlyMap<number, number> | null {
  const count = (length - DESCRIPTION_MARK_SIZE - 1) / 8;
  if (bytes[at + DESCRIPTION_MARK_SIZE] !== 0 || !Number.isInteger(count)) return null;
  const input = new ByteReader(bytes);
  input.position = at + DESCRIPTION_MARK_SIZE + 1;
  const ends = new Map<number, number>();
  for (let i = 0; i < count; i++) ends.set(input.u32('number'), input.u32('end'));
  return ends;
}

const PATTERN = /^wal-(\d{10})\.log$/;

/** File name of a segment. */
export function segmentName(number: number): string {
  return `wal-${String(number).padStart(10, '0')}.log`;
}

/** Number of the segment that a file of that name holds; null if it is none. */
export function segmentNumber(name: string): number | null {
  const match = PATTERN.exec(name);
  return match === null ? null : Number(match[1]);
}

const ASIDE_PATTERN = /^aside-(?:\d+-)?wal-(\d{10})\.log/;

/** Number of the segment that a file was set aside of, whole or in part; null for other files. */
export function asideSegmentNumber(name: string): number | null {
  const match = ASIDE_PATTERN.exec(name);
  return match === null ? null : Number(match[1]);
}

/** Bytes of a segment's header. */
export function encodeSegmentHeader(number: number, salt: number): Uint8Array {
  const out = new ByteWriter(SEGMENT_HEADER_SIZE);
  out.i32(WAL_MAGIC);
  out.i32(WAL_VERSION);
  out.i32(number);
  out.i32(salt);
  out.i32(crc32c(out.buffer, 0, out.length));
  return out.toBytes();
}

/** What a segment's header says. */
export interface SegmentHeader {
  readonly version: number;
  readonly number: number;
  readonly salt: number;
}

/** Reads a header; null where the bytes are none (too short, another magic, a wrong checksum). */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_SIZE) return null;
  const input = new ByteReader(bytes);
  if (input.u32('magic') !== WAL_MAGIC) return null;
  const header = { version: input.u32('version'), number: input.u32('number'), salt: input.u32('salt') };
  return input.u32('checksum') === crc32c(bytes, 0, SEGMENT_HEADER_SIZE - 4) ? header : null;
}

/** Where the CRC of every record of a segment starts from. */
export function saltCrc(salt: number): number {
  const bytes = new Uint8Array([salt >>> 24, salt >>> 16, salt >>> 8, salt]);
  return crc32c(bytes);
}

/** The checksum of the record at `at`, whose length field is right. */
export function recordChecksum(bytes: Uint8Array, at: number, length: number, salted: number): number {
  const crc = crc32c(bytes, at + 4, at + 8, salted);
  return crc32c(bytes, at + 12, at + RECORD_HEADER_SIZE + length, crc);
}
