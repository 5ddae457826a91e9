import type { ByteWriter } from '@cassette/bytes';

/** 1582-10-15 to 1970-01-01 in milliseconds. */
const GREGORIAN_MILLIS = 12219292800000;
/** 2010-01-01 in microseconds since 1970: what prepended elements are mirrored at. Cassandra: Lists.PrecisionTime. */
const REFERENCE_MICROS = 1262304000000000;
const TICKS = 10;

/**
 * Makes version 1 UUIDs: `now()`, and the cell paths of list elements. Every one is greater than the one before; those for
 * prepending run downwards from the mirror of the present time, as Cassandra's do. Cassandra: utils.TimeUUID.Generator.
 */
export class TimeUuidGenerator {
  private readonly clockSeqAndNode = new Uint8Array(8);
  private readonly micros: () => number;
  private readonly used: (micros: number) => void;
  private lastMicros = -1;
  private tick = 0;
  private lastPrepended = Number.MAX_SAFE_INTEGER;

  /**
   * `micros`: a clock in microseconds since 1970; `random` fills the clock sequence and a multicast node address. `used` learns how far
   * ahead of the clock UUIDs went: a generator of the same store whose clock begins there goes on where this one ended.
   */
  constructor(micros: () => number, random: (target: Uint8Array) => void, used: (micros: number) => void = () => undefined) {
    this.micros = micros;
    this.used = used;
    random(this.clockSeqAndNode);
    this.clockSeqAndNode[0] = (this.clockSeqAndNode[0] & 0x3f) | 0x80;
    this.clockSeqAndNode[2] |= 0x01;
  }

  /** Appends the 16 bytes of a new one, greater than all before. */
  next(out: ByteWriter): void {
    const now = Math.max(this.micros(), this.lastMicros);
    if (now > this.lastMicros) {
      this.lastMicros = now;
      this.tick = 0;
    } else if (++this.tick === TICKS) {
      this.lastMicros = now + 1;
      this.tick = 0;
    }
    this.used(this.lastMicros);
    this.write(out, this.lastMicros, this.tick);
  }

  /** Reserves `count` ascending ones, all smaller than any reserved before: the microsecond of the first. */
  reserveForPrepend(count: number): number {
    const mirrored = 2 * REFERENCE_MICROS - this.micros();
    this.lastPrepended = Math.min(mirrored, this.lastPrepended) - count;
    this.used(2 * REFERENCE_MICROS - this.lastPrepended);
    return this.lastPrepended;
  }

  /** Appends the UUID of a moment: microseconds since 1970 and a tick of 100 ns, 0 to 9. */
  write(out: ByteWriter, micros: number, tick = 0): void {
    const millis = Math.floor(micros / 1000);
    const sinceGregorian = millis + GREGORIAN_MILLIS;
    const below = (micros - millis * 1000) * TICKS + tick;
    // 10000 · millis needs more than 53 bits: in two parts of 32 and 16 bits.
    const low = (sinceGregorian % 0x100000000) * 10000 + below;
    const lo = low % 0x100000000;
    const hi = Math.floor(sinceGregorian / 0x100000000) * 10000 + Math.floor(low / 0x100000000);
    out.i32(lo);
    out.u16(hi & 0xffff);
    out.u16(((hi >>> 16) & 0x0fff) | 0x1000);
    out.bytes(this.clockSeqAndNode);
  }
}
