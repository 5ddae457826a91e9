import type { ArithmeticOperator, BindMarker, IntegerTerm, Literal, MapEntry, Term, TupleTerm, UdtField } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { atCall, parseFunctionName, parseInParentheses, parseList } from './names.ts';
import { isPlainlyType, parseNativeType, parseTypeNode, scanType } from './types.ts';

// term: termAddition
export function parseTermNode(c: TokenCursor): Term {
  return parseAddition(c, false);
}

/**
 * A term that `+` and a column may follow, as in `SET l = [1] + l`: it ends before that `+`. Elsewhere terms know no columns.
 */
export function parseTermBeforeColumn(c: TokenCursor): Term {
  return parseAddition(c, true);
}

// termAddition: termMultiplication ( '+' termMultiplication | '-' termMultiplication )*
function parseAddition(c: TokenCursor, columnMayFollow: boolean): Term {
  c.enter();
  let left = parseMultiplication(c);
  while (c.at('+') || c.at('-')) {
    if (columnMayFollow && c.at('+') && c.atColumnName(1) && !atCall(c, 1) && !atCast(c, 1)) break;
    left = parseOperation(c, left, parseMultiplication);
  }
  c.leave();
  return left;
}

// termMultiplication: termGroup ( '*' termGroup | '/' termGroup | '%' termGroup )*
function parseMultiplication(c: TokenCursor): Term {
  let left = parseGroup(c);
  while (c.at('*') || c.at('/') || c.at('%')) left = parseOperation(c, left, parseGroup);
  return left;
}

function parseOperation(c: TokenCursor, left: Term, parseRight: (c: TokenCursor) => Term): Term {
  c.link();
  const { text, start: pos } = c.next();
  return { kind: 'binary', operator: text as ArithmeticOperator, left, right: parseRight(c), pos };
}

// termGroup: simpleTerm | '-' simpleTerm
function parseGroup(c: TokenCursor): Term {
  const pos = c.pos;
  return c.accept('-') ? { kind: 'negate', operand: parseSimpleTerm(c), pos } : parseSimpleTerm(c);
}

// simpleTerm: value | function | '(' comparatorType ')' simpleTerm | K_CAST '(' simpleTerm K_AS native_type ')'
function parseSimpleTerm(c: TokenCursor): Term {
  const pos = c.pos;
  if (atTypeHint(c)) {
    c.enter();
    c.expect('(');
    const type = parseTypeNode(c);
    c.expect(')');
    const operand = parseSimpleTerm(c);
    c.leave();
    return { kind: 'typeHint', type, operand, pos };
  }
  if (atCast(c)) {
    c.enter();
    c.expect('CAST', '(');
    const operand = parseSimpleTerm(c);
    c.expect('AS');
    const type = parseNativeType(c);
    c.expect(')');
    c.leave();
    return { kind: 'cast', operand, type, pos };
  }
  return atCall(c) ? parseFunction(c) : parseValue(c);
}

function atCast(c: TokenCursor, ahead = 0): boolean {
  return c.at('CAST', ahead) && c.at('(', ahead + 1);
}

/** Whether `( type )` comes. A string is a type only if a term follows: `('a')` is a tuple. */
function atTypeHint(c: TokenCursor): boolean {
  if (!c.at('(') || atCall(c, 1)) return false;
  const end = scanType(c, 1);
  if (end < 0 || !c.at(')', end)) return false;
  if (c.peek(1).type !== 'string') return true;
  const value = end + 1;
  // In `{('a'): f()}` the colon is the map's: a value can't begin with a name that isn't called. In `('t') :x` it is a marker's.
  if (c.at(':', value)) return c.atName(value + 1) && !atCall(c, value + 1) && !atCast(c, value + 1);
  return atValueStart(c, value) || atCall(c, value) || atCast(c, value);
}

// function: functionName '(' ( term ( ',' term )* )? ')'
function parseFunction(c: TokenCursor): Term {
  const name = parseFunctionName(c);
  return { kind: 'function', name, args: parseTermsOrNone(c), pos: name.pos };
}

/** `'(' ( term ( ',' term )* )? ')'` */
export function parseTermsOrNone(c: TokenCursor): Term[] {
  if (c.acceptAll('(', ')')) return [];
  return parseInParentheses(c, parseTermNode);
}

// value: constant | collectionLiteral | usertypeLiteral | tupleLiteral | K_NULL | ':' noncol_ident | QMARK
function parseValue(c: TokenCursor): Term {
  const pos = c.pos;
  if (atLiteral(c)) return parseLiteral(c);
  if (c.atMarker()) return c.marker();
  if (c.accept('NULL')) return { kind: 'null', pos };
  if (c.at('(')) return parseTupleLiteral(c);
  if (c.at('[')) return parseListLiteral(c);
  if (c.at('{')) return c.atName(1) && c.at(':', 2) ? parseUserTypeLiteral(c) : parseSetOrMap(c);
  return c.fail('a value');
}

/** Whether a constant comes. */
export function atLiteral(c: TokenCursor, ahead = 0): boolean {
  switch (c.peek(ahead).type) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      return true;
    default:
      return false;
  }
}

// constant: STRING_LITERAL | INTEGER | FLOAT | BOOLEAN | DURATION | UUID | HEXNUMBER | NaN | -NaN | Infinity | -Infinity
export function parseLiteral(c: TokenCursor): Literal {
  if (!atLiteral(c)) c.fail('a constant');
  const { type, text, start: pos } = c.next();
  if (type === 'string') return { kind: 'string', value: text, pos };
  if (type === 'boolean') return { kind: 'boolean', value: text === 'true', pos };
  // Cassandra reads every number with a fraction or an exponent as a double first, also for a decimal.
  if (type === 'float' && !Number.isFinite(Number(text)) && /\d/.test(text)) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    c.failAt(pos, `number ${shown} is too large for a double: a decimal may be bound as a parameter instead`);
  }
  return { kind: type as 'integer' | 'float' | 'duration' | 'uuid' | 'blob', text, pos };
}

// tupleLiteral: '(' term ( ',' term )* ')'
export function parseTupleLiteral(c: TokenCursor): TupleTerm {
  const pos = c.pos;
  return { kind: 'tuple', elements: parseInParentheses(c, parseTermNode), pos };
}

// listLiteral: '[' ( term ( ',' term )* )? ']'
function parseListLiteral(c: TokenCursor): Term {
  const pos = c.pos;
  c.expect('[');
  const elements = c.at(']') ? [] : parseList(c, parseTermNode);
  c.expect(']');
  return { kind: 'list', elements, pos };
}

// usertypeLiteral: '{' fident ':' term ( ',' fident ':' term )* '}'
function parseUserTypeLiteral(c: TokenCursor): Term {
  const pos = c.pos;
  c.expect('{');
  const fields = parseList(c, parseField);
  c.expect('}');
  return { kind: 'udt', fields, pos };
}

function parseField(c: TokenCursor): UdtField {
  const name = c.name('the name of a field');
  c.expect(':');
  return { name, value: parseTermNode(c) };
}

// collectionLiteral: listLiteral | '{' term setOrMapLiteral '}' | '{' '}'
// setOrMapLiteral: ':' term ( ',' term ':' term )* | ( ',' term )*
function parseSetOrMap(c: TokenCursor): Term {
  const pos = c.pos;
  if (c.acceptAll('{', '}')) return { kind: 'set', elements: [], pos };
  c.expect('{');
  const first = parseTermNode(c);
  if (!c.accept(':')) {
    const elements = [first];
    while (c.accept(',')) elements.push(parseTermNode(c));
    c.expect('}');
    return { kind: 'set', elements, pos };
  }
  const entries: MapEntry[] = [{ key: first, value: parseTermNode(c) }];
  while (c.accept(',')) entries.push(parseMapEntry(c));
  c.expect('}');
  return { kind: 'map', entries, pos };
}

function parseMapEntry(c: TokenCursor): MapEntry {
  const key = parseTermNode(c);
  c.expect(':');
  return { key, value: parseTermNode(c) };
}

// intValue: INTEGER | ':' noncol_ident | QMARK
export function parseIntegerTerm(c: TokenCursor): IntegerTerm {
  const { type, start: pos } = c.peek();
  if (type === 'integer') return { kind: 'integer', text: c.next().text, pos };
  return parseMarker(c, 'an integer or a bind marker');
}

/** A bind marker, or else the message says what was `expected`. */
export function parseMarker(c: TokenCursor, expected: string): BindMarker {
  if (!c.atMarker()) c.fail(expected);
  return c.marker();
}

/** Whether a constant, a bind marker, NULL or an opening bracket comes: what begins a value that is no name. */
export function atValueStart(c: TokenCursor, ahead: number): boolean {
  return atLiteral(c, ahead) || ['(', '[', '{', '?', 'NULL'].some((text) => c.at(text, ahead));
}

/** Whether `( type )` and something comes that can be taken for a type hint even where columns may stand. */
export function hintEnd(c: TokenCursor): { end: number; plain: boolean } | undefined {
  if (!c.at('(')) return undefined;
  const end = scanType(c, 1);
  return end < 0 || !c.at(')', end) ? undefined : { end: end + 1, plain: isPlainlyType(c, 1) };
}
