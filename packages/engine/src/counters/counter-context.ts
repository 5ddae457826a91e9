import { type ByteWriter, compareBytes, compareInt64 } from '@cassette/bytes';

// A counter cell's value on the bytes it lies in; `decodeCounterContext` of @cassette/sstable has the same as objects. 64-bit numbers are
// two words here, high and low. Cassandra: db.context.CounterContext.
//
//   listed   i16          shards of which the header tells the kind; negative: local ones are to be cleared
//   header   i16 each     index of such a shard in the body, with the top bit set if it is global
//   body     32 each      id (16), clock i64, count i64, in the order of ids

const HEADER_BYTES = 2;
const ID_BYTES = 16;
const CLOCK_AT = 16;
const COUNT_AT = 24;
const SHARD_BYTES = 32;
/** Of a context with one shard that the header lists. */
const SINGLE_BYTES = 2 * HEADER_BYTES + SHARD_BYTES;

/** Reads the shards of a context one by one; reused. */
class ShardCursor {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the shard at hand begins; `end` after the last one. */
  at = 0;
  end = 0;
  isGlobal = false;
  isLocal = false;
  private index = 0;
  private header = 0;
  private headerEnd = 0;

  begin(bytes: Uint8Array, from: number, to: number): this {
    this.bytes = bytes;
    this.header = from + HEADER_BYTES;
    this.headerEnd = bodyOf(bytes, from);
    this.at = this.headerEnd;
    this.end = to;
    this.index = 0;
    this.readKind();
    return this;
  }

  get hasShard(): boolean {
    return this.at + SHARD_BYTES <= this.end;
  }

  next(): void {
    this.at += SHARD_BYTES;
    this.index++;
    if (this.isGlobal || this.isLocal) this.header += HEADER_BYTES;
    this.readKind();
  }

  private readKind(): void {
    const listed = this.header < this.headerEnd ? int16(this.bytes, this.header) : -1;
    const isListed = this.header < this.headerEnd && (listed & 0x7fff) === this.index;
    this.isGlobal = isListed && listed < 0;
    this.isLocal = isListed && listed >= 0;
  }
}

const first = new ShardCursor();
const second = new ShardCursor();

/** Which of two shards of one id counts; BOTH: they are added, as only local ones are. */
const Wins = { EQUAL: 0, FIRST: 1, SECOND: 2, BOTH: 3 } as const;
type Wins = (typeof Wins)[keyof typeof Wins];

/**
 * Two contexts as one that has the shards of both: `'first'` or `'second'` where that one has them all already, else a new one.
 * Cassandra: CounterContext#merge.
 */
export function mergeContexts(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): 'first' | 'second' | Uint8Array {
  let firstHasAll = true;
  let secondHasAll = true;
  let shards = 0;
  first.begin(a, aFrom, aTo);
  second.begin(b, bFrom, bTo);
  while (first.hasShard || second.hasShard) {
    shards++;
    const order = compareIds();
    if (order === 0) {
      const wins = winner();
      if (wins === Wins.FIRST || wins === Wins.BOTH) secondHasAll = false;
      if (wins === Wins.SECOND || wins === Wins.BOTH) firstHasAll = false;
    } else if (order < 0) secondHasAll = false;
    else firstHasAll = false;
    if (order <= 0) first.next();
    if (order >= 0) second.next();
  }
  if (firstHasAll) return 'first';
  if (secondHasAll) return 'second';
  first.begin(a, aFrom, aTo);
  second.begin(b, bFrom, bTo);
  return mergedContext(shards);
}

function mergedContext(shards: number): Uint8Array {
  const header: number[] = [];
  const body = new Uint8Array(shards * SHARD_BYTES);
  for (let index = 0; index < shards; index++) {
    const order = compareIds();
    const wins = order < 0 ? Wins.FIRST : order > 0 ? Wins.SECOND : winner();
    const from = wins === Wins.FIRST || wins === Wins.BOTH ? first : second;
    const at = index * SHARD_BYTES;
    body.set(from.bytes.subarray(from.at, from.at + SHARD_BYTES), at);
    if (wins === Wins.BOTH) {
      addInt64(body, at + CLOCK_AT, second.bytes, second.at + CLOCK_AT);
      addInt64(body, at + COUNT_AT, second.bytes, second.at + COUNT_AT);
    }
    if (from.isGlobal || from.isLocal) header.push(from.isGlobal ? index | 0x8000 : index);
    if (order <= 0) first.next();
    if (order >= 0) second.next();
  }
  const out = new Uint8Array(HEADER_BYTES * (1 + header.length) + body.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, header.length);
  for (const [i, entry] of header.entries()) view.setUint16(HEADER_BYTES * (1 + i), entry);
  out.set(body, HEADER_BYTES * (1 + header.length));
  return out;
}

/** Order of the ids of the shards at hand; one that is not there comes last. */
function compareIds(): number {
  if (!first.hasShard) return 1;
  if (!second.hasShard) return -1;
  return compareBytes(first.bytes, first.at, first.at + ID_BYTES, second.bytes, second.at, second.at + ID_BYTES);
}

function winner(): Wins {
  if (first.isGlobal !== second.isGlobal) return first.isGlobal ? Wins.FIRST : Wins.SECOND;
  if (!first.isGlobal && (first.isLocal || second.isLocal)) {
    if (first.isLocal && second.isLocal) return Wins.BOTH;
    return first.isLocal ? Wins.FIRST : Wins.SECOND;
  }
  const byClock = compareAt(CLOCK_AT);
  // That of two of the same clock the larger counts is how Cassandra mends what should not be.
  const order = byClock !== 0 ? (first.isGlobal ? byClock : remoteOrder(byClock)) : compareAt(COUNT_AT);
  return order > 0 ? Wins.FIRST : order < 0 ? Wins.SECOND : Wins.EQUAL;
}

/** Remote shards of long ago may have negative clocks, which go backwards. Of different clocks only. */
function remoteOrder(byClock: number): number {
  const firstClock = int32(first.bytes, first.at + CLOCK_AT);
  const secondSign = signOf(second.bytes, second.at + CLOCK_AT);
  const wins = firstClock >= 0 ? secondSign > 0 && byClock > 0 : secondSign > 0 || byClock < 0;
  return wins ? 1 : -1;
}

function signOf(bytes: Uint8Array, at: number): number {
  const hi = int32(bytes, at);
  return hi !== 0 ? hi : int32(bytes, at + 4) === 0 ? 0 : 1;
}

function compareAt(offset: number): number {
  const a = first.at + offset;
  const b = second.at + offset;
  return compareInt64(int32(first.bytes, a), int32(first.bytes, a + 4), int32(second.bytes, b), int32(second.bytes, b + 4));
}

/** Appends the sum of a context's counts as 8 bytes: what SELECT answers. Cassandra: CounterContext#total. */
export function putTotal(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  let hi = 0;
  let lo = 0;
  for (let at = bodyOf(bytes, from) + COUNT_AT; at + 8 <= to; at += SHARD_BYTES) {
    const sum = (lo >>> 0) + (int32(bytes, at + 4) >>> 0);
    hi = (hi + int32(bytes, at) + (sum > 0xffffffff ? 1 : 0)) | 0;
    lo = sum | 0;
  }
  out.i64(hi, lo);
}

/** One shard of a counter: its clock and its count, as words. */
export interface ClockAndCount {
  readonly clockHi: number;
  readonly clockLo: number;
  readonly countHi: number;
  readonly countLo: number;
}

/** The shard of an id in a context; null if there is none. Cassandra: CounterContext#getClockAndCountOf. */
export function shardOf(id: Uint8Array, bytes: Uint8Array, from: number, to: number): ClockAndCount | null {
  for (let at = bodyOf(bytes, from); at + SHARD_BYTES <= to; at += SHARD_BYTES) {
    if (compareBytes(bytes, at, at + ID_BYTES, id, 0, ID_BYTES) === 0) return shardAt(bytes, at);
  }
  return null;
}

function shardAt(bytes: Uint8Array, at: number): ClockAndCount {
  return {
    clockHi: int32(bytes, at + CLOCK_AT),
    clockLo: int32(bytes, at + CLOCK_AT + 4),
    countHi: int32(bytes, at + COUNT_AT),
    countLo: int32(bytes, at + COUNT_AT + 4),
  };
}

/** A context of one global shard. Cassandra: CounterContext#createGlobal. */
export function globalContext(id: Uint8Array, { clockHi, clockLo, countHi, countLo }: ClockAndCount): Uint8Array {
  const out = new Uint8Array(SINGLE_BYTES);
  const view = new DataView(out.buffer);
  view.setUint16(0, 1);
  view.setUint16(HEADER_BYTES, 0x8000);
  const at = 2 * HEADER_BYTES;
  out.set(id, at);
  view.setInt32(at + CLOCK_AT, clockHi);
  view.setInt32(at + CLOCK_AT + 4, clockLo);
  view.setInt32(at + COUNT_AT, countHi);
  view.setInt32(at + COUNT_AT + 4, countLo);
  return out;
}

/**
 * Appends an increment, in the form of a context: a local shard of the id that is nobody's, so that increments of one cell in one
 * statement or batch add up as contexts merge. It becomes a global shard before it is written. Cassandra: CounterContext#createUpdate.
 */
export function putIncrement(hi: number, lo: number, out: ByteWriter): void {
  out.u16(1);
  out.u16(0);
  for (let i = 0; i < ID_BYTES; i += 4) out.i32(0);
  out.i64(0, 1);
  out.i64(hi, lo);
}

/** What an increment adds; null for a context that is none. Of its clock nothing is said. Cassandra: CounterContext#isUpdate. */
export function incrementOf(bytes: Uint8Array, from: number, to: number): ClockAndCount | null {
  if (to - from !== SINGLE_BYTES || int16(bytes, from) !== 1 || int16(bytes, from + HEADER_BYTES) !== 0) return null;
  const at = from + 2 * HEADER_BYTES;
  for (let i = 0; i < ID_BYTES; i++) if (bytes[at + i] !== 0) return null;
  return shardAt(bytes, at);
}

/** Whether bytes are a context that may be kept: of the right size, and no increment. */
export function isContext(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < HEADER_BYTES + SHARD_BYTES) return false;
  const body = to - bodyOf(bytes, from);
  return body > 0 && body % SHARD_BYTES === 0 && incrementOf(bytes, from, to) === null;
}

function bodyOf(bytes: Uint8Array, from: number): number {
  return from + HEADER_BYTES * (1 + Math.abs(int16(bytes, from)));
}

function int16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) >> 16) | bytes[at + 1];
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function addInt64(target: Uint8Array, at: number, bytes: Uint8Array, from: number): void {
  let carry = 0;
  for (let i = 7; i >= 0; i--) {
    const sum = target[at + i] + bytes[from + i] + carry;
    target[at + i] = sum;
    carry = sum >> 8;
  }
}
