import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, Decimal, nativeTypes } from '@cassette/cql';
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
        const total = Number.isNaN(sum) && !Number.isFinite(simple) ? simple : sum;
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
    const name = of.type.cqlName();
    return {
      add(view, binding) {
        const bytes = selectedBytes(of, view, binding);
        if (bytes === null) return;
        const value = of.type.decode(bytes, 0, bytes.length);
        count++;
        const [unscaled, valueScale] = value instanceof Decimal ? [value.unscaled, value.scale] : [BigInt(value as number), 0];
        const common = Math.max(scale, valueScale);
        sum = sum * 10n ** BigInt(common - scale) + unscaled * 10n ** BigInt(common - valueScale);
        scale = common;
      },
      finish(out) {
        const result = average && count > 0n ? (name === 'decimal' ? halfEven(sum, count) : sum / count) : sum;
        encodeExact(of.type, result, scale, out);
        return true;
      },
    };
  });
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
