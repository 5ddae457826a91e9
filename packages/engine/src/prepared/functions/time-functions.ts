import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, type Duration, InvalidRequestError, nativeTypes } from '@cassette/cql';
import type { Binding } from '../binding.ts';
import { bytesOf } from '../terms/collection-bytes.ts';
import type { ScalarFunction } from './native-function.ts';
import { floorMillis, floorTime, millisOf, writeMillis } from './temporal.ts';

const { timeuuid, timestamp, date, time, bigint, duration, uuid } = nativeTypes;

/** 1582-10-15 to 1970-01-01 in units of 100 ns. */
const GREGORIAN_TICKS = 122192928000000000n;
const DAY_MILLIS = 86400000;

/** A function under its name and the one that it had before 5.0. */
function named(name: string, make: (name: string) => ScalarFunction): ScalarFunction[] {
  const before = name.replaceAll('_', '');
  return before === name ? [make(name)] : [make(name), make(before)];
}

function now(name: string, type: CqlType, write: (binding: Binding, out: ByteWriter) => void): ScalarFunction[] {
  return named(name, (called) => ({
    name: called,
    argumentTypes: [],
    returnType: type,
    isVolatile: true,
    call: (_args, binding) => bytesOf((out) => write(binding, out)),
  }));
}

/** A function of one time. */
function conversion(
  name: string,
  from: CqlType,
  to: CqlType,
  write: (millis: bigint, out: ByteWriter) => void,
  monotonic = false,
): ScalarFunction[] {
  return named(name, (called) => ({
    name: called,
    argumentTypes: [from],
    returnType: to,
    ...(monotonic && { isMonotonic: () => true }),
    call([bytes]) {
      const millis = bytes === null ? null : millisOf(from, bytes);
      return millis === null ? null : bytesOf((out) => write(millis, out));
    },
  }));
}

/** The smallest or greatest timeuuid of a millisecond, as Cassandra compares them (node and sequence as signed bytes). */
function boundary(name: string, ticks: bigint, fill: number): ScalarFunction[] {
  return conversion(name, timestamp, timeuuid, (millis, out) => {
    const value = millis * 10000n + GREGORIAN_TICKS + ticks;
    out.i32(Number(BigInt.asIntN(32, value)));
    out.u16(Number((value >> 32n) & 0xffffn));
    out.u16(Number((value >> 48n) & 0xffffn) | 0x1000);
    for (let i = 0; i < 8; i++) out.u8(fill);
  });
}

function toType(name: string, from: CqlType, to: CqlType): ScalarFunction[] {
  return conversion(name, from, to, (millis, out) => writeMillis(to, millis, out), true);
}

/** `floor(time, duration)` and, with a third argument, from a start on. Cassandra: TimeFcts.FloorFunction. */
function floor(from: CqlType, to: CqlType): ScalarFunction[] {
  const start = to;
  return [[from, duration] as const, [from, duration, start] as const].map((argumentTypes) => ({
    name: 'floor',
    argumentTypes,
    returnType: to,
    isMonotonic: (given) => !given[0] && given.slice(1).every(Boolean),
    call(args) {
      if (args.some((arg) => arg === null || arg.length === 0)) return null;
      const [at, by, begin] = args as readonly Uint8Array[];
      const step = duration.decode(by, 0, by.length) as Duration;
      checkStep(from, step);
      const millis = millisOf(from, at) as bigint;
      const begins = begin === undefined ? 0n : (millisOf(start, begin) as bigint);
      return bytesOf((out) => writeMillis(to, floorMillis(millis, step, begins), out));
    },
  }));
}

function checkStep(type: CqlType, step: Duration): void {
  if (type === date && step.nanoseconds !== 0n) {
    throw new InvalidRequestError(
      `The floor on date values cannot be computed for the ${step} duration as precision is below 1 day`,
    );
  }
  if (step.nanoseconds % 1_000_000n !== 0n) {
    throw new InvalidRequestError(`The floor cannot be computed for the ${step} duration as precision is below 1 millisecond`);
  }
}

const floorOfTime: ScalarFunction = {
  name: 'floor',
  argumentTypes: [time, duration],
  returnType: time,
  isMonotonic: (given) => !given[0] && given[1],
  call([at, by]) {
    if (at === null || by === null || at.length === 0 || by.length === 0) return null;
    const nanos = new DataView(at.buffer, at.byteOffset, at.length).getBigInt64(0);
    return bytesOf((out) => out.bigint64(floorTime(nanos, duration.decode(by, 0, by.length) as Duration)));
  },
};

const newTimeUuid = (binding: Binding, out: ByteWriter) => binding.environment.timeUuids.next(out);

/** Functions of times and of the present time, and uuid(). Cassandra: functions.TimeFcts, UuidFcts. */
export function timeFunctions(): ScalarFunction[] {
  const millisNow = (binding: Binding) => binding.environment.nowInMillis();
  return [
    ...now('now', timeuuid, newTimeUuid),
    ...now('current_timeuuid', timeuuid, newTimeUuid),
    ...now('current_timestamp', timestamp, (binding, out) => writeMillis(timestamp, BigInt(millisNow(binding)), out)),
    ...now('current_date', date, (binding, out) => writeMillis(date, BigInt(millisNow(binding)), out)),
    ...now('current_time', time, (binding, out) => {
      const millis = millisNow(binding);
      out.bigint64(BigInt(millis - Math.floor(millis / DAY_MILLIS) * DAY_MILLIS) * 1000000n);
    }),
    ...now('uuid', uuid, (binding, out) => {
      const bytes = new Uint8Array(16);
      binding.environment.randomBytes(bytes);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      out.bytes(bytes);
    }),
    ...boundary('min_timeuuid', 0n, 0x80),
    ...boundary('max_timeuuid', 9999n, 0x7f),
    ...[timeuuid, timestamp].flatMap((from) => toType('to_date', from, date)),
    ...[timeuuid, date].flatMap((from) => toType('to_timestamp', from, timestamp)),
    ...[timeuuid, timestamp, date].flatMap((from) => toType('to_unix_timestamp', from, bigint)),
    ...floor(timestamp, timestamp),
    ...floor(timeuuid, timestamp),
    ...floor(date, date),
    floorOfTime,
  ];
}
