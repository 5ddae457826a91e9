import { BoundKind, comparedToClustering, type DeletionTime, type RangeTombstoneMarker } from '@cassette/sstable';

/**
 * Makes `marker` the marker at the place where a bound of `kind` stands, between the deletion in force before it and the one
 * in force after it, both in stored order; at most one of them is LIVE. Whether it includes its values follows from the place:
 * before the rows of that prefix, or after them.
 */
export function setMarkerAt(
  marker: RangeTombstoneMarker,
  kind: number,
  size: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  before: DeletionTime,
  after: DeletionTime,
): void {
  const beforeRows = comparedToClustering[kind] < 0;
  let marking: BoundKind;
  if (before.isLive) marking = beforeRows ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND;
  else if (after.isLive) marking = beforeRows ? BoundKind.EXCL_END_BOUND : BoundKind.INCL_END_BOUND;
  else marking = beforeRows ? BoundKind.EXCL_END_INCL_START_BOUNDARY : BoundKind.INCL_END_EXCL_START_BOUNDARY;
  marker.setBound(marking, size, bytes, from, to);
  marker.closing.set(before);
  marker.opening.set(after);
}
