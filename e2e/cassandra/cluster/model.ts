import { bytesOf, type Value } from './values.ts';

// What a cluster is to answer, from nothing but the rules: every fact that any statement left behind is kept, in no order, and reads decide
// which count. A timestamp is in microseconds, a time of expiry in seconds; both are whole numbers that a double holds.

/** A cell, or the deletion of one (value null). */
export interface Cell {
  readonly timestamp: number;
  readonly value: Value | null;
  /** null: it does not expire. */
  readonly expires: number | null;
  /** Seconds; 0 where it does not expire. */
  readonly ttl: number;
}

/** Which columns a table has, but for those of its key. */
export interface TableShape {
  readonly partitionKey: string;
  /** null: a partition is a row. */
  readonly clustering: string | null;
  readonly columns: readonly ColumnShape[];
}

/** A column: `map`, `set` and `udt` are not frozen, so that every element or field is a cell of its own. */
export interface ColumnShape {
  readonly name: string;
  readonly kind: 'simple' | 'map' | 'set' | 'udt';
  readonly isStatic?: boolean;
  /** Of what is not simple, in order: the fields, or all that a key or element may be, which are text. */
  readonly elements?: readonly string[];
}

/** What one column of a row is told as, comparable between the model and those that answer. */
export interface CellAnswer {
  readonly value: unknown;
  /** Of a column that is not simple: of each of its elements. */
  readonly writetime: Times;
  /** When it expires, in seconds; the same. */
  readonly expires: Times;
}

/** null where there is none. */
export type Times = number | null | readonly (number | null)[];

/** A row that is to be answered, by column. */
export type RowAnswer = Readonly<Record<string, CellAnswer | Value | null>>;

type Clustering = number | null;

interface Liveness {
  readonly timestamp: number;
  readonly expires: number | null;
  readonly ttl: number;
}

class Partition {
  deleted = NEVER;
  readonly ranges: { readonly from: number; readonly to: number; readonly timestamp: number }[] = [];
  readonly rows = new Map<Clustering, Row>();

  row(clustering: Clustering): Row {
    const row = this.rows.get(clustering) ?? new Row();
    this.rows.set(clustering, row);
    return row;
  }

  /** The newest deletion of a whole row there, a static row's being that of the partition. */
  deletionOf(clustering: Clustering): number {
    if (clustering === null) return this.deleted;
    const covering = this.ranges.filter(({ from, to }) => from <= clustering && clustering <= to);
    return Math.max(this.deleted, this.rows.get(clustering)?.deleted ?? NEVER, ...covering.map(({ timestamp }) => timestamp));
  }
}

class Row {
  deleted = NEVER;
  liveness: Liveness | null = null;
  /** By column: when all of its elements were deleted. */
  readonly complex = new Map<string, number>();
  /** By column, then by element; '' for a simple column. */
  readonly cells = new Map<string, Map<string, Cell>>();
}

const NEVER = Number.NEGATIVE_INFINITY;

/** One table as it is after all statements that it was told of, whoever executed them and in whatever order. */
export class ModelTable {
  private readonly shape: TableShape;
  private readonly partitions = new Map<Value, Partition>();

  constructor(shape: TableShape) {
    this.shape = shape;
  }

  /** An INSERT made the row's primary key live. */
  addLiveness(key: Value, clustering: Clustering, liveness: Liveness): void {
    const row = this.partition(key).row(clustering);
    if (row.liveness === null || livenessWins(liveness, row.liveness)) row.liveness = liveness;
  }

  addCell(key: Value, clustering: Clustering, column: string, path: string, cell: Cell): void {
    const cells = this.partition(key).row(clustering).cells;
    const ofColumn = cells.get(column) ?? new Map<string, Cell>();
    cells.set(column, ofColumn);
    const before = ofColumn.get(path);
    if (before === undefined || cellWins(cell, before)) ofColumn.set(path, cell);
  }

  /** All elements of a column went. */
  deleteColumn(key: Value, clustering: Clustering, column: string, timestamp: number): void {
    const { complex } = this.partition(key).row(clustering);
    complex.set(column, Math.max(complex.get(column) ?? NEVER, timestamp));
  }

  deleteRow(key: Value, clustering: number, timestamp: number): void {
    const row = this.partition(key).row(clustering);
    row.deleted = Math.max(row.deleted, timestamp);
  }

  /** Rows from one clustering to another, both included, went. */
  deleteRange(key: Value, from: number, to: number, timestamp: number): void {
    this.partition(key).ranges.push({ from, to, timestamp });
  }

  deletePartition(key: Value, timestamp: number): void {
    const partition = this.partition(key);
    partition.deleted = Math.max(partition.deleted, timestamp);
  }

  /** The rows that a SELECT of everything answers at a time, in seconds; in no order. */
  rows(now: number): RowAnswer[] {
    return [...this.partitions].flatMap(([key, partition]) => this.rowsOf(key, partition, now));
  }

  private rowsOf(key: Value, partition: Partition, now: number): RowAnswer[] {
    const { partitionKey, clustering, columns } = this.shape;
    const statics = this.columnsOf(partition, null, now, true);
    const rows: RowAnswer[] = [];
    for (const [at, row] of partition.rows) {
      if (at === null && clustering !== null) continue;
      const own = this.columnsOf(partition, at, now, false);
      const isLive =
        row.liveness !== null && row.liveness.timestamp > partition.deletionOf(at) && (row.liveness.expires ?? now + 1) > now;
      if (!isLive && own.size === 0) continue;
      rows.push(this.answer({ [partitionKey]: key, ...(clustering !== null && { [clustering]: at }) }, statics, own));
    }
    const hasStatics = columns.some(({ isStatic }) => isStatic) && statics.size > 0;
    if (rows.length === 0 && hasStatics) {
      rows.push(this.answer({ [partitionKey]: key, ...(clustering !== null && { [clustering]: null }) }, statics, new Map()));
    }
    return rows;
  }

  private answer(
    key: Record<string, Value | null>,
    statics: ReadonlyMap<string, CellAnswer>,
    own: ReadonlyMap<string, CellAnswer>,
  ): RowAnswer {
    const cells = this.shape.columns.map(({ name, isStatic }) => [name, (isStatic ? statics : own).get(name) ?? null]);
    return { ...key, ...Object.fromEntries(cells) };
  }

  /** The columns of a row that have a value. */
  private columnsOf(partition: Partition, clustering: Clustering, now: number, isStatic: boolean): Map<string, CellAnswer> {
    const found = new Map<string, CellAnswer>();
    const row = partition.rows.get(clustering);
    if (!row) return found;
    const deleted = partition.deletionOf(clustering);
    for (const column of this.shape.columns) {
      if ((column.isStatic ?? false) !== isStatic) continue;
      const gone = Math.max(deleted, row.complex.get(column.name) ?? NEVER);
      const live = [...(row.cells.get(column.name) ?? [])].filter(
        ([, { timestamp, value, expires }]) => timestamp > gone && value !== null && (expires ?? now + 1) > now,
      );
      if (live.length > 0) found.set(column.name, answerOf(column, new Map(live)));
    }
    return found;
  }

  private partition(key: Value): Partition {
    const partition = this.partitions.get(key) ?? new Partition();
    this.partitions.set(key, partition);
    return partition;
  }
}

/** Sums by row, for counters: what was counted is counted, whenever and wherever. */
export class ModelCounters {
  private readonly sums = new Map<string, number>();

  add(key: string, by: number): void {
    this.sums.set(key, (this.sums.get(key) ?? 0) + by);
  }

  rows(partitionKey: string, column: string): RowAnswer[] {
    return [...this.sums].map(([key, sum]) => ({ [partitionKey]: key, [column]: sum }));
  }
}

function answerOf({ kind, elements = [] }: ColumnShape, cells: ReadonlyMap<string, Cell>): CellAnswer {
  if (kind === 'simple') {
    const [{ value, timestamp, expires }] = cells.values();
    return { value, writetime: timestamp, expires };
  }
  // Of a user type every field is told, of a collection what is in it.
  const told = kind === 'udt' ? elements : elements.filter((path) => cells.has(path));
  return {
    value: kind === 'set' ? told : Object.fromEntries(told.map((path) => [path, cells.get(path)?.value ?? null])),
    writetime: elements.map((path) => cells.get(path)?.timestamp ?? null),
    expires: elements.map((path) => cells.get(path)?.expires ?? null),
  };
}

/** Whether a cell wins over another of its place; Cassandra: db.rows.Cells#resolveRegular. */
function cellWins(one: Cell, other: Cell): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  const goes = (cell: Cell) => cell.value === null || cell.expires !== null;
  if (goes(one) !== goes(other)) return goes(one);
  if ((one.value === null) !== (other.value === null)) return one.value === null;
  if (one.expires !== other.expires) return (one.expires ?? 0) > (other.expires ?? 0);
  if (one.ttl !== other.ttl) return one.ttl < other.ttl;
  return one.value !== null && other.value !== null && bytesOf(one.value) > bytesOf(other.value);
}

/** The same of primary keys; Cassandra: db.LivenessInfo#supersedes. */
function livenessWins(one: Liveness, other: Liveness): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  if ((one.expires === null) !== (other.expires === null)) return one.expires !== null;
  if (one.expires !== other.expires) return (one.expires ?? 0) > (other.expires ?? 0);
  return one.ttl < other.ttl;
}
