import { ByteReader, type ByteWriter } from '@cassette/bytes';
import { type CqlType, type Duration, InvalidRequestError, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { calendarDay, dayOf, monthsLater } from './java-calendar.ts';
import { FunctionFailure } from './math/function-failure.ts';

// Times as milliseconds since 1970 in 64 bits, as Cassandra's TemporalType has them.

const DAY = 86_400_000n;
const NANOS_PER_MILLI = 1_000_000n;
/** 1582-10-15 to 1970-01-01. */
const GREGORIAN_MICROS = 12219292800000000n;
/** Milliseconds since 1970 of a timeuuid, timestamp or date; null for zero bytes. */
export function millisOf(type: CqlType, bytes: Uint8Array): bigint | null {
  if (bytes.length === 0) return null;
  type.validate(bytes, 0, bytes.length);
  const input = new ByteReader(bytes, type.cqlName());
  switch (type) {
    case nativeTypes.timestamp:
      return input.bigint64('timestamp');
    case nativeTypes.date:
      return BigInt(input.u32('date') - 0x80000000) * DAY;
    default: {
      const low = input.u32('time low');
      const middle = input.u16('time mid');
      const high = input.u16('time hi') & 0x0fff;
      const ticks = (BigInt(high) << 48n) | (BigInt(middle) << 32n) | BigInt(low);
      // By way of microseconds, as Cassandra counts them; before 1970 both steps go towards it.
      return (ticks / 10n - GREGORIAN_MICROS) / 1000n;
    }
  }
}

/** Appends milliseconds since 1970 as a timestamp or a date. */
export function writeMillis(type: CqlType, millis: bigint, out: ByteWriter): void {
  if (type === nativeTypes.date) out.i32(Number(BigInt.asIntN(32, daysOf(millis) + 0x80000000n)));
  else out.bigint64(BigInt.asIntN(64, millis));
}

/** Whole seconds, of which whole days towards 1970. Java: Duration#toDays. */
function daysOf(millis: bigint): bigint {
  const seconds = millis / 1000n - (millis < 0n && millis % 1000n !== 0n ? 1n : 0n);
  return seconds / 86400n;
}

/** A timestamp or date later (or, for `sign` -1, earlier) by a duration. Throws FunctionFailure for one that is too fine. Cassandra: TemporalType#addDuration. */
export function addDuration(type: CqlType, bytes: Uint8Array, duration: Duration, sign: 1 | -1): Uint8Array {
  const { nanoseconds } = duration;
  if (type === nativeTypes.date && nanoseconds !== 0n) {
    throw new FunctionFailure(`The duration must have a day precision. Was: ${duration}`);
  }
  if (nanoseconds % NANOS_PER_MILLI !== 0n) {
    throw new FunctionFailure(`The duration must have a millisecond precision. Was: ${duration}`);
  }
  const start = millisOf(type, bytes) as bigint;
  return bytesOf((out) => writeMillis(type, added(start, duration, sign), out));
}

function added(start: bigint, { months, days, nanoseconds }: Duration, sign: number): bigint {
  const millis = (nanoseconds * BigInt(sign)) / NANOS_PER_MILLI;
  const whole = BigInt(sign * days) * DAY;
  if (months === 0) return start + whole + millis;
  // A calendar takes milliseconds as an int32.
  return addMonths(start, sign * months) + whole + BigInt.asIntN(32, millis);
}

/** So many months later. Java: Calendar#add. */
function addMonths(start: bigint, months: number): bigint {
  const { days, rest } = daysAndRest(start);
  return BigInt(dayOf(monthsLater(calendarDay(days), months))) * DAY + rest;
}

/** Whole days, and the milliseconds of the day. */
function daysAndRest(millis: bigint): { readonly days: number; readonly rest: bigint } {
  const rest = ((millis % DAY) + DAY) % DAY;
  return { days: Number((millis - rest) / DAY), rest };
}

/** The last multiple of a duration from `start` on that is not after a time. Throws InvalidRequestError. Cassandra: Duration#floorTimestamp. */
export function floorMillis(time: bigint, duration: Duration, start: bigint): bigint {
  if (start > time) throw new InvalidRequestError('The floor function starting time is greater than the provided time');
  refuseNegative(duration);
  const millis = BigInt(duration.days) * DAY + duration.nanoseconds / NANOS_PER_MILLI;
  if (duration.months === 0) return millis === 0n ? time : time - ((time - start) % millis);
  const months = monthOf(time) - monthOf(start);
  let multiplier = Math.trunc(months / duration.months);
  let at = addMonths(start, multiplier * duration.months);
  if (millis === 0n && duration.nanoseconds === 0n) return at;
  let floor = at + BigInt(multiplier) * millis;
  while (floor > time) {
    multiplier--;
    at = addMonths(at, -duration.months);
    floor = at + BigInt(multiplier) * millis;
  }
  return floor > start ? floor : start;
}

/** Months by the year of its era, of which Java's calendar tells. */
function monthOf(millis: bigint): number {
  const { year, month } = calendarDay(daysAndRest(millis).days);
  return (year > 0 ? year : 1 - year) * 12 + month;
}

/** The last multiple of a duration in a day that is not after a time of day, in nanoseconds. Throws InvalidRequestError. Cassandra: Duration#floorTime. */
export function floorTime(nanos: bigint, duration: Duration): bigint {
  refuseNegative(duration);
  if (duration.months !== 0 || duration.days !== 0 || duration.nanoseconds > DAY * NANOS_PER_MILLI) {
    throw new InvalidRequestError('For time values, the floor can only be computed for durations smaller that a day');
  }
  return duration.nanoseconds === 0n ? nanos : nanos - (nanos % duration.nanoseconds);
}

function refuseNegative(duration: Duration): void {
  if (duration.isNegative) throw new InvalidRequestError('Negative durations are not supported by the floor function');
}
