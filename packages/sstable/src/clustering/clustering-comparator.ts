import { compareBytes } from '@cassette/bytes';
import type { ColumnMetadata } from '@cassette/cql';
import { BoundKind, comparedToClustering } from '../rows/range-tombstone-marker.ts';
import { readVInt, vint } from './vint-at.ts';

/** How two values of a column are compared, decided once a table: most types need no call into the type. */
const Order = { BY_TYPE: 0, SIGNED_32: 1, SIGNED_64: 2, BYTES: 3 } as const;

const MARSHAL = 'org.apache.cassandra.db.marshal.';
const orders: Readonly<Record<string, number>> = {
  Int32Type: Order.SIGNED_32,
  LongType: Order.SIGNED_64,
  TimestampType: Order.SIGNED_64,
  UTF8Type: Order.BYTES,
  AsciiType: Order.BYTES,
  BytesType: Order.BYTES,
  SimpleDateType: Order.BYTES,
  TimeType: Order.BYTES,
  InetAddressType: Order.BYTES,
};

/** Order among prefixes of the same values, by kind (chapter 3.9): before-kinds, static, clustering, after-kinds. */
const kindOrder: readonly number[] = [0, 0, 0, 1, 2, 3, 3, 3];

/** Column metadata as far as the order and framing of clusterings need it. */
export type ClusteringColumn = Pick<ColumnMetadata, 'type' | 'descending'>;

/** A prefix of a clustering whose bytes are its own: a kind (BoundKind), a number of values, and them. */
export interface HeldPrefix {
  readonly kind: number;
  readonly size: number;
  readonly bytes: Uint8Array;
}

/**
 * Order of clusterings and of their prefixes (bounds), on bytes as `Row.clusteringBytes` has them, without allocating. The
 * bytes must be well framed: readers check framing when they take them in. Cassandra: db.ClusteringComparator.
 */
export class ClusteringComparator {
  /** The clustering columns, in key order. */
  readonly columns: readonly ClusteringColumn[];
  private readonly size: number;
  private readonly fixed: Int32Array;
  private readonly order: Uint8Array;
  private readonly descending: Uint8Array;

  constructor(columns: readonly ClusteringColumn[]) {
    this.columns = columns;
    this.size = columns.length;
    this.fixed = Int32Array.from(columns, (c) => c.type.fixedLength);
    this.order = Uint8Array.from(columns, (c) => {
      const name = c.type.marshalName();
      return name.startsWith(MARSHAL) ? (orders[name.slice(MARSHAL.length)] ?? Order.BY_TYPE) : Order.BY_TYPE;
    });
    this.descending = Uint8Array.from(columns, (c) => (c.descending ? 1 : 0));
  }

  /** Order of two full clusterings: negative, 0 or positive. */
  compareClusterings(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (this.size === 1 && a[aFrom] === 0 && b[bFrom] === 0) {
      let result: number;
      switch (this.order[0]) {
        case Order.SIGNED_32:
          result = int32(a, aFrom + 1) - int32(b, bFrom + 1);
          break;
        case Order.SIGNED_64:
          result = int32(a, aFrom + 1) - int32(b, bFrom + 1) || (int32(a, aFrom + 5) >>> 0) - (int32(b, bFrom + 5) >>> 0);
          break;
        case Order.BYTES:
          // Short texts: the vint length is one byte, the value the rest of the range.
          if (a[aFrom + 1] >= 0x80 || b[bFrom + 1] >= 0x80) return this.compareValues(1, a, aFrom, b, bFrom);
          result = compareBytes(a, aFrom + 2, aTo, b, bFrom + 2, bTo);
          break;
        default:
          return this.compareValues(1, a, aFrom, b, bFrom);
      }
      return this.descending[0] === 1 ? 0 - result : result;
    }
    return this.compareValues(this.size, a, aFrom, b, bFrom);
  }

  /**
   * Order of two prefixes, each of a kind (BoundKind, CLUSTERING for a row's), a number of values and their bytes: negative,
   * 0 or positive. A shorter prefix lies before or after all that it is a prefix of, by its kind.
   */
  comparePrefixes(
    aKind: number,
    aSize: number,
    a: Uint8Array,
    aFrom: number,
    aTo: number,
    bKind: number,
    bSize: number,
    b: Uint8Array,
    bFrom: number,
    bTo: number,
  ): number {
    const common = Math.min(aSize, bSize);
    const result =
      common === this.size
        ? this.compareClusterings(a, aFrom, aTo, b, bFrom, bTo)
        : this.compareValues(common, a, aFrom, b, bFrom);
    if (result !== 0) return result;
    if (aSize === bSize) return kindOrder[aKind] - kindOrder[bKind];
    return aSize < bSize ? comparedToClustering[aKind] : -comparedToClustering[bKind];
  }

  /**
   * Order of two bounds, or other prefixes that are held whole: negative, 0 or positive. An exclusive end and an inclusive start of the
   * same values are equal: they meet there.
   */
  compareBounds(a: HeldPrefix, b: HeldPrefix): number {
    return this.comparePrefixes(a.kind, a.size, a.bytes, 0, a.bytes.length, b.kind, b.size, b.bytes, 0, b.bytes.length);
  }

  /** Order of a full clustering and a bound. */
  compareToBound(a: Uint8Array, aFrom: number, aTo: number, bound: HeldPrefix): number {
    const b = bound.bytes;
    return this.comparePrefixes(BoundKind.CLUSTERING, this.size, a, aFrom, aTo, bound.kind, bound.size, b, 0, b.length);
  }

  private compareValues(count: number, a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number): number {
    let aAt = aFrom;
    let bAt = bFrom;
    let aHi = 0;
    let aLo = 0;
    let bHi = 0;
    let bLo = 0;
    for (let i = 0; i < count; i++) {
      if ((i & 31) === 0) {
        aAt = readVInt(a, aAt);
        aHi = vint.hi;
        aLo = vint.lo;
        bAt = readVInt(b, bAt);
        bHi = vint.hi;
        bLo = vint.lo;
      }
      const shift = (i & 15) << 1;
      const aBits = ((i & 16) === 0 ? aLo : aHi) >>> shift;
      const bBits = ((i & 16) === 0 ? bLo : bHi) >>> shift;
      // Bit 1 is null, bit 0 is empty. Null sorts first whatever the direction; empty is a value and is turned around.
      const aNull = (aBits >>> 1) & 1;
      const bNull = (bBits >>> 1) & 1;
      const fixed = this.fixed[i];
      let aLength = 0;
      if ((aBits & 3) === 0) {
        if (fixed >= 0) aLength = fixed;
        else {
          aAt = readVInt(a, aAt);
          aLength = vint.lo;
        }
      }
      let bLength = 0;
      if ((bBits & 3) === 0) {
        if (fixed >= 0) bLength = fixed;
        else {
          bAt = readVInt(b, bAt);
          bLength = vint.lo;
        }
      }
      if (aNull !== bNull) return bNull - aNull;
      if (aNull === 0) {
        const result = this.compareValue(i, a, aAt, aAt + aLength, b, bAt, bAt + bLength);
        if (result !== 0) return this.descending[i] === 1 ? 0 - result : result;
      }
      aAt += aLength;
      bAt += bLength;
    }
    return 0;
  }

  private compareValue(i: number, a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (aFrom === aTo || bFrom === bTo) return aTo - aFrom - (bTo - bFrom);
    switch (this.order[i]) {
      case Order.SIGNED_32:
        return int32(a, aFrom) - int32(b, bFrom);
      case Order.SIGNED_64:
        return int32(a, aFrom) - int32(b, bFrom) || (int32(a, aFrom + 4) >>> 0) - (int32(b, bFrom + 4) >>> 0);
      case Order.BYTES:
        return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
      default:
        return this.columns[i].type.compare(a, aFrom, aTo, b, bFrom, bTo);
    }
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
