import { ByteReader, type ByteWriter } from '@cassette/bytes';
import { type CqlType, nativeTypes } from '@cassette/cql';
import type { Binding } from '../binding.ts';
import { bytesOf } from '../terms/collection-bytes.ts';

/** A function of encoded values. Cassandra: functions.ScalarFunction. */
export interface ScalarFunction {
  /** The name as Cassandra 5.0 prints it in result columns. */
  readonly name: string;
  readonly argumentTypes: readonly CqlType[];
  readonly returnType: CqlType;
  /** Null stands for null, both ways. */
  call(args: readonly (Uint8Array | null)[], binding: Binding): Uint8Array | null;
}

const { timeuuid, timestamp, date, time, bigint, blob, uuid } = nativeTypes;

/** 1582-10-15 to 1970-01-01 in units of 100 ns. */
const GREGORIAN_TICKS = 122192928000000000n;
const DAY_MILLIS = 86400000;

/** A function that is null wherever its one argument is. */
function unary(name: string, from: CqlType, to: CqlType, convert: (input: ByteReader, out: ByteWriter) => void): ScalarFunction {
  return {
    name,
    argumentTypes: [from],
    returnType: to,
    call(args) {
      const argument = args[0];
      if (argument === null || argument.length === 0) return null;
      return bytesOf((out) => convert(new ByteReader(argument), out));
    },
  };
}

function constant(name: string, type: CqlType, write: (binding: Binding, out: ByteWriter) => void): ScalarFunction {
  return { name, argumentTypes: [], returnType: type, call: (_args, binding) => bytesOf((out) => write(binding, out)) };
}

/** Milliseconds since 1970 of a timeuuid. */
function timeUuidMillis(input: ByteReader): number {
  const low = input.u32('time low');
  const middle = input.u16('time mid');
  const high = input.u16('time hi') & 0x0fff;
  const ticks = (BigInt(high) << 48n) | (BigInt(middle) << 32n) | BigInt(low);
  const since = ticks - GREGORIAN_TICKS;
  return Number(since >= 0n ? since / 10000n : (since - 9999n) / 10000n);
}

function timestampMillis(input: ByteReader): number {
  return Number(input.bigint64('timestamp'));
}

function dateMillis(input: ByteReader): number {
  return (input.u32('date') - 0x80000000) * DAY_MILLIS;
}

function writeMillis(out: ByteWriter, millis: number): void {
  out.bigint64(BigInt(millis));
}

function writeDate(out: ByteWriter, millis: number): void {
  out.i32(Math.floor(millis / DAY_MILLIS) + 0x80000000);
}

/** The smallest or greatest timeuuid of a millisecond, as Cassandra compares them (node and sequence as signed bytes). */
function boundary(name: string, ticks: bigint, fill: number): ScalarFunction {
  return unary(name, timestamp, timeuuid, (input, out) => {
    const value = input.bigint64('timestamp') * 10000n + GREGORIAN_TICKS + ticks;
    out.i32(Number(BigInt.asIntN(32, value)));
    out.u16(Number((value >> 32n) & 0xffffn));
    out.u16(Number((value >> 48n) & 0x0fffn) | 0x1000);
    for (let i = 0; i < 8; i++) out.u8(fill);
  });
}

const functions = new Map<string, ScalarFunction[]>();

function register(aliases: readonly string[], ...overloads: ScalarFunction[]): void {
  for (const name of [...aliases, ...overloads.map((f) => f.name)]) {
    const known = functions.get(name) ?? [];
    functions.set(name, [...known, ...overloads.filter((f) => !known.includes(f))]);
  }
}

const newTimeUuid = (binding: Binding, out: ByteWriter) => binding.environment.timeUuids.next(out);

register([], constant('now', timeuuid, newTimeUuid));
register(['currenttimeuuid'], constant('current_timeuuid', timeuuid, newTimeUuid));
register(
  [],
  constant('uuid', uuid, (binding, out) => {
    const bytes = new Uint8Array(16);
    binding.environment.randomBytes(bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    out.bytes(bytes);
  }),
);
register(
  ['currenttimestamp'],
  constant('current_timestamp', timestamp, (binding, out) => writeMillis(out, binding.environment.nowInMillis())),
);
register(
  ['currentdate'],
  constant('current_date', date, (binding, out) => writeDate(out, binding.environment.nowInMillis())),
);
register(
  ['currenttime'],
  constant('current_time', time, (binding, out) => {
    const millis = binding.environment.nowInMillis();
    out.bigint64(BigInt(millis - Math.floor(millis / DAY_MILLIS) * DAY_MILLIS) * 1000000n);
  }),
);
register(['mintimeuuid'], boundary('min_timeuuid', 0n, 0x80));
register(['maxtimeuuid'], boundary('max_timeuuid', 9999n, 0x7f));
register(
  ['todate'],
  unary('to_date', timeuuid, date, (input, out) => writeDate(out, timeUuidMillis(input))),
  unary('to_date', timestamp, date, (input, out) => writeDate(out, timestampMillis(input))),
);
register(
  ['totimestamp'],
  unary('to_timestamp', timeuuid, timestamp, (input, out) => writeMillis(out, timeUuidMillis(input))),
  unary('to_timestamp', date, timestamp, (input, out) => writeMillis(out, dateMillis(input))),
);
register(
  ['tounixtimestamp'],
  unary('to_unix_timestamp', timeuuid, bigint, (input, out) => writeMillis(out, timeUuidMillis(input))),
  unary('to_unix_timestamp', timestamp, bigint, (input, out) => writeMillis(out, timestampMillis(input))),
  unary('to_unix_timestamp', date, bigint, (input, out) => writeMillis(out, dateMillis(input))),
);
register(
  [],
  unary('dateof', timeuuid, timestamp, (input, out) => writeMillis(out, timeUuidMillis(input))),
);
register(
  [],
  unary('unixtimestampof', timeuuid, bigint, (input, out) => writeMillis(out, timeUuidMillis(input))),
);

for (const [name, type] of Object.entries(nativeTypes)) {
  if (name === 'blob' || name === 'counter' || name === 'duration') continue;
  register([`${name}asblob`], { name: `${name}_as_blob`, argumentTypes: [type], returnType: blob, call: (args) => args[0] });
  register([`blobas${name}`], {
    name: `blob_as_${name}`,
    argumentTypes: [blob],
    returnType: type,
    call(args) {
      const bytes = args[0];
      if (bytes !== null) type.validate(bytes, 0, bytes.length);
      return bytes;
    },
  });
}

/** The functions of that name, whatever its case. */
export function scalarFunctions(name: string): readonly ScalarFunction[] {
  return functions.get(name.toLowerCase()) ?? [];
}
