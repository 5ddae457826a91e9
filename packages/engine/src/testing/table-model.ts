import type { ByteWriter } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  CellFlag,
  ClusteringBound,
  DeletionTime,
  NO_DELETION_TIME,
  Row,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import type { MutationBuilder } from '../mutation/index.ts';
import { intBytes, intClustering } from './tables.ts';

// A model of the table of `everythingTable`, as naive as can be: every fact ever written is kept, and what is left of them is
// worked out from nothing but the rules of chapter 8 of the format notes each time somebody asks.

/** Clusterings are 0 to this, without it. */
export const CLUSTERINGS = 8;
/** Places in a partition: before the first row, a row, between rows, …, after the last row. */
const SLOTS = CLUSTERINGS * 2 + 1;

/** A cell, or a complex deletion (`deletesColumn`). */
export interface CellFact {
  readonly column: number;
  readonly path: string | null;
  readonly kind: 'live' | 'expiring' | 'tombstone' | 'deletesColumn';
  readonly timestamp: number;
  readonly value: string;
}

/** One statement's effect on one row (`clustering` null: the static row). */
export interface RowFact {
  readonly clustering: number | null;
  /** Timestamp; and whether it expires. */
  readonly liveness: { readonly timestamp: number; readonly expiring: boolean } | null;
  /** Timestamp of the row's deletion. */
  readonly deletion: number | null;
  readonly cells: readonly CellFact[];
}

/** One mutation. */
export interface Update {
  readonly key: number;
  readonly partitionDeletion: number | null;
  /** In CQL's order of values, both ends optional. */
  readonly ranges: readonly {
    readonly from: { readonly value: number; readonly inclusive: boolean } | null;
    readonly to: { readonly value: number; readonly inclusive: boolean } | null;
    readonly timestamp: number;
  }[];
  readonly rows: readonly RowFact[];
}

const TTL = 1000;
/** Local deletion times follow from timestamps: that only the timestamp decides between ranges is tested elsewhere. */
const secondsOf = (timestamp: number) => 1_000_000 + timestamp;

/** Encodes an update. */
export function encodeUpdate(builder: MutationBuilder, out: ByteWriter, table: TableMetadata, update: Update): void {
  const { descending } = table.clustering[0];
  builder.begin(table, intBytes(update.key));
  if (update.partitionDeletion !== null) {
    builder.partitionDeletion(0, update.partitionDeletion, secondsOf(update.partitionDeletion));
  }
  for (const { from, to, timestamp } of update.ranges) {
    const low = descending ? to : from;
    const high = descending ? from : to;
    const start =
      low === null
        ? ClusteringBound.BOTTOM
        : new ClusteringBound(
            low.inclusive ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND,
            1,
            intClustering(low.value),
          );
    const end =
      high === null
        ? ClusteringBound.TOP
        : new ClusteringBound(high.inclusive ? BoundKind.INCL_END_BOUND : BoundKind.EXCL_END_BOUND, 1, intClustering(high.value));
    builder.addRangeTombstone({ start, end }, DeletionTime.of(0, timestamp, secondsOf(timestamp)));
  }
  for (const row of update.rows) builder.addRow(rowOf(row));
  builder.finish(out);
}

function rowOf(fact: RowFact): Row {
  const row = new Row();
  row.isStatic = fact.clustering === null;
  if (fact.clustering !== null) row.setClustering(intClustering(fact.clustering), 0, 5);
  if (fact.liveness !== null) {
    const { timestamp, expiring } = fact.liveness;
    if (expiring) row.setLiveness(0, timestamp, TTL, secondsOf(timestamp) + TTL);
    else row.setLiveness(0, timestamp);
  }
  if (fact.deletion !== null) row.deletion.setTo(0, fact.deletion, secondsOf(fact.deletion));
  const encoder = new TextEncoder();
  for (const cell of fact.cells) {
    const { timestamp } = cell;
    const seconds = secondsOf(timestamp);
    let i: number;
    if (cell.kind === 'live') i = row.addCell(cell.column, 0, 0, timestamp, NO_DELETION_TIME, 0);
    else if (cell.kind === 'expiring') i = row.addCell(cell.column, CellFlag.EXPIRING, 0, timestamp, seconds + TTL, TTL);
    else if (cell.kind === 'tombstone') i = row.addCell(cell.column, CellFlag.DELETED, 0, timestamp, seconds, 0);
    else i = row.addCell(cell.column, CellFlag.COMPLEX_DELETION, 0, timestamp, seconds, 0);
    if (cell.path !== null) {
      const path = pathBytes(cell.path);
      row.setPath(i, path, 0, path.length);
    }
    if (cell.value !== '') {
      const value = cell.value.startsWith('#') ? intBytes(Number(cell.value.slice(1))) : encoder.encode(cell.value);
      row.setValue(i, value, 0, value.length);
    }
  }
  return row;
}

/** `#3` is an int, everything else text. */
function pathBytes(path: string): Uint8Array {
  return path.startsWith('#') ? intBytes(Number(path.slice(1))) : new TextEncoder().encode(path);
}

/** What is told of a partition: by its parts, as text. */
export type PartitionText = {
  readonly key: number;
  readonly deletion: number | null;
  readonly statics: string;
  readonly rows: readonly string[];
  /** Timestamp of the range deletion at each place, -1 for none. */
  readonly ranges: readonly number[];
};

/** The model of one table. */
export class TableModel {
  readonly updates: Update[] = [];
  private readonly descending: boolean;

  constructor(table: TableMetadata) {
    this.descending = table.clustering[0].descending;
  }

  /** What is left of the partitions that have anything, by key; `only` limits the rows to some clusterings. */
  partitions(): PartitionText[] {
    const keys = [...new Set(this.updates.map(({ key }) => key))].sort((a, b) => a - b);
    return keys.map((key) => this.partition(key)).filter((one): one is PartitionText => one !== null);
  }

  private partition(key: number): PartitionText | null {
    const updates = this.updates.filter((update) => update.key === key);
    const deletion = Math.max(-1, ...updates.map((update) => update.partitionDeletion ?? -1));
    const ranges = new Array<number>(SLOTS).fill(-1);
    for (const { from, to, timestamp } of updates.flatMap((update) => update.ranges)) {
      const first = from === null ? 0 : from.value * 2 + (from.inclusive ? 1 : 2);
      const end = to === null ? SLOTS : to.value * 2 + (to.inclusive ? 2 : 1);
      for (let slot = first; slot < end; slot++) ranges[slot] = Math.max(ranges[slot], timestamp);
    }
    for (let slot = 0; slot < SLOTS; slot++) if (ranges[slot] <= deletion) ranges[slot] = -1;
    const facts = updates.flatMap((update) => update.rows);
    const statics = mergeRow(
      facts.filter((row) => row.clustering === null),
      deletion,
    );
    const rows: string[] = [];
    for (let c = 0; c < CLUSTERINGS; c++) {
      const text = mergeRow(
        facts.filter((row) => row.clustering === c),
        Math.max(deletion, ranges[c * 2 + 1]),
      );
      if (text !== '') rows.push(`${c}: ${text}`);
    }
    if (this.descending) rows.reverse();
    if (deletion < 0 && statics === '' && rows.length === 0 && ranges.every((range) => range < 0)) return null;
    return { key, deletion: deletion < 0 ? null : deletion, statics, rows, ranges };
  }
}

const rank = { deletesColumn: 0, live: 0, expiring: 1, tombstone: 2 } as const;

function mergeRow(facts: readonly RowFact[], active: number): string {
  const parts: string[] = [];
  const rowDeletion = Math.max(-1, ...facts.map((fact) => fact.deletion ?? -1));
  const deleted = Math.max(active, rowDeletion);
  const [liveness] = facts
    .flatMap((fact) => (fact.liveness === null ? [] : [fact.liveness]))
    .sort((a, b) => b.timestamp - a.timestamp || Number(b.expiring) - Number(a.expiring));
  if (liveness !== undefined && liveness.timestamp > deleted)
    parts.push(`live@${liveness.timestamp}${liveness.expiring ? 'ttl' : ''}`);
  if (rowDeletion > active) parts.push(`del@${rowDeletion}`);
  const cells = facts.flatMap((fact) => fact.cells);
  for (const column of [...new Set(cells.map((cell) => cell.column))].sort((a, b) => a - b)) {
    const own = cells.filter((cell) => cell.column === column);
    const complex = Math.max(-1, ...own.map((cell) => (cell.kind === 'deletesColumn' ? cell.timestamp : -1)));
    if (complex > deleted) parts.push(`${column}:deletesColumn@${complex}`);
    const limit = Math.max(deleted, complex);
    const left = own.filter((cell) => cell.kind !== 'deletesColumn' && cell.timestamp > limit);
    const paths = [...new Set(left.map((cell) => cell.path))].sort((a, b) => comparePaths(a, b));
    for (const path of paths) {
      const [best] = left
        .filter((cell) => cell.path === path)
        .sort((a, b) => b.timestamp - a.timestamp || rank[b.kind] - rank[a.kind] || compareValues(b.value, a.value));
      parts.push(`${column}${path === null ? '' : `[${path}]`}:${best.kind}@${best.timestamp}=${best.value}`);
    }
  }
  return parts.join(' ');
}

function comparePaths(a: string | null, b: string | null): number {
  if (a === null || b === null) return 0;
  if (a.startsWith('#')) return Number(a.slice(1)) - Number(b.slice(1));
  return a < b ? -1 : 1;
}

/** Values are short ASCII text or small non-negative ints: as bytes they compare like this. */
function compareValues(a: string, b: string): number {
  if (a.startsWith('#') && b.startsWith('#')) return Number(a.slice(1)) - Number(b.slice(1));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads a cursor to its end, in the form of the model; sorted by key, since the model knows no tokens. */
export function readPartitions(cursor: UnfilteredCursor, table: TableMetadata, reversed = false): PartitionText[] {
  const { descending } = table.clustering[0];
  const found: PartitionText[] = [];
  while (cursor.nextPartition()) {
    const key = new DataView(cursor.keyBytes.buffer, cursor.keyBytes.byteOffset + cursor.keyFrom).getInt32(0);
    const deletion = cursor.partitionDeletion.isLive ? null : cursor.partitionDeletion.lo;
    const statics = cursor.staticRow === null ? '' : rowText(cursor.staticRow);
    const rows: string[] = [];
    const ranges = new Array<number>(SLOTS).fill(-1);
    let openFrom = -1;
    let open = -1;
    for (let next = cursor.next(); next !== Unfiltered.END; next = cursor.next()) {
      if (next === Unfiltered.ROW) {
        const { row } = cursor;
        const c = new DataView(row.clusteringBytes.buffer, row.clusteringBytes.byteOffset + row.clusteringFrom).getInt32(1);
        rows.push(`${c}: ${rowText(row)}`);
        continue;
      }
      const { marker } = cursor;
      const slot = slotOf(marker.kind, marker.size, marker.clusteringBytes, marker.clusteringFrom, descending);
      const ending = reversed ? marker.opening : marker.closing;
      const beginning = reversed ? marker.closing : marker.opening;
      if (open >= 0 !== !ending.isLive || (open >= 0 && ending.lo !== open)) throw new Error('a marker ends what is not open');
      if (open >= 0) for (let s = Math.min(openFrom, slot); s < Math.max(openFrom, slot); s++) ranges[s] = open;
      open = beginning.isLive ? -1 : beginning.lo;
      openFrom = slot;
    }
    if (open >= 0) throw new Error('a range is open at the end of the partition');
    if (reversed) rows.reverse();
    if (descending) ranges.reverse();
    if (deletion !== null || statics !== '' || rows.length > 0 || ranges.some((range) => range >= 0)) {
      found.push({ key, deletion, statics, rows, ranges });
    }
  }
  return found.sort((a, b) => a.key - b.key);
}

/** The place of a bound in stored order: where what begins there begins. */
function slotOf(kind: number, size: number, bytes: Uint8Array, from: number, descending: boolean): number {
  const after = kind >= 5;
  if (size === 0) return after ? SLOTS : 0;
  const value = new DataView(bytes.buffer, bytes.byteOffset + from).getInt32(1);
  return (descending ? CLUSTERINGS - 1 - value : value) * 2 + (after ? 2 : 1);
}

function rowText(row: Row): string {
  const parts: string[] = [];
  if (row.hasLiveness) parts.push(`live@${row.livenessLo}${row.livenessTtl > 0 ? 'ttl' : ''}`);
  if (!row.deletion.isLive) parts.push(`del@${row.deletion.lo}`);
  for (let i = 0; i < row.cellCount; i++) {
    const column = row.cellColumn[i];
    const flags = row.cellFlags[i];
    if (flags === CellFlag.COMPLEX_DELETION) {
      parts.push(`${column}:deletesColumn@${row.cellLo[i]}`);
      continue;
    }
    const path = row.cellPathBytes[i].subarray(row.cellPathFrom[i], row.cellPathTo[i]);
    const value = row.cellValueBytes[i].subarray(row.cellValueFrom[i], row.cellValueTo[i]);
    const kind = flags === 0 ? 'live' : flags === CellFlag.EXPIRING ? 'expiring' : 'tombstone';
    parts.push(`${column}${path.length > 0 ? `[${bytesText(path)}]` : ''}:${kind}@${row.cellLo[i]}=${bytesText(value)}`);
  }
  return parts.join(' ');
}

/** Four bytes are an int: texts of the model are shorter. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `#${new DataView(bytes.buffer, bytes.byteOffset).getInt32(0)}`;
  return new TextDecoder().decode(bytes);
}
