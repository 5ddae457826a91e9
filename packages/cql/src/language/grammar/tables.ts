import type {
  AlterTableAction,
  AlterTableStatement,
  ClusteringOrder,
  ColumnDefinition,
  ColumnMask,
  CreateTableStatement,
  DropTableStatement,
  Identifier,
  IntegerLiteral,
  Positioned,
  PrimaryKeyDefinition,
  Rename,
} from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { acceptIfExists, acceptIfNotExists, parseFunctionName, parseInParentheses, parseQualifiedName } from './names.ts';
import { PropertyList, parseProperties } from './properties.ts';
import { parseTermsOrNone } from './terms.ts';
import { parseTypeNode } from './types.ts';

const columnIdent = (c: TokenCursor): Identifier => c.name('a column name');

// createTableStatement: K_CREATE K_COLUMNFAMILY ( K_IF K_NOT K_EXISTS )? columnFamilyName tableDefinition
// tableDefinition: '(' tableColumns ( ',' tableColumns? )* ')' ( K_WITH tableProperty ( K_AND tableProperty )* )?
export function parseCreateTable(c: TokenCursor, pos: number): CreateTableStatement {
  const ifNotExists = acceptIfNotExists(c);
  const table = parseQualifiedName(c, 'a table name');
  const columns: ColumnDefinition[] = [];
  const keys: PrimaryKeys = { inline: [], separate: [] };
  c.expect('(');
  parseTableColumn(c, columns, keys);
  while (c.accept(',')) if (!c.at(',') && !c.at(')')) parseTableColumn(c, columns, keys);
  if (!c.at(')')) c.fail("',' or ')'");
  c.expect(')');
  const list = new PropertyList();
  const clusteringOrder: ClusteringOrder[] = [];
  let compactStorage: Positioned | null = null;
  if (c.accept('WITH')) {
    do {
      // tableProperty: property | K_COMPACT K_STORAGE | K_CLUSTERING K_ORDER K_BY '(' tableClusteringOrder ( ',' tableClusteringOrder )* ')'
      const at = c.pos;
      if (c.acceptAll('COMPACT', 'STORAGE')) compactStorage = { pos: at };
      else if (c.acceptAll('CLUSTERING', 'ORDER')) {
        c.expect('BY');
        clusteringOrder.push(...parseInParentheses(c, parseClusteringOrder));
      } else list.parseProperty(c);
    } while (c.accept('AND'));
  }
  const { properties } = list;
  const { bindMarkers } = c;
  return {
    kind: 'createTable',
    table,
    ifNotExists,
    columns,
    primaryKeys: [...keys.inline, ...keys.separate],
    compactStorage,
    clusteringOrder,
    properties,
    bindMarkers,
    pos,
  };
}

/** The primary keys that were written; a second one is for the schema to refuse. */
interface PrimaryKeys {
  readonly inline: PrimaryKeyDefinition[];
  readonly separate: PrimaryKeyDefinition[];
}

// tableColumns: ident comparatorType K_STATIC? columnMask? ( K_PRIMARY K_KEY )? | K_PRIMARY K_KEY '(' tablePartitionKey ( ',' ident )* ')'
function parseTableColumn(c: TokenCursor, columns: ColumnDefinition[], keys: PrimaryKeys): void {
  const pos = c.pos;
  if (c.accept('PRIMARY')) {
    c.expect('KEY', '(');
    // tablePartitionKey: ident | '(' ident ( ',' ident )* ')'
    const partitionKey = c.at('(') ? parseInParentheses(c, columnIdent) : [columnIdent(c)];
    const clustering: Identifier[] = [];
    while (c.accept(',')) clustering.push(columnIdent(c));
    c.expect(')');
    keys.separate.push({ inline: false, partitionKey, clustering, pos });
    return;
  }
  const column = parseColumnDefinition(c);
  columns.push(column);
  const keyPos = c.pos;
  if (c.accept('PRIMARY')) {
    c.expect('KEY');
    keys.inline.push({ inline: true, partitionKey: [column.name], clustering: [], pos: keyPos });
  }
}

// ident comparatorType K_STATIC? columnMask?
function parseColumnDefinition(c: TokenCursor): ColumnDefinition {
  const name = columnIdent(c);
  const type = parseTypeNode(c);
  const isStatic = c.accept('STATIC');
  const mask = c.at('MASKED') ? parseMask(c) : null;
  return { name, type, static: isStatic, mask, pos: name.pos };
}

// columnMask: K_MASKED K_WITH functionName columnMaskArguments | K_MASKED K_WITH K_DEFAULT
// columnMaskArguments: '(' ')' | '(' term ( ',' term )* ')'
function parseMask(c: TokenCursor): ColumnMask {
  const pos = c.pos;
  c.expect('MASKED', 'WITH');
  if (c.at('DEFAULT') && !c.at('(', 1) && !c.at('.', 1)) {
    c.expect('DEFAULT');
    return { function: null, args: [], pos };
  }
  const name = parseFunctionName(c);
  return { function: name, args: parseTermsOrNone(c), pos };
}

// tableClusteringOrder: ident ( K_ASC | K_DESC )
function parseClusteringOrder(c: TokenCursor): ClusteringOrder {
  const column = columnIdent(c);
  const direction = c.accept('DESC') ? 'desc' : c.accept('ASC') ? 'asc' : c.fail('ASC or DESC');
  return { column, direction, pos: column.pos };
}

// alterTableStatement: K_ALTER K_COLUMNFAMILY ( K_IF K_EXISTS )? columnFamilyName ( K_ALTER … | K_ADD … | K_DROP … | K_RENAME … | K_WITH properties )
export function parseAlterTable(c: TokenCursor, pos: number): AlterTableStatement {
  const ifExists = acceptIfExists(c);
  const table = parseQualifiedName(c, 'a table name');
  const action = parseAlterTableAction(c);
  return { kind: 'alterTable', table, ifExists, action, bindMarkers: c.bindMarkers, pos };
}

function parseAlterTableAction(c: TokenCursor): AlterTableAction {
  if (c.accept('ALTER')) return parseAlterColumn(c);
  if (c.accept('ADD')) {
    // K_ADD ( K_IF K_NOT K_EXISTS )? ( column | '(' column ( ',' column )* ')' )
    const ifNotExists = acceptIfNotExists(c);
    const columns = c.at('(') ? parseInParentheses(c, parseColumnDefinition) : [parseColumnDefinition(c)];
    return { kind: 'addColumns', ifNotExists, columns };
  }
  if (c.accept('DROP')) return c.acceptAll('COMPACT', 'STORAGE') ? { kind: 'dropCompactStorage' } : parseDropColumns(c);
  if (c.accept('RENAME')) {
    const ifExists = acceptIfExists(c);
    return { kind: 'renameColumns', ifExists, renames: parseRenames(c, 'a column name') };
  }
  if (c.accept('WITH')) return { kind: 'alterProperties', properties: parseProperties(c) };
  return c.fail('ALTER, ADD, DROP, RENAME or WITH');
}

// K_ALTER cident K_TYPE comparatorType | K_ALTER ( K_IF K_EXISTS )? cident ( columnMask | K_DROP K_MASKED )
function parseAlterColumn(c: TokenCursor): AlterTableAction {
  const ifExists = acceptIfExists(c);
  const column = c.columnName();
  if (!ifExists && c.accept('TYPE')) return { kind: 'alterColumnType', column, type: parseTypeNode(c) };
  if (c.accept('DROP')) {
    c.expect('MASKED');
    return { kind: 'maskColumn', column, ifExists, mask: null };
  }
  if (!c.at('MASKED')) c.fail(ifExists ? 'MASKED or DROP MASKED' : 'TYPE, MASKED or DROP MASKED');
  return { kind: 'maskColumn', column, ifExists, mask: parseMask(c) };
}

// K_DROP ( K_IF K_EXISTS )? ( ident | '(' ident ( ',' ident )* ')' ) ( K_USING K_TIMESTAMP INTEGER )?
function parseDropColumns(c: TokenCursor): AlterTableAction {
  const ifExists = acceptIfExists(c);
  const columns = c.at('(') ? parseInParentheses(c, columnIdent) : [columnIdent(c)];
  let timestamp: IntegerLiteral | null = null;
  if (c.accept('USING')) {
    c.expect('TIMESTAMP');
    const { type, start } = c.peek();
    if (type !== 'integer') c.fail('an integer');
    timestamp = { kind: 'integer', text: c.next().text, pos: start };
  }
  return { kind: 'dropColumns', ifExists, columns, timestamp };
}

// ident K_TO ident ( K_AND ident K_TO ident )*
export function parseRenames(c: TokenCursor, what: string): Rename[] {
  const renames: Rename[] = [];
  do {
    const from = c.name(what);
    c.expect('TO');
    renames.push({ from, to: c.name(what) });
  } while (c.accept('AND'));
  return renames;
}

// dropTableStatement: K_DROP K_COLUMNFAMILY ( K_IF K_EXISTS )? columnFamilyName
export function parseDropTable(c: TokenCursor, pos: number): DropTableStatement {
  const ifExists = acceptIfExists(c);
  return { kind: 'dropTable', table: parseQualifiedName(c, 'a table name'), ifExists, bindMarkers: c.bindMarkers, pos };
}
