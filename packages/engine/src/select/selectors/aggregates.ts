import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, Decimal, InvalidRequestError, nativeTypes } from '@cassette/cql';
import type { Aggregation, Selector } from './selector.ts';
import { selectedBytes } from './selector.ts';

const numbers = new Set(['tinyint', 'smallint', 'int', 'bigint', 'counter', 'float', 'double', 'decimal', 'varint']);

/**
 * The aggregate of that name over a selector (null: `count(*)`), or a sentence that says why there is none.
 * Cassandra: functions.AggregateFcts.
 */
export function aggregateSelector(name: string, of: Selector | null): Selector | string | null {
  switch (name) {
    case 'count':
      return counting(of);
    case 'min':
    case 'max':
      return of === null ? `Invalid call to function ${name}` : extreme(of, name === 'min' ? -1 : 1);
    case 'sum':
    case 'avg': {
      if (of === null) return `Invalid call to function ${name}`;
      const type = of.type.cqlName();
      if (!numbers.has(type)) return `Invalid call to function ${name}, none of its type signatures match (given: ${type})`;
      if (type === 'decimal' && name === 'avg') return decimalAverage(of);
      return type === 'float' || type === 'double' ? floating(of, name === 'avg') : exact(of, name === 'avg');
    }
    default:
      return null;
  }
}

function selector(type: CqlType, aggregate: () => Aggregation): Selector {
  return { type, aggregate, write: () => false };
}

function counting(of: Selector | null): Selector {
  return selector(nativeTypes.bigint, () => {
    let count = 0;
    return {
      add(view, binding) {
        if (of === null || selectedBytes(of, view, binding) !== null) count++;
      },
      finish(out) {
        out.i64Number(count);
        return true;
      },
    };
  });
}

function extreme(of: Selector, sign: number): Selector {
  return selector(of.type, () => {
    let best: Uint8Array | null = null;
    return {
      add(view, binding) {
        const value = selectedBytes(of, view, binding);
        if (value === null) return;
        if (best === null || of.type.compare(value, 0, value.length, best, 0, best.length) * sign > 0) best = value;
      },
      finish(out) {
        if (best === null) return false;
        out.bytes(best);
        return true;
      },
    };
  });
}

function floating(of: Selector, average: boolean): Selector {
  return selector(of.type, () => {
    // Kahan's summation with the plain sum beside it for infinities, as Cassandra adds.
    let sum = 0;
    let compensation = 0;
    let simple = 0;
    let count = 0;
    return {
      add(view, binding) {
        const bytes = selectedBytes(of, view, binding);
        if (bytes === null) return;
        const value = of.type.decode(bytes, 0, bytes.length) as number;
        count++;
        simple += value;
        const corrected = value - compensation;
        const next = sum + corrected;
        compensation = next - sum - corrected;
        sum = next;
      },
      finish(out) {
        const corrected = sum + compensation;
        const total = Number.isNaN(corrected) && !Number.isFinite(simple) ? simple : corrected;
        of.type.encode(average ? (count === 0 ? 0 : total / count) : total, out);
        return true;
      },
    };
  });
}

function exact(of: Selector, average: boolean): Selector {
  return selector(of.type, () => {
    let scale = 0;
    let sum = 0n;
    let count = 0n;
    return {
      add(view, binding) {
        const bytes = selectedBytes(of, view, binding);
        if (bytes === null) return;
        const value = of.type.decode(bytes, 0, bytes.length);
        count++;
        const [unscaled, valueScale] = value instanceof Decimal ? [value.unscaled, value.scale] : [BigInt(value as number), 0];
        const common = Math.max(scale, valueScale);
        sum = scaled(sum, common - scale) + scaled(unscaled, common - valueScale);
        scale = common;
      },
      finish(out) {
        encodeExact(of.type, average && count > 0n ? sum / count : sum, scale, out);
        return true;
      },
    };
  });
}

/** The running average, rounded with every row as Cassandra rounds it: of 1 and 2 it is 1, of 1.0 and 2.0 it is 1.5. */
function decimalAverage(of: Selector): Selector {
  return selector(of.type, () => {
    let scale = 0;
    let average = 0n;
    let count = 0n;
    return {
      add(view, binding) {
        const bytes = selectedBytes(of, view, binding);
        const value = bytes === null ? null : (of.type.decode(bytes, 0, bytes.length) as Decimal | null);
        if (value === null) return;
        count++;
        const common = Math.max(scale, value.scale);
        average = scaled(average, common - scale);
        average += halfEven(scaled(value.unscaled, common - value.scale) - average, count);
        scale = common;
      },
      finish(out) {
        of.type.encode(new Decimal(average, scale), out);
        return true;
      },
    };
  });
}

/** Digits that numbers may be padded with: two decimals whose scales are billions apart are written in a few bytes. */
const PADDING_MAX = 100_000;

function scaled(unscaled: bigint, by: number): bigint {
  if (by === 0 || unscaled === 0n) return unscaled;
  if (by > PADDING_MAX) throw new InvalidRequestError(`Decimals whose scales are ${by} apart can't be added`);
  return unscaled * 10n ** BigInt(by);
}

function halfEven(sum: bigint, count: bigint): bigint {
  const quotient = sum / count;
  const rest = sum % count;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < count || (twice === count && quotient % 2n === 0n)) return quotient;
  return quotient + (sum < 0n ? -1n : 1n);
}

/** Integers run over at their width, as Java's do. */
function encodeExact(type: CqlType, value: bigint, scale: number, out: ByteWriter): void {
  switch (type.cqlName()) {
    case 'decimal':
      type.encode(new Decimal(value, scale), out);
      return;
    case 'varint':
      type.encode(value, out);
      return;
    case 'bigint':
    case 'counter':
      out.bigint64(value);
      return;
    case 'int':
      type.encode(Number(BigInt.asIntN(32, value)), out);
      return;
    case 'smallint':
      type.encode(Number(BigInt.asIntN(16, value)), out);
      return;
    default:
      type.encode(Number(BigInt.asIntN(8, value)), out);
  }
}
