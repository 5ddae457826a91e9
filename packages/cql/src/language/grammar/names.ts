import type { Identifier, QualifiedName } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { isFunctionWord, isTypeNameWord } from '../tokens.ts';

/** Words that Cassandra keeps for types to come; it compares them as written, so `Byte` passes there and here. */
const RESERVED_TYPE_NAMES: ReadonlySet<string> = new Set(['byte', 'complex', 'enum', 'date', 'interval', 'macaddr', 'bitstring']);

// columnFamilyName, indexName: ( ksName '.' )? cfName
export function parseQualifiedName(c: TokenCursor, what: string): QualifiedName {
  const first = c.name(what);
  if (!c.accept('.')) return { keyspace: null, name: first.name, pos: first.pos };
  return { keyspace: first.name, name: c.name(what).name, pos: first.pos };
}

// userTypeName: ( noncol_ident '.' )? non_type_ident
export function parseUserTypeName(c: TokenCursor): QualifiedName {
  const pos = c.pos;
  if (!c.atName() || !c.at('.', 1)) return { keyspace: null, name: typeName(c).name, pos };
  const keyspace = c.name('a keyspace name').name;
  c.expect('.');
  return { keyspace, name: typeName(c).name, pos };
}

// non_type_ident: IDENT | QUOTED_NAME | basic_unreserved_keyword | K_KEY
function typeName(c: TokenCursor): Identifier {
  if (!atTypeName(c)) c.fail('the name of a type');
  const { type, text, start } = c.peek();
  if (type === 'identifier' && RESERVED_TYPE_NAMES.has(text)) c.failAt(start, `'${text}' is reserved and can't name a user type`);
  return c.takeName();
}

/** Whether a name of a user type comes. */
export function atTypeName(c: TokenCursor, ahead = 0): boolean {
  const { type, text } = c.peek(ahead);
  return type === 'identifier' || type === 'quotedName' || (type === 'word' && isTypeNameWord(text));
}

// functionName: ( keyspaceName '.' )? allowedFunctionName
export function parseFunctionName(c: TokenCursor): QualifiedName {
  const pos = c.pos;
  let keyspace: string | null = null;
  if (c.atName() && c.at('.', 1)) {
    keyspace = c.name('a keyspace name').name;
    c.expect('.');
  }
  // allowedFunctionName: IDENT | QUOTED_NAME | unreserved_function_keyword | K_TOKEN | K_COUNT
  if (!atFunctionName(c)) c.fail('the name of a function');
  return { keyspace, name: c.takeName().name, pos };
}

/** Whether a name comes that a function may have. */
export function atFunctionName(c: TokenCursor, ahead = 0): boolean {
  const { type, text } = c.peek(ahead);
  return type === 'identifier' || type === 'quotedName' || (type === 'word' && isFunctionWord(text));
}

/** Whether a call comes: a function's name, maybe with a keyspace, and an opening parenthesis. */
export function atCall(c: TokenCursor, ahead = 0): boolean {
  if (atFunctionName(c, ahead) && c.at('(', ahead + 1)) return true;
  return c.atName(ahead) && c.at('.', ahead + 1) && atFunctionName(c, ahead + 2) && c.at('(', ahead + 3);
}

/** Takes `IF NOT EXISTS` if it comes. */
export function acceptIfNotExists(c: TokenCursor): boolean {
  if (!c.accept('IF')) return false;
  c.expect('NOT', 'EXISTS');
  return true;
}

/** Takes `IF EXISTS` if it comes. */
export function acceptIfExists(c: TokenCursor): boolean {
  if (!c.accept('IF')) return false;
  c.expect('EXISTS');
  return true;
}

/** `item ( ',' item )*` */
export function parseList<T>(c: TokenCursor, item: (c: TokenCursor) => T): T[] {
  const items = [item(c)];
  while (c.accept(',')) items.push(item(c));
  return items;
}

/** `'(' item ( ',' item )* ')'` */
export function parseInParentheses<T>(c: TokenCursor, item: (c: TokenCursor) => T): T[] {
  c.expect('(');
  const items = parseList(c, item);
  c.expect(')');
  return items;
}
