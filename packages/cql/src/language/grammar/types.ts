import type { NativeTypeNode, TypeNode } from '../ast/index.ts';
import { NESTING_MAX, type TokenCursor } from '../cursor.ts';
import { NATIVE_TYPE_WORDS, type NativeTypeName } from '../tokens.ts';
import { atTypeName, parseUserTypeName } from './names.ts';

const DIMENSION_MAX = 2 ** 31 - 1;

// comparatorType: native_type | collection_type | tuple_type | vector_type | userTypeName | K_FROZEN '<' comparatorType '>' | STRING_LITERAL
export function parseTypeNode(c: TokenCursor): TypeNode {
  c.enter();
  const type = parseTypeInside(c);
  c.leave();
  return type;
}

function parseTypeInside(c: TokenCursor): TypeNode {
  const { type, text, start: pos } = c.peek();
  if (type === 'string') return { kind: 'custom', className: c.next().text, pos };
  if (type === 'word' && c.at('<', 1)) {
    if (text === 'FROZEN') return parseFrozen(c);
    if (text === 'LIST' || text === 'SET' || text === 'MAP') return parseCollection(c);
    if (text === 'TUPLE') return parseTuple(c);
    if (text === 'VECTOR') return parseVector(c);
  }
  if (atNativeType(c) && !c.at('.', 1)) return parseNativeType(c);
  if (!atTypeName(c) && !(c.atName() && c.at('.', 1))) c.fail('a type');
  return { kind: 'userType', name: parseUserTypeName(c), pos };
}

function atNativeType(c: TokenCursor, ahead = 0): boolean {
  const { type, text } = c.peek(ahead);
  return type === 'word' && NATIVE_TYPE_WORDS.has(text);
}

// native_type: K_ASCII | K_BIGINT | …
export function parseNativeType(c: TokenCursor): NativeTypeNode {
  if (!atNativeType(c)) c.fail('a native type');
  const { text, start } = c.next();
  return { kind: 'native', name: text.toLowerCase() as NativeTypeName, pos: start };
}

// K_FROZEN '<' comparatorType '>'
function parseFrozen(c: TokenCursor): TypeNode {
  const pos = c.pos;
  c.expect('FROZEN', '<');
  const inner = parseTypeNode(c);
  if (inner.kind === 'native' || inner.kind === 'custom') {
    const name = inner.kind === 'native' ? inner.name : `'${inner.className}'`;
    c.failAt(inner.pos, `frozen<> is only for collections, tuples and user types, found ${name}`);
  }
  c.expect('>');
  return { kind: 'frozen', inner, pos };
}

// collection_type: K_MAP '<' comparatorType ',' comparatorType '>' | K_LIST '<' comparatorType '>' | K_SET '<' comparatorType '>'
function parseCollection(c: TokenCursor): TypeNode {
  const { text, start: pos } = c.next();
  c.expect('<');
  const first = parseTypeNode(c);
  if (text === 'MAP') {
    c.expect(',');
    const value = parseTypeNode(c);
    c.expect('>');
    return { kind: 'map', key: first, value, pos };
  }
  c.expect('>');
  return { kind: text === 'LIST' ? 'list' : 'set', element: first, pos };
}

// tuple_type: K_TUPLE '<' comparatorType ( ',' comparatorType )* '>'
function parseTuple(c: TokenCursor): TypeNode {
  const pos = c.pos;
  c.expect('TUPLE', '<');
  const elements = [parseTypeNode(c)];
  while (c.accept(',')) elements.push(parseTypeNode(c));
  c.expect('>');
  return { kind: 'tuple', elements, pos };
}

// vector_type: K_VECTOR '<' comparatorType ',' INTEGER '>'
function parseVector(c: TokenCursor): TypeNode {
  const pos = c.pos;
  c.expect('VECTOR', '<');
  const element = parseTypeNode(c);
  c.expect(',');
  const token = c.peek();
  if (token.type !== 'integer') c.fail('the dimension of the vector');
  const dimension = Number(c.next().text);
  if (Math.abs(dimension) > DIMENSION_MAX)
    c.failAt(token.start, `expected a dimension of at most ${DIMENSION_MAX}, found ${token.text}`);
  c.expect('>');
  return { kind: 'vector', element, dimension, pos };
}

/**
 * Where the type ends that begins `ahead` tokens further on, as a number of tokens, or -1 if there is no type. Takes nothing and throws
 * nothing: it tells `(int) x` from `(1, 2)`.
 */
export function scanType(c: TokenCursor, ahead: number, depth = 0): number {
  const { type, text } = c.peek(ahead);
  if (type === 'string') return ahead + 1;
  if (type === 'word' && c.at('<', ahead + 1) && /^(?:FROZEN|LIST|SET|MAP|TUPLE|VECTOR)$/.test(text)) {
    if (depth > NESTING_MAX) return -1;
    let at = ahead + 1;
    do {
      at++;
      at = c.peek(at).type === 'integer' ? at + 1 : scanType(c, at, depth + 1);
      if (at < 0) return -1;
    } while (c.at(',', at));
    return c.at('>', at) ? at + 1 : -1;
  }
  if (c.atName(ahead) && c.at('.', ahead + 1)) return atTypeName(c, ahead + 2) ? ahead + 3 : -1;
  return atNativeType(c, ahead) || atTypeName(c, ahead) ? ahead + 1 : -1;
}

/** Whether the type that begins `ahead` tokens further on can't be mistaken for a column's name or a string. */
export function isPlainlyType(c: TokenCursor, ahead: number): boolean {
  return c.at('<', ahead + 1) || (atNativeType(c, ahead) && !c.at('.', ahead + 1));
}
