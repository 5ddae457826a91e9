import type {
  BatchStatement,
  BindMarkerInfo,
  ColumnCondition,
  DeleteStatement,
  InsertJsonStatement,
  InsertStatement,
  IntegerTerm,
  ModificationStatement,
  UpdateStatement,
  Using,
} from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { acceptIfNotExists, parseInParentheses, parseList, parseQualifiedName } from './names.ts';
import { parseColumnTarget, parseConditions, parseWhere } from './relations.ts';
import { parseIntegerTerm, parseMarker, parseTermNode } from './terms.ts';
import { parseOperations } from './update-operations.ts';

/** Statements in a batch have no markers of their own; the batch lists them all. */
const IN_BATCH: readonly BindMarkerInfo[] = [];

/** INSERT, UPDATE or DELETE, or undefined if none comes. */
export function parseModification(c: TokenCursor, inBatch = false): ModificationStatement | undefined {
  const pos = c.pos;
  if (c.accept('INSERT')) return parseInsert(c, pos, inBatch);
  if (c.accept('UPDATE')) return parseUpdate(c, pos, inBatch);
  if (c.accept('DELETE')) return parseDelete(c, pos, inBatch);
  return undefined;
}

// insertStatement: K_INSERT K_INTO columnFamilyName ( normalInsertStatement | K_JSON jsonInsertStatement )
function parseInsert(c: TokenCursor, pos: number, inBatch: boolean): InsertStatement | InsertJsonStatement {
  c.expect('INTO');
  const table = parseQualifiedName(c, 'a table name');
  if (c.accept('JSON')) return parseInsertJson(c, table, pos, inBatch);
  if (!c.at('(')) c.fail("'(' or JSON");
  // normalInsertStatement: '(' cident ( ',' cident )* ')' K_VALUES '(' term ( ',' term )* ')' ( K_IF K_NOT K_EXISTS )? usingClause?
  const columns = parseInParentheses(c, (inner) => inner.columnName());
  c.expect('VALUES');
  const values = parseInParentheses(c, parseTermNode);
  const ifNotExists = acceptIfNotExists(c);
  const using = parseUsing(c);
  return { kind: 'insert', table, columns, values, ifNotExists, using, bindMarkers: inBatch ? IN_BATCH : c.bindMarkers, pos };
}

// jsonInsertStatement: jsonValue ( K_DEFAULT ( K_NULL | K_UNSET ) )? ( K_IF K_NOT K_EXISTS )? usingClause?
function parseInsertJson(
  c: TokenCursor,
  table: InsertJsonStatement['table'],
  pos: number,
  inBatch: boolean,
): InsertJsonStatement {
  // jsonValue: STRING_LITERAL | ':' noncol_ident | QMARK
  const { type, start } = c.peek();
  const json: InsertJsonStatement['json'] =
    type === 'string' ? { kind: 'string', value: c.next().text, pos: start } : parseMarker(c, 'a string or a bind marker');
  let missing: InsertJsonStatement['missing'] = 'null';
  if (c.accept('DEFAULT')) {
    if (c.accept('UNSET')) missing = 'unset';
    else if (!c.accept('NULL')) c.fail('NULL or UNSET');
  }
  const ifNotExists = acceptIfNotExists(c);
  const using = parseUsing(c);
  return { kind: 'insertJson', table, json, missing, ifNotExists, using, bindMarkers: inBatch ? IN_BATCH : c.bindMarkers, pos };
}

// usingClause: K_USING usingClauseObjective ( K_AND usingClauseObjective )*
// usingClauseObjective: K_TIMESTAMP intValue | K_TTL intValue
function parseUsing(c: TokenCursor): Using {
  let timestamp: IntegerTerm | null = null;
  let ttl: IntegerTerm | null = null;
  if (c.accept('USING')) {
    do {
      if (c.accept('TIMESTAMP')) timestamp = parseIntegerTerm(c);
      else if (c.accept('TTL')) ttl = parseIntegerTerm(c);
      else c.fail('TIMESTAMP or TTL');
    } while (c.accept('AND'));
  }
  return { timestamp, ttl };
}

// updateStatement: K_UPDATE columnFamilyName usingClause? K_SET columnOperation ( ',' columnOperation )* K_WHERE whereClause
//   ( K_IF ( K_EXISTS | updateConditions ) )?
function parseUpdate(c: TokenCursor, pos: number, inBatch: boolean): UpdateStatement {
  const table = parseQualifiedName(c, 'a table name');
  const using = parseUsing(c);
  c.expect('SET');
  const operations = parseOperations(c);
  c.expect('WHERE');
  const where = parseWhere(c);
  const conditional = parseIf(c);
  return {
    kind: 'update',
    table,
    using,
    operations,
    where,
    ...conditional,
    bindMarkers: inBatch ? IN_BATCH : c.bindMarkers,
    pos,
  };
}

// ( K_IF ( K_EXISTS | updateConditions ) )?
function parseIf(c: TokenCursor): { ifExists: boolean; conditions: readonly ColumnCondition[] } {
  if (!c.accept('IF')) return { ifExists: false, conditions: [] };
  // EXISTS may also be the name of a column, which an operator follows.
  if (c.at('EXISTS') && !isConditionAhead(c)) return { ifExists: c.accept('EXISTS'), conditions: [] };
  return { ifExists: false, conditions: parseConditions(c) };
}

function isConditionAhead(c: TokenCursor): boolean {
  return ['=', '<', '<=', '>', '>=', '!=', 'IN', 'CONTAINS', '[', '.'].some((text) => c.at(text, 1));
}

// deleteStatement: K_DELETE deleteSelection? K_FROM columnFamilyName usingClauseDelete? K_WHERE whereClause
//   ( K_IF ( K_EXISTS | updateConditions ) )?
function parseDelete(c: TokenCursor, pos: number, inBatch: boolean): DeleteStatement {
  const targets = c.at('FROM') ? [] : parseList(c, parseColumnTarget);
  c.expect('FROM');
  const table = parseQualifiedName(c, 'a table name');
  // usingClauseDelete: K_USING K_TIMESTAMP intValue
  let timestamp: IntegerTerm | null = null;
  if (c.accept('USING')) {
    c.expect('TIMESTAMP');
    timestamp = parseIntegerTerm(c);
  }
  c.expect('WHERE');
  const where = parseWhere(c);
  const conditional = parseIf(c);
  const bindMarkers = inBatch ? IN_BATCH : c.bindMarkers;
  return { kind: 'delete', targets, table, using: { timestamp, ttl: null }, where, ...conditional, bindMarkers, pos };
}

// batchStatement: K_BEGIN ( K_UNLOGGED | K_COUNTER )? K_BATCH usingClause? ( batchStatementObjective ';'? )* K_APPLY K_BATCH
export function parseBatch(c: TokenCursor): BatchStatement {
  const pos = c.pos;
  c.expect('BEGIN');
  const type = c.accept('UNLOGGED') ? 'unlogged' : c.accept('COUNTER') ? 'counter' : 'logged';
  c.expect('BATCH');
  const using = parseUsing(c);
  const statements: ModificationStatement[] = [];
  for (;;) {
    const statement = parseModification(c, true);
    if (statement === undefined) break;
    statements.push(statement);
    c.accept(';');
  }
  if (!c.at('APPLY')) c.fail('INSERT, UPDATE, DELETE or APPLY BATCH');
  c.expect('APPLY', 'BATCH');
  return { kind: 'batch', type, using, statements, bindMarkers: c.bindMarkers, pos };
}
