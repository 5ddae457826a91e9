import { CassetteError } from '@cassette/bytes';

const nanosPerHour = 3_600_000_000_000n;
const nanosPerMinute = 60_000_000_000n;
const nanosPerSecond = 1_000_000_000n;
const maxInt = 0x7fffffffn;
const maxLong = 0x7fffffffffffffffn;

/** Units in the order in which they must be written, with what one of them adds. */
const units = [
  { symbol: 'y', name: 'years', part: 'months', size: 12n },
  { symbol: 'mo', name: 'months', part: 'months', size: 1n },
  { symbol: 'w', name: 'weeks', part: 'days', size: 7n },
  { symbol: 'd', name: 'days', part: 'days', size: 1n },
  { symbol: 'h', name: 'hours', part: 'nanoseconds', size: nanosPerHour },
  { symbol: 'm', name: 'minutes', part: 'nanoseconds', size: nanosPerMinute },
  { symbol: 's', name: 'seconds', part: 'nanoseconds', size: nanosPerSecond },
  { symbol: 'ms', name: 'milliseconds', part: 'nanoseconds', size: 1_000_000n },
  { symbol: 'us', name: 'microseconds', part: 'nanoseconds', size: 1_000n },
  { symbol: 'ns', name: 'nanoseconds', part: 'nanoseconds', size: 1n },
] as const;

const standard = /(\d+)(mo|ms|us|µs|ns|y|w|d|h|m|s)/iy;
const iso = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const isoWeeks = /^P(\d+)W$/;
const isoAlternative = /^P(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/;

/** Months, days and nanoseconds, which have no common measure; all of one sign. Immutable. Cassandra: cql3.Duration. */
export class Duration {
  /** An int32. */
  readonly months: number;
  /** An int32. */
  readonly days: number;
  /** An int64. */
  readonly nanoseconds: bigint;

  /** Throws CassetteError INVALID_DURATION for mixed signs and for parts out of range. */
  constructor(months: number, days: number, nanoseconds: bigint | number) {
    const nanos = typeof nanoseconds === 'number' && !Number.isSafeInteger(nanoseconds) ? null : BigInt(nanoseconds);
    if ((months | 0) !== months || (days | 0) !== days || nanos === null || BigInt.asIntN(64, nanos) !== nanos) {
      throw new CassetteError(
        'INVALID_DURATION',
        `A duration of ${months} months, ${days} days, ${nanoseconds} ns can't be stored`,
      );
    }
    if ((months > 0 || days > 0 || nanos > 0n) && (months < 0 || days < 0 || nanos < 0n)) {
      throw new CassetteError('INVALID_DURATION', 'The months, days and nanoseconds of a duration must all have the same sign');
    }
    this.months = months;
    this.days = days;
    this.nanoseconds = nanos;
  }

  /** From `1y2mo3w4d5h6m7s8ms9us10ns`, `P1Y2M3DT4H5M6S`, `P3W` or `P0001-02-03T04:05:06`, with `-` before. Throws CassetteError INVALID_DURATION. */
  static parse(text: string): Duration {
    const negative = text.startsWith('-');
    const source = negative ? text.slice(1) : text;
    const values = source.startsWith('P') ? isoValues(source) : standardValues(source);
    if (values === null) throw invalid(`Unable to convert '${source}' to a duration`);
    const parts = { months: 0n, days: 0n, nanoseconds: 0n };
    let last = -1;
    for (const [unit, value] of values) {
      const { name, part, size } = units[unit];
      if (unit === last) throw invalid(`Invalid duration. The ${name} are specified multiple times`);
      if (unit < last) throw invalid(`Invalid duration. The ${units[last].name} should be after ${name}`);
      last = unit;
      parts[part] += value * size;
      if (parts[part] > (part === 'nanoseconds' ? maxLong : maxInt)) {
        throw invalid(`Invalid duration. The total number of ${part} must be less or equal to 2147483647`);
      }
    }
    const sign = negative ? -1 : 1;
    // `-0` must not come out of this.
    const signed = (value: bigint) => (value === 0n ? 0 : sign * Number(value));
    return new Duration(signed(parts.months), signed(parts.days), BigInt(sign) * parts.nanoseconds);
  }

  get isNegative(): boolean {
    return this.months < 0 || this.days < 0 || this.nanoseconds < 0n;
  }

  equals(other: Duration): boolean {
    return this.months === other.months && this.days === other.days && this.nanoseconds === other.nanoseconds;
  }

  /** `-1y2mo3d4h5m6s7ms8us9ns`, parts that are zero left out; no characters at all for the zero duration, as Cassandra has it. */
  toString(): string {
    let text = this.isNegative ? '-' : '';
    const put = (count: bigint, symbol: string) => {
      if (count > 0n) text += `${count}${symbol}`;
    };
    const months = BigInt(Math.abs(this.months));
    put(months / 12n, 'y');
    put(months % 12n, 'mo');
    put(BigInt(Math.abs(this.days)), 'd');
    let rest = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds;
    for (const { symbol, size, part } of units) {
      if (part !== 'nanoseconds') continue;
      put(rest / size, symbol);
      rest %= size;
    }
    return text;
  }

  toJSON(): string {
    return this.toString();
  }
}

function invalid(message: string): CassetteError {
  return new CassetteError('INVALID_DURATION', message);
}

type UnitValue = readonly [unit: number, value: bigint];

function unitOf(symbol: string): number {
  const lower = symbol.toLowerCase();
  return units.findIndex((u) => u.symbol === (lower === 'µs' ? 'us' : lower));
}

function standardValues(source: string): UnitValue[] | null {
  const values: UnitValue[] = [];
  standard.lastIndex = 0;
  for (let at = 0; at < source.length; at = standard.lastIndex) {
    const match = standard.exec(source);
    if (match === null) return null;
    values.push([unitOf(match[2]), BigInt(match[1])]);
  }
  return values.length > 0 ? values : null;
}

function isoValues(source: string): UnitValue[] | null {
  const weeks = isoWeeks.exec(source);
  if (weeks !== null) return [[2, BigInt(weeks[1])]];
  const match = iso.exec(source) ?? isoAlternative.exec(source);
  if (match === null) return null;
  const places = [0, 1, 3, 4, 5, 6];
  return places.flatMap((unit, i) => (match[i + 1] === undefined ? [] : [[unit, BigInt(match[i + 1])] as const]));
}
