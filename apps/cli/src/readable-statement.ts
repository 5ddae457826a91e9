import type {
  AlterTableStatement,
  ColumnDefinition,
  CreateTableStatement,
  Identifier,
  Property,
  Statement,
  TypeNode,
} from '@cassette/cql';

// What SSTables of a table look like, its columns tell and few of its options: the rest may be of any Cassandra, and is left out.

/** What files are compared with. */
const OF_FILES = ['bloom_filter_fp_chance', 'crc_check_chance', 'id', 'max_index_interval', 'min_index_interval'];
const CHANCE = 'bloom_filter_fp_chance';
const LEVELED = /leveled/i;

/**
 * A statement as far as it describes the files of tables; null for one that describes none (rows, indexes, functions, roles). Keyspaces
 * are left out, too: no option of theirs is in files.
 */
export function readableStatement(statement: Statement): Statement | null {
  switch (statement.kind) {
    case 'createTable':
      return readableTable(statement);
    case 'alterTable':
      return readableAlteration(statement);
    case 'dropTable':
    case 'dropKeyspace':
    case 'createType':
    case 'alterType':
    case 'dropType':
    case 'use':
      return statement;
    default:
      return null;
  }
}

function readableTable(statement: CreateTableStatement): CreateTableStatement {
  const columns = statement.columns.map(unmasked);
  const table = { ...statement, columns, properties: withChance(statement.properties) };
  return table.compactStorage ? withColumnsOfCompactStorage(table) : table;
}

function readableAlteration(statement: AlterTableStatement): AlterTableStatement | null {
  const { action } = statement;
  switch (action.kind) {
    case 'maskColumn':
    // The columns that become visible are there already.
    case 'dropCompactStorage':
      return null;
    case 'addColumns':
      return { ...statement, action: { ...action, columns: action.columns.map(unmasked) } };
    case 'alterProperties': {
      const properties = ofFiles(action.properties);
      return { ...statement, action: { ...action, properties } };
    }
    default:
      return statement;
  }
}

function ofFiles(properties: readonly Property[]): Property[] {
  return properties.filter(({ name }) => OF_FILES.includes(name));
}

/** Of the compaction nothing counts but the chance that a new table of the leveled one has, where none is given. */
function withChance(properties: readonly Property[]): Property[] {
  const kept = ofFiles(properties);
  const leveled = properties.find(({ name, value }) => name === 'compaction' && LEVELED.test(JSON.stringify(value)));
  if (leveled === undefined || kept.some(({ name }) => name === CHANCE)) return kept;
  const { pos } = leveled;
  return [...kept, { name: CHANCE, value: { kind: 'float', text: '0.1', pos }, pos }];
}

function unmasked(column: ColumnDefinition): ColumnDefinition {
  return { ...column, mask: null };
}

/**
 * The table without COMPACT STORAGE that has the same files: without clustering columns those of such a table are static, beside a
 * clustering and a value that nothing writes; with clustering columns and no others it has a value of no bytes. Cassandra:
 * CreateTableStatement#fixupCompactTable.
 */
function withColumnsOfCompactStorage(statement: CreateTableStatement): CreateTableStatement {
  const { pos } = statement;
  const [key] = statement.primaryKeys;
  const inKey = new Set([...(key?.partitionKey ?? []), ...(key?.clustering ?? [])].map(({ name }) => name));
  const taken = new Set(statement.columns.map(({ name }) => name.name));
  const free = (names: (i: number) => string): Identifier => {
    let i = 0;
    while (taken.has(names(i))) i++;
    return { name: names(i), pos };
  };
  const added = (name: Identifier, type: TypeNode): ColumnDefinition => ({ name, type, static: false, mask: null, pos });
  const native = (name: 'text' | 'blob' | 'counter'): TypeNode => ({ kind: 'native', name, pos });
  const value = free((i) => (i === 0 ? 'value' : `value${i}`));
  const others = statement.columns.filter(({ name }) => !inKey.has(name.name));
  const table = { ...statement, compactStorage: null };
  if (key === undefined) return table;
  if (key.clustering.length > 0) {
    if (others.some((column) => !column.static)) return table;
    const empty: TypeNode = { kind: 'custom', className: 'org.apache.cassandra.db.marshal.EmptyType', pos };
    return { ...table, columns: [...statement.columns, added(value, empty)] };
  }
  const clustering = free((i) => `column${i + 1}`);
  const hasCounters = others.some(({ type }) => type.kind === 'native' && type.name === 'counter');
  return {
    ...table,
    columns: [
      ...statement.columns.map((column) => (inKey.has(column.name.name) ? column : { ...column, static: true })),
      added(clustering, native('text')),
      added(value, native(hasCounters ? 'counter' : 'blob')),
    ],
    primaryKeys: [{ ...key, inline: false, clustering: [clustering] }, ...statement.primaryKeys.slice(1)],
  };
}
