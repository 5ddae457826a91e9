import {
  type BindMarkerInfo,
  type CqlType,
  InvalidRequestError,
  type Place,
  type QualifiedName,
  type Schema,
  type TableMetadata,
  type UserType,
} from '@cassette/cql';
import type { ColumnSpec } from '../result/index.ts';

/**
 * Where a statement is analysed: its text for messages, the schema it is analysed against, and what its bind markers turn
 * out to be. Cassandra: cql3.VariableSpecifications with the client's state.
 */
export class StatementContext {
  readonly source: string;
  readonly schema: Schema;
  /** The keyspace of names that tell none. */
  readonly keyspace: string | undefined;
  private readonly markerInfos: readonly BindMarkerInfo[];
  private readonly specs: (ColumnSpec | undefined)[];

  constructor(source: string, schema: Schema, keyspace: string | undefined, markers: readonly BindMarkerInfo[]) {
    this.source = source;
    this.schema = schema;
    this.keyspace = keyspace;
    this.markerInfos = markers;
    this.specs = markers.map(() => undefined);
  }

  /** The place of what begins at `pos`. */
  place(pos: number): Place {
    return { source: this.source, position: pos };
  }

  /** An error that points at `pos`. */
  invalid(message: string, pos: number): InvalidRequestError {
    return new InvalidRequestError(message, this.place(pos));
  }

  /** Says what the value of marker `index` is for. */
  setMarker(index: number, spec: ColumnSpec): void {
    this.specs[index] = spec;
  }

  /** What each marker is for, in the order of the text. */
  markerSpecs(): readonly ColumnSpec[] {
    return this.specs.map((spec, i) => {
      if (spec === undefined) throw this.invalid('The type of this bind marker can not be told', this.markerInfos[i].pos);
      return spec;
    });
  }

  /** Names of the markers, null for those without. */
  get markerNames(): readonly (string | null)[] {
    return this.markerInfos.map((marker) => marker.name);
  }

  /** The keyspace a name is in. Throws where neither the name nor USE tells. */
  keyspaceOf(name: QualifiedName): string {
    const keyspace = name.keyspace ?? this.keyspace;
    if (keyspace === undefined) {
      throw this.invalid('No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename', name.pos);
    }
    return keyspace;
  }

  /** The table of that name. */
  table(name: QualifiedName): TableMetadata {
    const keyspace = this.keyspaceOf(name);
    if (this.schema.keyspace(keyspace) === undefined) {
      const instead = CASSANDRAS_OWN.has(keyspace)
        ? ': there are no tables of Cassandra itself here, DESCRIBE tells the schema'
        : '';
      throw this.invalid(`keyspace ${keyspace} does not exist${instead}`, name.pos);
    }
    const table = this.schema.table(keyspace, name.name);
    if (table === undefined) throw this.invalid(`table ${name.name} does not exist in keyspace ${keyspace}`, name.pos);
    return table;
  }

  /** The table that a value is for; undefined where there is none of that name. */
  tableOf({ keyspace, table }: Pick<ColumnSpec, 'keyspace' | 'table'>): TableMetadata | undefined {
    return this.schema.table(keyspace, table);
  }

  /** The keyspace of types that tell none, in a statement about that table. */
  keyspaceOfTable(table: TableMetadata | undefined): string | undefined {
    return table?.keyspace ?? this.keyspace;
  }

  /** The user type of that name, looked up in `keyspace` where the name tells none. */
  userType(name: QualifiedName, keyspace: string | undefined): UserType | undefined {
    const where = name.keyspace ?? keyspace;
    return where === undefined ? undefined : this.schema.keyspace(where)?.types.get(name.name);
  }
}

/** Keyspaces that every node of Cassandra has. */
const CASSANDRAS_OWN: ReadonlySet<string> = new Set([
  'system',
  'system_schema',
  'system_auth',
  'system_distributed',
  'system_traces',
  'system_views',
  'system_virtual_schema',
]);

/** A spec that a marker or a literal is checked against. */
export function receiver(table: TableMetadata, name: string, type: CqlType): ColumnSpec {
  return { keyspace: table.keyspace, table: table.name, name, type };
}
