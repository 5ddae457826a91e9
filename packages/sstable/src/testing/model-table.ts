import { ByteWriter } from '@cassette/bytes';
import { type ColumnMetadata, defaultTableParams, MapType, nativeTypes, SetType, TableMetadata, Uuid } from '@cassette/cql';
import { ClusteringComparator, encodeClustering } from '../clustering/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind, comparedToClustering, isBoundary, isEnd, RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, Row } from '../rows/row.ts';

// A table with everything in it, and partitions of it made from a seed: for tests against a naive model.

const { int, text, bigint } = nativeTypes;
const column = (
  name: string,
  kind: ColumnMetadata['kind'],
  type: ColumnMetadata['type'],
  position: number,
  descending = false,
) => ({
  name,
  kind,
  type,
  position,
  descending,
  id: 0,
});

/** `(k int, a int, b text, s int static, t set<int> static, v int, w text, m map<int, text>, n set<bigint>, PRIMARY KEY (k, a, b)) … (a ASC, b DESC)`. */
export const modelTable = new TableMetadata({
  keyspace: 'ks',
  name: 'model',
  id: new Uuid(new Uint8Array(16)),
  columns: [
    column('k', 'partition_key', int, 0),
    column('a', 'clustering', int, 0),
    column('b', 'clustering', text, 1, true),
    column('s', 'static', int, 0),
    column('t', 'static', new SetType(int, false), 0),
    column('v', 'regular', int, 0),
    column('w', 'regular', text, 0),
    column('m', 'regular', new MapType(int, text, false), 0),
    column('n', 'regular', new SetType(bigint, false), 0),
  ].map((c, id) => ({ ...c, id })),
  params: { ...defaultTableParams, minIndexInterval: 2 },
  nextColumnId: 9,
});

/** Order of its clusterings. */
export const modelComparator = new ClusteringComparator(modelTable.clustering);

/** Deterministic numbers from a seed (mulberry32). */
export class Dice {
  /** Whether deletions may have negative timestamps, which oa and da can't hold, or else times past 2038, which nb can't. */
  readonly old: boolean;
  private state: number;

  constructor(seed: number, old = true) {
    this.state = seed;
    this.old = old;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** A clustering or bound. */
export interface Prefix {
  readonly kind: BoundKind;
  readonly size: number;
  readonly bytes: Uint8Array;
}

export function prefix(kind: BoundKind, a?: number, b?: string): Prefix {
  const out = new ByteWriter();
  const values: (Uint8Array | null)[] = [];
  if (a !== undefined) values.push(int32(a));
  if (b !== undefined) values.push(new TextEncoder().encode(b));
  encodeClustering(out, modelTable.clustering, values);
  return { kind, size: values.length, bytes: out.toBytes() };
}

export function comparePrefix(x: Prefix, y: Prefix): number {
  return modelComparator.comparePrefixes(x.kind, x.size, x.bytes, 0, x.bytes.length, y.kind, y.size, y.bytes, 0, y.bytes.length);
}

/** One thing of a partition. */
export type ModelItem =
  | { readonly at: Prefix; readonly row: Row }
  | { readonly at: Prefix; readonly marker: RangeTombstoneMarker };

/** A partition with its things in order. */
export interface ModelPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime;
  readonly staticRow: Row | null;
  readonly items: readonly ModelItem[];
}

export function int32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

const LETTERS = ['', 'a', 'b', 'bb', 'c', 'ccc', 'dddddddd', 'é'];

function anyPrefix(dice: Dice, kinds: readonly BoundKind[]): Prefix {
  const kind = kinds[dice.below(kinds.length)];
  const full = kind === BoundKind.CLUSTERING || dice.chance(40);
  return prefix(kind, dice.below(12) - 4, full ? LETTERS[dice.below(LETTERS.length)] : undefined);
}

/** A partition with up to `size` rows and bounds. */
export function modelPartition(dice: Dice, key: Uint8Array, size: number): ModelPartition {
  const places: Prefix[] = [];
  const n = dice.below(size + 1);
  const rowsOnly = dice.chance(30);
  for (let i = 0; i < n; i++) {
    const isRow = rowsOnly || dice.chance(60);
    places.push(anyPrefix(dice, isRow ? [BoundKind.CLUSTERING] : [BoundKind.INCL_START_BOUND, BoundKind.EXCL_START_BOUND]));
  }
  places.sort(comparePrefix);
  const items: ModelItem[] = [];
  const open = new DeletionTime();
  let last: Prefix | null = null;
  for (const place of places) {
    if (last !== null && comparePrefix(last, place) >= 0) continue;
    last = place;
    if (place.kind === BoundKind.CLUSTERING) {
      items.push({ at: place, row: modelRow(dice, place) });
      continue;
    }
    items.push(nextMarker(dice, place, open, !open.isLive && dice.chance(40)));
  }
  if (!open.isLive)
    items.push(nextMarker(dice, { kind: BoundKind.INCL_END_BOUND, size: 0, bytes: new Uint8Array(0) }, open, false));
  const deletion = dice.chance(20) ? time(dice) : new DeletionTime();
  const staticRow = dice.chance(50) ? modelStatic(dice) : null;
  return { key, deletion, staticRow, items };
}

// A marker at that place, which opens, closes or (boundary) both, as what is open wants it.
function nextMarker(dice: Dice, place: Prefix, open: DeletionTime, boundary: boolean): ModelItem {
  const before = comparedToClustering[place.kind] < 0;
  let kind: BoundKind;
  if (open.isLive) kind = before ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND;
  else if (boundary) kind = before ? BoundKind.EXCL_END_INCL_START_BOUNDARY : BoundKind.INCL_END_EXCL_START_BOUNDARY;
  else kind = before ? BoundKind.EXCL_END_BOUND : BoundKind.INCL_END_BOUND;
  const marker = new RangeTombstoneMarker();
  marker.setBound(kind, place.size, place.bytes, 0, place.bytes.length);
  marker.closing.set(open);
  if (!isEnd(kind) || isBoundary(kind)) marker.opening.set(time(dice));
  open.set(marker.opening);
  return { at: { ...place, kind }, marker };
}

function time(dice: Dice): DeletionTime {
  const hi = dice.below(2);
  const lo = dice.below(0x7fffffff);
  const seconds = 1700000000 + dice.below(100);
  return dice.old ? DeletionTime.of(hi - 1, lo, seconds) : DeletionTime.of(0, lo, seconds + hi * 1500000000);
}

function modelRow(dice: Dice, at: Prefix): Row {
  const row = new Row();
  row.setClustering(at.bytes, 0, at.bytes.length);
  if (dice.chance(60)) {
    const ttl = dice.chance(30) ? 1 + dice.below(100000) : 0;
    if (ttl === 0) row.setLiveness(1, dice.below(50));
    else row.setLiveness(1, dice.below(50), ttl, 1700000000 + ttl);
  }
  if (dice.chance(15)) row.deletion.set(time(dice));
  cellsOf(dice, row, [0, 1], [2, 3]);
  if (row.isEmpty) row.setLiveness(0, 1);
  return row;
}

function modelStatic(dice: Dice): Row | null {
  const row = new Row();
  row.isStatic = true;
  cellsOf(dice, row, [0], [1]);
  return row.isEmpty ? null : row;
}

function cellsOf(dice: Dice, row: Row, simple: readonly number[], complex: readonly number[]): void {
  const columns = row.isStatic ? modelTable.staticColumns : modelTable.regularColumns;
  for (const position of simple) if (dice.chance(70)) cell(dice, row, position, columns[position], null);
  for (const position of complex) {
    if (dice.chance(50)) continue;
    if (dice.chance(30)) {
      const deletion = time(dice);
      row.addCell(position, CellFlag.COMPLEX_DELETION, deletion.hi, deletion.lo, deletion.localDeletionTime, 0);
    }
    const wide = columns[position].name === 'n' ? 8 : 4;
    const count = dice.below(4);
    for (let i = 0; i < count; i++) {
      const path = new Uint8Array(wide);
      path[wide - 1] = i;
      cell(dice, row, position, columns[position], path);
    }
  }
}

function cell(dice: Dice, row: Row, position: number, { type, name }: ColumnMetadata, path: Uint8Array | null): void {
  const own = !row.hasLiveness || dice.chance(40);
  const hi = own ? 1 : row.livenessHi;
  const lo = own ? dice.below(100) : row.livenessLo;
  let i: number;
  if (dice.chance(20)) i = row.addCell(position, CellFlag.DELETED, hi, lo, 1700000000 + dice.below(9), 0);
  else {
    if (row.livenessTtl !== 0 && dice.chance(60)) {
      i = row.addCell(position, CellFlag.EXPIRING, hi, lo, row.livenessLocalExpirationTime, row.livenessTtl);
    } else if (dice.chance(20)) i = row.addCell(position, CellFlag.EXPIRING, hi, lo, 1700000077, 77);
    else i = row.addCell(position, 0, hi, lo, 0xffffffff, 0);
    if (!type.isMultiCell && name !== 'w') row.setValue(i, int32(dice.below(1000)), 0, 4);
    else if (name === 'w' || name === 'm') {
      const value = new Uint8Array(dice.below(dice.chance(5) ? 3000 : 20)).fill(65 + dice.below(26));
      if (value.length > 0) row.setValue(i, value, 0, value.length);
    }
  }
  if (path !== null) row.setPath(i, path, 0, path.length);
}
