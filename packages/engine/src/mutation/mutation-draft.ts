import { ByteWriter, compareBytes, highWord, lowWord } from '@cassette/bytes';
import { CollectionType, type ColumnMetadata, InvalidRequestError, ListType, type TableMetadata, UserType } from '@cassette/cql';
import { BoundKind, CellFlag, ClusteringBound, DeletionTime, encodeClustering, NO_DELETION_TIME, Row } from '@cassette/sstable';
import { Mutation } from './mutation.ts';
import { MutationBuilder } from './mutation-builder.ts';
import { type CellOperation, type ClusteringKey, decorateKey, type PartitionKey, type WriteTime } from './mutation-names.ts';

/** One end of a range of rows; absent: without end. */
export interface RangeEnd {
  readonly key: ClusteringKey;
  readonly inclusive: boolean;
}

/** A cell before it is in its place. */
interface Cell {
  readonly flags: number;
  readonly path: Uint8Array;
  readonly value: Uint8Array;
  readonly early: boolean;
}

const NONE = new Uint8Array(0);

/**
 * Builds a mutation without CQL: what programs that move rows by the thousand use.
 *
 * ```ts
 * const mutation = draftMutation(table, ['sensor-1'], { timestamp: db.timestamp(), nowInSeconds })
 *   .insert([new Date()], [{ column: 't', value: 21.5 }])
 *   .build();
 * await db.write(mutation.bytes);
 * ```
 *
 * Methods throw InvalidRequestError for columns and values that are not of the table.
 */
export class MutationDraft {
  private readonly table: TableMetadata;
  private readonly builder = new MutationBuilder();
  private readonly timestamp: bigint;
  private readonly now: number;
  private readonly ttl: number;

  /** An update of that partition at that time. */
  constructor(table: TableMetadata, key: PartitionKey, { timestamp, nowInSeconds, ttl = 0 }: WriteTime) {
    this.table = table;
    this.timestamp = timestamp;
    this.now = nowInSeconds;
    this.ttl = ttl;
    this.builder.begin(table, decorateKey(table, key).key);
  }

  /** Writes a row that is there even when all its columns are null, as INSERT does. */
  insert(clustering: ClusteringKey, cells: readonly CellOperation[]): this {
    const row = this.rowAt(clustering);
    const { hi, lo } = this.words(this.timestamp);
    if (this.ttl > 0) row.setLiveness(hi, lo, this.ttl, this.now + this.ttl);
    else row.setLiveness(hi, lo);
    return this.add(row, cells, this.table.regularColumns);
  }

  /** Writes columns of a row, which is there as long as one of them is, as UPDATE does. */
  update(clustering: ClusteringKey, cells: readonly CellOperation[]): this {
    return this.add(this.rowAt(clustering), cells, this.table.regularColumns);
  }

  /** Writes static columns of the partition. */
  updateStatic(cells: readonly CellOperation[]): this {
    const row = new Row();
    row.isStatic = true;
    return this.add(row, cells, this.table.staticColumns);
  }

  /** Deletes a row. */
  deleteRow(clustering: ClusteringKey): this {
    const row = this.rowAt(clustering);
    const { hi, lo } = this.words(this.timestamp);
    row.deletion.setTo(hi, lo, this.now);
    this.builder.addRow(row);
    return this;
  }

  /** Deletes the rows between two ends, in the order that rows are stored in (a DESC column turns it around). */
  deleteRange(from: RangeEnd | null, to: RangeEnd | null): this {
    const { INCL_START_BOUND, EXCL_START_BOUND, INCL_END_BOUND, EXCL_END_BOUND } = BoundKind;
    const start =
      from === null ? ClusteringBound.BOTTOM : this.bound(from.inclusive ? INCL_START_BOUND : EXCL_START_BOUND, from.key);
    const end = to === null ? ClusteringBound.TOP : this.bound(to.inclusive ? INCL_END_BOUND : EXCL_END_BOUND, to.key);
    const { hi, lo } = this.words(this.timestamp);
    this.builder.addRangeTombstone({ start, end }, DeletionTime.of(hi, lo, this.now));
    return this;
  }

  /** Deletes all that the partition held. */
  deletePartition(): this {
    const { hi, lo } = this.words(this.timestamp);
    this.builder.partitionDeletion(hi, lo, this.now);
    return this;
  }

  /** The mutation. */
  build(): Mutation {
    const out = new ByteWriter(256);
    this.builder.finish(out);
    return new Mutation(out.toBytes());
  }

  private add(row: Row, operations: readonly CellOperation[], columns: readonly ColumnMetadata[]): this {
    const cells = columns.map((): Cell[] => []);
    for (const operation of operations) {
      const column = columns.find(({ name }) => name === operation.column);
      if (column === undefined) {
        const kind = columns === this.table.staticColumns ? 'static' : 'regular';
        throw new InvalidRequestError(`${this.table} has no ${kind} column ${operation.column}`);
      }
      cells[column.position].push(...this.cellsOf(column, operation));
    }
    for (const [position, ofColumn] of cells.entries()) this.addSorted(row, columns[position], ofColumn);
    this.builder.addRow(row);
    return this;
  }

  private addSorted(row: Row, { position, type, name }: ColumnMetadata, cells: Cell[]): void {
    const paths = type instanceof CollectionType ? type.nameType : null;
    const comparePaths = (a: Cell, b: Cell) =>
      paths === null
        ? compareBytes(a.path, 0, a.path.length, b.path, 0, b.path.length)
        : paths.compare(a.path, 0, a.path.length, b.path, 0, b.path.length);
    cells.sort((a, b) => Number(b.early) - Number(a.early) || comparePaths(a, b));
    for (const [i, cell] of cells.entries()) {
      if (i > 0 && cells[i - 1].early === cell.early && comparePaths(cells[i - 1], cell) === 0) {
        throw new InvalidRequestError(`Column ${name} is written twice in one row`);
      }
      const { hi, lo } = this.words(cell.early ? this.timestamp - 1n : this.timestamp);
      const expires = (cell.flags & CellFlag.EXPIRING) !== 0;
      const time = expires ? this.now + this.ttl : cell.flags === 0 ? NO_DELETION_TIME : this.now;
      const at = row.addCell(position, cell.flags, hi, lo, time, expires ? this.ttl : 0);
      row.setPath(at, cell.path, 0, cell.path.length);
      row.setValue(at, cell.value, 0, cell.value.length);
    }
  }

  private cellsOf(column: ColumnMetadata, operation: CellOperation): Cell[] {
    const { type } = column;
    const { value } = operation;
    if ('element' in operation) return [this.elementOf(column, operation.element, value)];
    if (!type.isMultiCell) {
      return [value === null ? tombstone(NONE) : this.live(NONE, encode(column, type, value))];
    }
    // As CQL does it: what was there goes, a microsecond before the new elements come.
    const cells: Cell[] = [{ flags: CellFlag.COMPLEX_DELETION, path: NONE, value: NONE, early: true }];
    if (value === null) return cells;
    for (const [element, of] of elementsOf(column, value)) cells.push(this.elementOf(column, element, of));
    return cells;
  }

  private elementOf(column: ColumnMetadata, element: unknown, value: unknown): Cell {
    const { type } = column;
    if (!type.isMultiCell || type instanceof ListType) {
      throw new InvalidRequestError(`Elements of column ${column.name} (${type}) can't be written one by one here: use CQL`);
    }
    if (type instanceof CollectionType) {
      const path = encode(column, type.nameType, element);
      if (value === null) return tombstone(path);
      return this.live(path, type.kind === 'set' ? NONE : encode(column, type.valueType, value));
    }
    const fields = type as UserType;
    const position = fields.fieldPosition(String(element));
    if (position < 0) throw new InvalidRequestError(`${type} of column ${column.name} has no field ${String(element)}`);
    const path = new Uint8Array([position >> 8, position]);
    return value === null ? tombstone(path) : this.live(path, encode(column, fields.fields[position].type, value));
  }

  private live(path: Uint8Array, value: Uint8Array): Cell {
    return { flags: this.ttl > 0 ? CellFlag.EXPIRING : 0, path, value, early: false };
  }

  private rowAt(clustering: ClusteringKey): Row {
    const { length } = this.table.clustering;
    if (clustering.length !== length) {
      throw new InvalidRequestError(`A row of ${this.table} has ${length} clustering values, not ${clustering.length}`);
    }
    const bytes = this.clusteringBytes(clustering);
    const row = new Row();
    row.setClustering(bytes, 0, bytes.length);
    return row;
  }

  private bound(kind: BoundKind, key: ClusteringKey): ClusteringBound {
    if (key.length > this.table.clustering.length) {
      throw new InvalidRequestError(`${this.table} has ${this.table.clustering.length} clustering columns, not ${key.length}`);
    }
    return new ClusteringBound(kind, key.length, this.clusteringBytes(key));
  }

  private clusteringBytes(values: ClusteringKey): Uint8Array {
    const { clustering } = this.table;
    const out = new ByteWriter(64);
    encodeClustering(
      out,
      clustering,
      values.map((value, i) => encode(clustering[i], clustering[i].type, value)),
    );
    return out.toBytes();
  }

  private words(timestamp: bigint): { hi: number; lo: number } {
    return { hi: highWord(timestamp), lo: lowWord(timestamp) };
  }
}

/** Begins a mutation of the partition with that key, see {@link MutationDraft}. */
export function draftMutation(table: TableMetadata, key: PartitionKey, time: WriteTime): MutationDraft {
  return new MutationDraft(table, key, time);
}

function tombstone(path: Uint8Array): Cell {
  return { flags: CellFlag.DELETED, path, value: NONE, early: false };
}

/** Elements of a whole map, set or user type value. */
function elementsOf(column: ColumnMetadata, value: unknown): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return [...value].map((element) => [element, true] as const);
  if (column.type instanceof UserType && typeof value === 'object' && value !== null) return Object.entries(value);
  throw new InvalidRequestError(`Column ${column.name} (${column.type}) takes a Map, a Set or, for a user type, an object`);
}

function encode(column: ColumnMetadata, type: ColumnMetadata['type'], value: unknown): Uint8Array {
  if (value === null || value === undefined)
    throw new InvalidRequestError(`A value of column ${column.name} is null where none can be`);
  const out = new ByteWriter(32);
  type.encode(value, out);
  return out.toBytes();
}
