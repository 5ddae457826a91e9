import { assert } from '@cassette/bytes';
import type { Uuid } from '../values/uuid.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';
import type { TableMetadata } from './table-metadata.ts';

/** All keyspaces as they are at one moment. Immutable: a change makes another schema. Cassandra: schema.Keyspaces. */
export class Schema {
  /** A schema without keyspaces. */
  static readonly empty = new Schema([]);

  /** By name. */
  readonly keyspaces: ReadonlyMap<string, KeyspaceMetadata>;
  private readonly tablesById: ReadonlyMap<string, TableMetadata>;

  constructor(keyspaces: Iterable<KeyspaceMetadata>) {
    const byName = new Map<string, KeyspaceMetadata>();
    const byId = new Map<string, TableMetadata>();
    for (const keyspace of keyspaces) {
      byName.set(keyspace.name, keyspace);
      for (const table of keyspace.tables.values()) byId.set(table.id.toString(), table);
    }
    this.keyspaces = byName;
    this.tablesById = byId;
  }

  keyspace(name: string): KeyspaceMetadata | undefined {
    return this.keyspaces.get(name);
  }

  table(keyspace: string, name: string): TableMetadata | undefined {
    return this.keyspaces.get(keyspace)?.table(name);
  }

  tableById(id: Uuid): TableMetadata | undefined {
    return this.tablesById.get(id.toString());
  }

  /** All tables of all keyspaces. */
  get tables(): readonly TableMetadata[] {
    return [...this.tablesById.values()];
  }

  /** With a keyspace added, or replaced by its next form. */
  withKeyspace(keyspace: KeyspaceMetadata): Schema {
    return new Schema(new Map(this.keyspaces).set(keyspace.name, keyspace).values());
  }

  /** Without a keyspace, its tables and types. */
  withoutKeyspace(name: string): Schema {
    return new Schema([...this.keyspaces.values()].filter((keyspace) => keyspace.name !== name));
  }

  /** With a table added to its keyspace (which must be there), or replaced by its next form. */
  withTable(table: TableMetadata): Schema {
    const keyspace = this.keyspaces.get(table.keyspace);
    assert(keyspace !== undefined, `the keyspace of ${table} is in the schema`);
    return this.withKeyspace(keyspace.withTable(table));
  }

  withoutTable(keyspace: string, name: string): Schema {
    const metadata = this.keyspaces.get(keyspace);
    return metadata === undefined ? this : this.withKeyspace(metadata.withoutTable(name));
  }
}
