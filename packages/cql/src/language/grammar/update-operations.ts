import type { Identifier, Term, UpdateOperation } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { atCall } from './names.ts';
import { parseTermBeforeColumn, parseTermNode } from './terms.ts';

// columnOperation ( ',' columnOperation )*
export function parseOperations(c: TokenCursor): UpdateOperation[] {
  const operations: UpdateOperation[] = [];
  const written = new Map<string, Writes>();
  do {
    const operation = parseOperation(c);
    refuseSecondWrite(c, written, operation);
    operations.push(operation);
  } while (c.accept(','));
  return operations;
}

/** What a SET has written to one column so far. */
interface Writes {
  whole: boolean;
  readonly fields: Set<string>;
}

/** A whole column, or one field of it, may not be written twice; Cassandra's parser refuses that too. */
function refuseSecondWrite(c: TokenCursor, written: Map<string, Writes>, operation: UpdateOperation): void {
  const { column, kind, pos } = operation;
  const before = written.get(column.name);
  const writes = before ?? { whole: false, fields: new Set<string>() };
  const repeated = before !== undefined && (before.whole || kind === 'set');
  if (repeated || (kind === 'setField' && writes.fields.has(operation.field.name))) {
    c.failAt(pos, `column ${column.name} is set more than once`);
  }
  if (kind === 'set') writes.whole = true;
  if (kind === 'setField') writes.fields.add(operation.field.name);
  written.set(column.name, writes);
}

// columnOperation: cident columnOperationDifferentiator
// columnOperationDifferentiator: '=' normalColumnOperation | shorthandColumnOperation | '[' term ']' collectionColumnOperation
//                              | '.' fident udtColumnOperation
function parseOperation(c: TokenCursor): UpdateOperation {
  const column = c.columnName();
  const { pos } = column;
  if (c.accept('=')) return parseNormalOperation(c, column);
  // shorthandColumnOperation: ( '+=' | '-=' ) term
  if (c.accept('+=')) return { kind: 'add', column, value: parseTermNode(c), pos };
  if (c.accept('-=')) return { kind: 'subtract', column, value: parseTermNode(c), pos };
  if (c.accept('[')) {
    const key = parseTermNode(c);
    c.expect(']', '=');
    return { kind: 'setElement', column, key, value: parseTermNode(c), pos };
  }
  if (c.accept('.')) {
    const field = c.name('the name of a field');
    c.expect('=');
    return { kind: 'setField', column, field, value: parseTermNode(c), pos };
  }
  return c.fail("'=', '+=', '-=', '[' or '.'");
}

// normalColumnOperation: term ( '+' cident )? | cident ( '+' | '-' ) term | cident INTEGER
function parseNormalOperation(c: TokenCursor, column: Identifier): UpdateOperation {
  const { pos } = column;
  if (c.atColumnName() && !atCall(c) && !(c.at('CAST') && c.at('(', 1))) return parseIncrement(c, column);
  const value = parseTermBeforeColumn(c);
  if (!c.accept('+')) return { kind: 'set', column, value, pos };
  expectSame(c, column);
  return { kind: 'prepend', column, value, pos };
}

function parseIncrement(c: TokenCursor, column: Identifier): UpdateOperation {
  const { pos } = column;
  expectSame(c, column);
  if (c.accept('+')) return { kind: 'add', column, value: parseTermNode(c), pos };
  if (c.accept('-')) return { kind: 'subtract', column, value: parseTermNode(c), pos };
  // `c = c -3` is a column and a number to the lexer; the number brings its sign.
  const { type, start } = c.peek();
  if (type !== 'integer') c.fail("'+' or '-'");
  const value: Term = { kind: 'integer', text: c.next().text, pos: start };
  return { kind: 'add', column, value, pos };
}

function expectSame(c: TokenCursor, column: Identifier): void {
  const other = c.columnName();
  if (other.name !== column.name) c.failAt(other.pos, `expected ${column.name}, the column that is set, found ${other.name}`);
}
