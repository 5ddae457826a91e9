import {
  type ColumnKind,
  type ColumnMetadata,
  type CqlType,
  defaultTableParams,
  KeyspaceMetadata,
  MapType,
  nativeTypes,
  Schema,
  SetType,
  TableMetadata,
  Uuid,
} from '@cassette/cql';

/** A column of a test table. */
export interface TestColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly type: CqlType;
  readonly descending?: boolean;
}

/** A table of these columns; key columns in the order given. Different numbers give different ids. */
export function tableOf(columns: readonly TestColumn[], number = 1, name = `t${number}`): TableMetadata {
  const positions = new Map<string, number>();
  const id = new Uint8Array(16).fill(0xab);
  id[15] = number;
  return new TableMetadata({
    keyspace: 'ks',
    name,
    id: new Uuid(id),
    columns: columns.map((column, index): ColumnMetadata => {
      const position = positions.get(column.kind) ?? 0;
      positions.set(column.kind, position + 1);
      return { descending: false, ...column, position, id: index };
    }),
    params: defaultTableParams,
    nextColumnId: columns.length,
  });
}

/** `k int, c int, v int, t text, m map<int, text>, s set<text>` with statics `sv int, sm map<int, text>`: one of each kind. */
export function everythingTable(number = 1, descending = false): TableMetadata {
  const { int, text } = nativeTypes;
  return tableOf(
    [
      { name: 'k', kind: 'partition_key', type: int },
      { name: 'c', kind: 'clustering', type: int, descending },
      { name: 'sv', kind: 'static', type: int },
      { name: 'sm', kind: 'static', type: new MapType(int, text, false) },
      { name: 'v', kind: 'regular', type: int },
      { name: 't', kind: 'regular', type: text },
      { name: 'm', kind: 'regular', type: new MapType(int, text, false) },
      { name: 's', kind: 'regular', type: new SetType(text, false) },
    ],
    number,
  );
}

/** A schema of one keyspace `ks` with these tables. */
export function schemaOf(...tables: readonly TableMetadata[]): Schema {
  return new Schema([
    new KeyspaceMetadata({
      name: 'ks',
      replication: { class: 'SimpleStrategy', replication_factor: '1' },
      durableWrites: true,
      tables: new Map(tables.map((table) => [table.name, table])),
    }),
  ]);
}

/** Four bytes of an int. */
export function intBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

/** The clustering of one int column. */
export function intClustering(value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setInt32(1, value);
  return bytes;
}
