import { compareBytes, token, tokenWords } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { BoundKind, ClusteringBound, isTokenWithin, type ReadCommand, type Slice, type TokenRange } from '@cassette/sstable';
import { comparatorOf } from '../deletion/index.ts';
import type { Binding } from '../prepared/binding.ts';
import { splitPartitionKey } from '../prepared/restrictions/index.ts';
import type { SelectPlan } from './select-plan.ts';

/** A place in the answer: behind a partition, or behind a row of it. */
export interface ReadPosition {
  readonly key: Uint8Array;
  readonly clustering: Uint8Array | null;
}

/** Where a SELECT reads: partitions by name (null: a range of tokens), and slices of them (undefined: all of each). */
export interface ReadPlaces {
  readonly keys: readonly Uint8Array[] | null;
  readonly slices: readonly Slice[] | undefined;
}

/**
 * Throws InvalidRequestError for a place in a partition that the statement does not ask for: its rows must not get into the answer, and an
 * answer that silently begins somewhere else would be no better.
 */
function checkPosition(table: TableMetadata, { key }: ReadPosition, keys: readonly Uint8Array[] | null, range: TokenRange): void {
  const isAskedFor = keys === null ? isKeyWithin(range, key) : keys.some((one) => comparePartitionKeys(table, one, key) === 0);
  if (isAskedFor) return;
  throw new InvalidRequestError(
    'Invalid value for the paging state: it ends in a partition that this statement does not ask for. ' +
      'Give it to the statement that it came from, with the same values',
  );
}

function isKeyWithin(range: TokenRange, key: Uint8Array): boolean {
  token(key);
  return isTokenWithin(range, tokenWords[0], tokenWords[1]);
}

/** Where a SELECT reads; null for nowhere: without partitions nobody looks at what is asked of clusterings, as in Cassandra. */
export function readPlaces(plan: SelectPlan, binding: Binding): ReadPlaces | null {
  const { restrictions } = plan;
  const keys = restrictions.hasKeys ? restrictions.uncheckedPartitionKeys(binding) : null;
  if (keys?.length === 0) return null;
  const slices = restrictions.slices(binding);
  if (slices?.length !== 0) {
    if (keys !== null) restrictions.checkPartitionKeys(keys);
  } else if (readsStatics(plan)) {
    // What is asked for without clusterings are static columns alone, at most: only then does it matter what is wrong with their places.
    if (keys === null) restrictions.tokenRange(binding);
    else if (restrictions.namesRows) restrictions.checkPartitionKeys(keys);
  }
  return { keys, slices };
}

function readsStatics({ table, queriedColumns }: SelectPlan): boolean {
  return queriedColumns === null ? table.staticColumns.length > 0 : queriedColumns.some(({ kind }) => kind === 'static');
}

/**
 * The reads that answer a SELECT, from a place on, in the order of the answer. Named partitions come one by one in the order of their key's
 * values, as Cassandra's coordinator asks for them; ranges in token order.
 */
export function* readSteps(
  plan: SelectPlan,
  binding: Binding,
  { keys, slices }: ReadPlaces,
  after: ReadPosition | null,
): Generator<ReadCommand> {
  const { restrictions, table, reversed } = plan;
  if (slices?.length === 0) return;
  const command = (partitions: ReadCommand['partitions'], of: readonly Slice[] | undefined): ReadCommand => ({
    partitions,
    ...(of !== undefined && { slices: of }),
    ...(reversed && { reversed }),
    mayPause: true,
    ...(plan.queriedColumns !== null && { queriedColumns: plan.queriedColumns }),
    ...((plan.distinct || plan.perPartitionLimit !== null) && { leavesEarly: true }),
  });
  const range = keys === null ? restrictions.tokenRange(binding) : {};
  if (after !== null) checkPosition(table, after, keys, range);
  if (after?.clustering != null) {
    const rest = slicesAfter(table, slices ?? [WHOLE], after.clustering, reversed);
    if (rest.length > 0) yield command({ keys: [after.key] }, rest);
  }
  if (keys !== null) {
    for (const key of [...keys].sort((a, b) => comparePartitionKeys(table, a, b))) {
      if (after === null || comparePartitionKeys(table, key, after.key) > 0) yield command({ keys: [key] }, slices);
    }
    return;
  }
  yield command({ range: after === null ? range : rangeAfter(range, after.key) }, slices);
}

const WHOLE: Slice = { start: ClusteringBound.BOTTOM, end: ClusteringBound.TOP };

/** The token range without what comes up to and including a key. */
export function rangeAfter(range: TokenRange, key: Uint8Array): TokenRange {
  token(key);
  return { ...range, start: { hi: tokenWords[0], lo: tokenWords[1], inclusive: true, afterKey: key } };
}

function slicesAfter(table: TableMetadata, slices: readonly Slice[], clustering: Uint8Array, reversed: boolean): Slice[] {
  const comparator = comparatorOf(table);
  const size = table.clustering.length;
  const kind = reversed ? BoundKind.EXCL_END_BOUND : BoundKind.EXCL_START_BOUND;
  const edge = new ClusteringBound(kind, size, clustering);
  const rest: Slice[] = [];
  for (const { start, end } of slices) {
    const cut = reversed
      ? { start, end: comparator.compareBounds(end, edge) < 0 ? end : edge }
      : { start: comparator.compareBounds(start, edge) > 0 ? start : edge, end };
    if (comparator.compareBounds(cut.start, cut.end) < 0) rest.push(cut);
  }
  return rest;
}

/** Order of two partition keys by the values of their components. */
export function comparePartitionKeys(table: TableMetadata, a: Uint8Array, b: Uint8Array): number {
  const count = table.partitionKey.length;
  const x = new Int32Array(count * 2);
  const y = new Int32Array(count * 2);
  splitPartitionKey(count, a, 0, a.length, x);
  splitPartitionKey(count, b, 0, b.length, y);
  for (let i = 0; i < count; i++) {
    const order = table.partitionKey[i].type.compare(a, x[2 * i], x[2 * i + 1], b, y[2 * i], y[2 * i + 1]);
    if (order !== 0) return order;
  }
  return compareBytes(a, 0, a.length, b, 0, b.length);
}
