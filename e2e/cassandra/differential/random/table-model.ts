import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import { cqlOf, type NativeName, type RandomType, TypeMaker } from '../../arbitrary/random-type.ts';

/** What a column is in its table. */
export type ColumnKind = 'partition' | 'clustering' | 'static' | 'regular';

/** A column, its name as CQL writes it. */
export interface ModelColumn {
  readonly name: string;
  readonly type: RandomType;
  readonly kind: ColumnKind;
  /** Literals that come often, so that statements meet; key columns are written with no others. */
  readonly pool: readonly string[];
}

/** A table as random statements know it; ALTER TABLE changes it. */
export interface ModelTable {
  readonly name: string;
  columns: ModelColumn[];
  /** Columns that were there once: they may be added again. */
  readonly dropped: ModelColumn[];
  readonly descending: readonly boolean[];
  /** What CREATE TABLE says behind WITH beside the order. */
  readonly options: readonly string[];
  /** Whether its static and regular columns are counters; in the model they are of bigint. */
  readonly counts: boolean;
}

/** Tables and the statements that make them. */
export interface ModelSchema {
  readonly statements: readonly string[];
  readonly tables: readonly ModelTable[];
  readonly types: TypeMaker;
  /**
   * Whether a compaction purges tombstones at once: then timestamps only grow, for what an older write meets would depend on what was
   * purged before it.
   */
  readonly purges: boolean;
  /**
   * Whether rows that INSERT made may expire before older cells of theirs. Whether Cassandra then sees such a row in a SELECT that does
   * not ask for those cells depends on where they lie, so all columns are selected.
   */
  readonly rowsExpire: boolean;
}

/** Columns of a kind, in their order. */
export function columnsOf(table: ModelTable, ...kinds: readonly ColumnKind[]): ModelColumn[] {
  return table.columns.filter(({ kind }) => kinds.includes(kind));
}

const outsideAscii = '"é"';
/** Names that ALTER TABLE gives come from here too. */
export const columnNames = ['a', 'b', 'z', 'v', '"Zz"', '"a b"', 'value_1', outsideAscii, 'm', 'l', 'q0', '"0"', 'ttl', 'key'];

/** A keyspace `k` with one or two tables. */
export function drawSchema(draw: Draw): ModelSchema {
  const types = new TypeMaker(draw, 'u');
  const purges = draw.chance(15);
  const rowsExpire = draw.chance(35);
  const tables = draw.list(1, draw.chance(30) ? 2 : 1, (index) => drawTable(`t${index}`, draw, types, { purges, rowsExpire }));
  const statements = [
    "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    'USE k',
    ...types.userTypes.map(
      ({ name, fields }) => `CREATE TYPE ${name} (${fields.map((f) => `${f.name} ${cqlOf(f.type)}`).join(', ')})`,
    ),
    ...tables.map(createTable),
  ];
  return { statements, tables, types, purges, rowsExpire };
}

function drawTable(
  name: string,
  draw: Draw,
  types: TypeMaker,
  { purges, rowsExpire }: Pick<ModelSchema, 'purges' | 'rowsExpire'>,
): ModelTable {
  const counts = draw.chance(8);
  const keySize = draw.chance(70) ? 1 : draw.int(2, 3);
  const key = (columnName: string, kind: ColumnKind): ModelColumn =>
    keyColumn(columnName, kind, types, draw, kind === 'partition' && keySize === 1);
  const partition = Array.from({ length: keySize }, (_, i) => key(`pk${i}`, 'partition'));
  const clustering = draw.chance(15) ? [] : draw.list(1, 3, (i) => key(`ck${i}`, 'clustering'));
  const free = draw.some(columnNames, 3).slice(0, 8);
  const statics = clustering.length > 0 && draw.chance(50) ? free.splice(0, draw.int(1, 2)) : [];
  const columns = [
    ...partition,
    ...clustering,
    ...statics.map((column) => (counts ? counterColumn(column, 'static') : drawColumn(column, 'static', types, draw))),
    ...free.map((column) => (counts ? counterColumn(column, 'regular') : drawColumn(column, 'regular', types, draw))),
  ];
  const descending = clustering.map(() => draw.chance(40));
  const options = [
    ...(purges ? ['gc_grace_seconds = 0'] : []),
    ...(rowsExpire && !counts && draw.chance(30) ? [`default_time_to_live = ${draw.pick([40, 5000])}`] : []),
    ...(draw.chance(20) ? ["compression = {'enabled': false}"] : []),
    ...(draw.chance(10) ? [`bloom_filter_fp_chance = ${draw.pick([0.001, 1])}`] : []),
  ];
  return { name, columns, dropped: [], descending, options, counts };
}

/** The statement that makes a table as it is now. */
export function createTable(table: ModelTable): string {
  const [partition, clustering] = [columnsOf(table, 'partition'), columnsOf(table, 'clustering')];
  const define = table.columns.map((column) => definition(table, column));
  const primaryKey = [`(${partition.map((c) => c.name).join(', ')})`, ...clustering.map((c) => c.name)].join(', ');
  const order = clustering.map((c, i) => `${c.name} ${table.descending[i] ? 'DESC' : 'ASC'}`).join(', ');
  const options = [...(table.descending.includes(true) ? [`CLUSTERING ORDER BY (${order})`] : []), ...table.options];
  const withOptions = options.length === 0 ? '' : ` WITH ${options.join(' AND ')}`;
  return `CREATE TABLE ${table.name} (${define.join(', ')}, PRIMARY KEY (${primaryKey}))${withOptions}`;
}

/** A column as CREATE TABLE and ALTER TABLE define it. */
export function definition({ counts }: ModelTable, { name, type, kind }: ModelColumn): string {
  const isCounter = counts && (kind === 'static' || kind === 'regular');
  return `${name} ${isCounter ? 'counter' : cqlOf(type)}${kind === 'static' ? ' static' : ''}`;
}

/** A counter, which the model has for a bigint. */
export function counterColumn(name: string, kind: ColumnKind): ModelColumn {
  return { name, kind, type: { kind: 'native', name: 'bigint' }, pool: ['0', '1', '2', '100'] };
}

const simpleKeys: readonly NativeName[] = [
  'int',
  'text',
  'bigint',
  'timestamp',
  'uuid',
  'blob',
  'boolean',
  'timeuuid',
  'date',
  'double',
];

function keyColumn(name: string, kind: ColumnKind, types: TypeMaker, draw: Draw, alone: boolean): ModelColumn {
  const type: RandomType = draw.chance(60) ? { kind: 'native', name: draw.pick(simpleKeys) } : types.key();
  const place = { nonEmpty: alone || type.kind === 'map', outermost: kind === 'clustering' };
  // Of clusterings that are equal in order but not in bytes (1.0 and 1.00) either may be shown once SSTables are merged.
  const isTold = kind === 'partition' || !JSON.stringify(type).includes('"decimal"');
  return { name, kind, type, pool: draw.list(isTold ? 3 : 1, isTold ? 5 : 1, () => literalOf(type, draw, place)) };
}

/** A static or regular column of any type. */
export function drawColumn(name: string, kind: ColumnKind, types: TypeMaker, draw: Draw): ModelColumn {
  // Cassandra takes a multi-cell column whose name begins outside of ASCII for a simple one, and fails to read what it wrote.
  const type = name === outsideAscii ? types.native(false) : columnType(types, draw);
  return { name, kind, type, pool: draw.list(2, 4, () => literalOf(type, draw)) };
}

function columnType(types: TypeMaker, draw: Draw): RandomType {
  if (draw.chance(30)) return { kind: 'native', name: draw.pick(['int', 'text', 'bigint', 'double', 'timestamp']) };
  if (draw.chance(15)) return { kind: 'list', frozen: false, element: types.native(false) };
  return types.column(true);
}
