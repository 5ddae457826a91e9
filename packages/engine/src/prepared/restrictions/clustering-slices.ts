import { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { BoundKind, ClusteringBound, ClusteringComparator, encodeClustering, type Slice } from '@cassette/sstable';
import type { Binding } from '../binding.ts';
import type { Restriction, SliceEnd } from './restriction.ts';

type Values = readonly Uint8Array[];

/** Keys that INs of several columns may name together: a short text must not be able to ask for millions. */
const COMBINATIONS_MAX = 100_000;

/** Throws InvalidRequestError where INs multiply to more keys than a statement may name. */
export function checkCombinations(count: number): void {
  if (count <= COMBINATIONS_MAX) return;
  throw new InvalidRequestError(
    `The IN restrictions name ${count} keys together, more than ${COMBINATIONS_MAX}: ask for them in several statements`,
  );
}

/**
 * Turns restrictions of the clustering columns, each beginning where the one before ended, into slices in stored order:
 * sorted, disjoint, none empty. Cassandra: ClusteringColumnRestrictions with MultiCBuilder.
 */
export class ClusteringSlices {
  private readonly table: TableMetadata;
  private readonly comparator: ClusteringComparator;

  constructor(table: TableMetadata) {
    this.table = table;
    this.comparator = new ClusteringComparator(table.clustering);
  }

  /** The prefixes that equalities and INs name, each once, in stored order. */
  prefixes(restrictions: readonly Restriction[], binding: Binding): readonly Values[] {
    const prefixes = this.named(restrictions, binding);
    return prefixes.length < 2 ? prefixes : this.inOrder(prefixes).map(({ values }) => values);
  }

  /** The prefixes that equalities and INs name, in the order in which they do. */
  private named(restrictions: readonly Restriction[], binding: Binding): readonly Values[] {
    let prefixes: Values[] = [[]];
    for (const restriction of restrictions) {
      if (restriction.kind !== 'eq' && restriction.kind !== 'in') break;
      const tuples = restriction.source.tuples(binding);
      // Without values of one column nobody looks at those of the next.
      if (tuples.length === 0) return [];
      checkCombinations(prefixes.length * tuples.length);
      prefixes = prefixes.flatMap((prefix) => tuples.map((tuple) => [...prefix, ...tuple]));
    }
    return prefixes;
  }

  /** Prefixes with the bounds that they begin at, each once, in stored order. */
  private inOrder(prefixes: readonly Values[]): { readonly values: Values; readonly bound: ClusteringBound }[] {
    const { comparator } = this;
    const keyed = prefixes.map((values) => ({ values, bound: this.bound(BoundKind.INCL_START_BOUND, values) }));
    const follows = (i: number) => i === 0 || comparator.compareBounds(keyed[i - 1].bound, keyed[i].bound) < 0;
    // Apps mostly ask in that order already.
    if (keyed.every((_, i) => follows(i))) return keyed;
    keyed.sort((a, b) => comparator.compareBounds(a.bound, b.bound));
    return keyed.filter((_, i) => follows(i));
  }

  /** The clustering of values for all columns, in the form of `Row.clusteringBytes`. */
  clustering(values: Values): Uint8Array {
    const out = new ByteWriter(32);
    encodeClustering(out, this.table.clustering, values);
    return out.toBytes();
  }

  /**
   * The slices; undefined where nothing is restricted. `nulls`: one column may be compared with null, which comes before every value as
   * it is stored: Cassandra's SELECT lets that pass where it refuses `= null`.
   */
  slices(restrictions: readonly Restriction[], binding: Binding, nulls: boolean): readonly Slice[] | undefined {
    if (restrictions.length === 0) return undefined;
    const last = restrictions[restrictions.length - 1];
    if (last.kind !== 'slice') return this.wholes(this.named(restrictions, binding));
    const prefixes = this.prefixes(restrictions, binding);
    if (prefixes.length === 0) return [];
    const [{ descending }] = last.columns;
    const isNull = (side: SliceEnd | null) => nulls && !last.multi && side?.source.isNull?.(binding) === true;
    const startIsNull = isNull(last.start);
    const endIsNull = isNull(last.end);
    // Both are looked at before null ends anything, for the other one may be unset.
    const start = startIsNull ? undefined : last.start?.source.tuples(binding)[0];
    const end = endIsNull ? undefined : last.end?.source.tuples(binding)[0];
    // Of a descending column the start is where slices end.
    if (descending ? startIsNull : endIsNull) return [];
    return prefixes.flatMap((prefix) => {
      const from = start === undefined ? [this.whole(prefix)] : this.beyond(prefix, start, last.start?.inclusive === true, true);
      const to = end === undefined ? [this.whole(prefix)] : this.beyond(prefix, end, last.end?.inclusive === true, false);
      return this.intersect(from, to);
    });
  }

  /** All that begins with one of some prefixes, each once, in stored order. */
  private wholes(prefixes: readonly Values[]): readonly Slice[] {
    return this.inOrder(prefixes).map(({ bound }) => ({
      start: bound,
      end: new ClusteringBound(BoundKind.INCL_END_BOUND, bound.size, bound.bytes),
    }));
  }

  /** All that begins with a prefix. */
  private whole(prefix: Values): Slice {
    return { start: this.bound(BoundKind.INCL_START_BOUND, prefix), end: this.bound(BoundKind.INCL_END_BOUND, prefix) };
  }

  /**
   * What is greater (or less) than `values` in CQL's order, below a prefix. Where all columns are stored in one direction that is one
   * slice; else one for each column: equal in those before it, and beyond in it.
   */
  private beyond(prefix: Values, values: Values, inclusive: boolean, greater: boolean): Slice[] {
    const columns = this.table.clustering.slice(prefix.length, prefix.length + values.length);
    if (columns.every((column) => column.descending === columns[0].descending)) {
      return [this.oneSided([...prefix, ...values], prefix, inclusive, greater !== columns[0].descending)];
    }
    const slices: Slice[] = [];
    for (let i = 0; i < values.length; i++) {
      const equal = [...prefix, ...values.slice(0, i)];
      const last = i === values.length - 1;
      slices.push(this.oneSided([...equal, values[i]], equal, inclusive && last, greater !== columns[i].descending));
    }
    return slices.sort((a, b) => this.comparator.compareBounds(a.start, b.start));
  }

  /** From `at` to the end of `within` in stored order, or from its start to `at`. */
  private oneSided(at: Values, within: Values, inclusive: boolean, up: boolean): Slice {
    return up
      ? {
          start: this.bound(inclusive ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND, at),
          end: this.bound(BoundKind.INCL_END_BOUND, within),
        }
      : {
          start: this.bound(BoundKind.INCL_START_BOUND, within),
          end: this.bound(inclusive ? BoundKind.INCL_END_BOUND : BoundKind.EXCL_END_BOUND, at),
        };
  }

  private intersect(a: readonly Slice[], b: readonly Slice[]): Slice[] {
    const both: Slice[] = [];
    for (const x of a) {
      for (const y of b) {
        const start = this.comparator.compareBounds(x.start, y.start) >= 0 ? x.start : y.start;
        const end = this.comparator.compareBounds(x.end, y.end) <= 0 ? x.end : y.end;
        if (this.comparator.compareBounds(start, end) < 0) both.push({ start, end });
      }
    }
    return both.sort((x, y) => this.comparator.compareBounds(x.start, y.start));
  }

  private bound(kind: BoundKind, values: Values): ClusteringBound {
    return new ClusteringBound(kind, values.length, values.length === 0 ? NONE : this.clustering(values));
  }
}

const NONE = new Uint8Array(0);
