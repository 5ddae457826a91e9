import { CounterType } from '../types/integer-types.ts';
import type { Uuid } from '../values/uuid.ts';
import { type ColumnMetadata, compareColumns, inSelectOrder } from './column-metadata.ts';
import type { TableParams } from './table-params.ts';

/** A column that ALTER TABLE … DROP took away: its cells up to `droppedTime` are gone. */
export interface DroppedColumn {
  readonly column: ColumnMetadata;
  /** Microseconds; cells with a timestamp up to this are dropped. */
  readonly droppedTime: bigint;
}

/** What a TableMetadata is made of; columns in any order, `position` of static and regular ones is set by the constructor. */
export interface TableMetadataInput {
  readonly keyspace: string;
  readonly name: string;
  readonly id: Uuid;
  readonly columns: readonly ColumnMetadata[];
  readonly params: TableParams;
  readonly droppedColumns?: ReadonlyMap<string, DroppedColumn>;
  /** The id that the next new column gets. */
  readonly nextColumnId: number;
}

/**
 * A table as it is at one moment. Immutable: a change of the schema makes another one, and whoever reads goes on with the
 * one he started with. Cassandra: schema.TableMetadata.
 */
export class TableMetadata {
  readonly keyspace: string;
  readonly name: string;
  /** Made anew by every CREATE TABLE: bytes of a dropped table never meet its successor. */
  readonly id: Uuid;
  /** In the order of the key. */
  readonly partitionKey: readonly ColumnMetadata[];
  /** In the order of the key. */
  readonly clustering: readonly ColumnMetadata[];
  /** In storage order. */
  readonly staticColumns: readonly ColumnMetadata[];
  /** In storage order. */
  readonly regularColumns: readonly ColumnMetadata[];
  readonly params: TableParams;
  readonly droppedColumns: ReadonlyMap<string, DroppedColumn>;
  readonly nextColumnId: number;
  /** Whether its columns outside the key are counters; also where all of them were dropped. */
  readonly isCounter: boolean;
  private readonly byName: ReadonlyMap<string, ColumnMetadata>;
  private readonly byId: readonly (ColumnMetadata | undefined)[];

  constructor(input: TableMetadataInput) {
    this.keyspace = input.keyspace;
    this.name = input.name;
    this.id = input.id;
    this.params = input.params;
    this.droppedColumns = input.droppedColumns ?? new Map();
    this.nextColumnId = input.nextColumnId;
    const keyed = (kind: ColumnMetadata['kind']) =>
      input.columns.filter((c) => c.kind === kind).sort((a, b) => a.position - b.position);
    const stored = (kind: ColumnMetadata['kind']) =>
      input.columns
        .filter((c) => c.kind === kind)
        .sort(compareColumns)
        .map((c, position) => ({ ...c, position }));
    this.partitionKey = keyed('partition_key');
    this.clustering = keyed('clustering');
    this.staticColumns = stored('static');
    this.regularColumns = stored('regular');
    const dropped = Array.from(this.droppedColumns.values(), ({ column }) => column);
    this.isCounter = [...this.staticColumns, ...this.regularColumns, ...dropped].some(({ type }) => type instanceof CounterType);
    const byName = new Map<string, ColumnMetadata>();
    const byId: ColumnMetadata[] = [];
    for (const column of [...this.partitionKey, ...this.clustering, ...this.staticColumns, ...this.regularColumns]) {
      byName.set(column.name, column);
      byId[column.id] = column;
    }
    this.byName = byName;
    this.byId = byId;
  }

  /** The column of that stored name. */
  column(name: string): ColumnMetadata | undefined {
    return this.byName.get(name);
  }

  /** The column of that id, where it was not dropped. */
  columnById(id: number): ColumnMetadata | undefined {
    return this.byId[id];
  }

  /** All columns: partition key, clustering, static and regular ones, each in its order. */
  get columns(): readonly ColumnMetadata[] {
    return [...this.partitionKey, ...this.clustering, ...this.staticColumns, ...this.regularColumns];
  }

  /** This table with some things changed: what ALTER TABLE makes. */
  with(changes: Partial<TableMetadataInput>): TableMetadata {
    return new TableMetadata({
      keyspace: this.keyspace,
      name: this.name,
      id: this.id,
      columns: this.columns,
      params: this.params,
      droppedColumns: this.droppedColumns,
      nextColumnId: this.nextColumnId,
      ...changes,
    });
  }

  /** All columns as SELECT * lists them: partition key, clustering, then static and regular ones, each by name. */
  get columnsInSelectOrder(): readonly ColumnMetadata[] {
    return [
      ...this.partitionKey,
      ...this.clustering,
      ...inSelectOrder(this.staticColumns),
      ...inSelectOrder(this.regularColumns),
    ];
  }

  /** `keyspace.table`, for messages. */
  toString(): string {
    return `${this.keyspace}.${this.name}`;
  }
}
