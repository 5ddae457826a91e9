import type { UserType } from '../types/tuple-type.ts';
import type { TableMetadata } from './table-metadata.ts';
import { withUpdatedUserType } from './user-type-change.ts';

/** What a KeyspaceMetadata is made of. */
export interface KeyspaceMetadataInput {
  readonly name: string;
  /** `class` (simple name) and options, as DESCRIBE prints them. */
  readonly replication: Readonly<Record<string, string>>;
  readonly durableWrites: boolean;
  readonly tables?: ReadonlyMap<string, TableMetadata>;
  readonly types?: ReadonlyMap<string, UserType>;
}

/** A keyspace as it is at one moment. Immutable: `with…` and `without…` make another one. Cassandra: schema.KeyspaceMetadata. */
export class KeyspaceMetadata {
  readonly name: string;
  /** `class` (simple name) and options. Kept for the export; one device is one replica. */
  readonly replication: Readonly<Record<string, string>>;
  readonly durableWrites: boolean;
  /** By name. */
  readonly tables: ReadonlyMap<string, TableMetadata>;
  /** By name, not frozen. */
  readonly types: ReadonlyMap<string, UserType>;

  constructor(input: KeyspaceMetadataInput) {
    this.name = input.name;
    this.replication = input.replication;
    this.durableWrites = input.durableWrites;
    this.tables = input.tables ?? new Map();
    this.types = input.types ?? new Map();
  }

  table(name: string): TableMetadata | undefined {
    return this.tables.get(name);
  }

  /** The user type of that name, not frozen. */
  type(name: string): UserType | undefined {
    return this.types.get(name);
  }

  /** With a table added, or replaced by its next form. */
  withTable(table: TableMetadata): KeyspaceMetadata {
    return this.with({ tables: new Map(this.tables).set(table.name, table) });
  }

  withoutTable(name: string): KeyspaceMetadata {
    const tables = new Map(this.tables);
    tables.delete(name);
    return this.with({ tables });
  }

  /** With a user type added, or replaced wherever it is used: in other types and in tables. */
  withType(type: UserType): KeyspaceMetadata {
    const types = new Map([...this.types].map(([name, other]) => [name, withUpdatedUserType(other, type) as UserType]));
    types.set(type.name, type);
    const tables = new Map([...this.tables].map(([name, table]) => [name, withUpdatedColumns(table, type)]));
    return this.with({ types, tables });
  }

  withoutType(name: string): KeyspaceMetadata {
    const types = new Map(this.types);
    types.delete(name);
    return this.with({ types });
  }

  /** With other parameters: what ALTER KEYSPACE makes. */
  with(changes: Partial<KeyspaceMetadataInput>): KeyspaceMetadata {
    return new KeyspaceMetadata({
      name: this.name,
      replication: this.replication,
      durableWrites: this.durableWrites,
      tables: this.tables,
      types: this.types,
      ...changes,
    });
  }
}

function withUpdatedColumns(table: TableMetadata, changed: UserType): TableMetadata {
  const columns = table.columns.map((column) => ({ ...column, type: withUpdatedUserType(column.type, changed) }));
  return columns.every((column, i) => column.type === table.columns[i].type) ? table : table.with({ columns });
}
