import type { ArithmeticOperator, ColumnMetadataSelector, MapOrUdtEntry, Selectable, Selector } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { atCall, parseFunctionName, parseInParentheses, parseList } from './names.ts';
import { atLiteral, atValueStart, hintEnd, parseLiteral, parseTermNode } from './terms.ts';
import { parseNativeType, parseTypeNode } from './types.ts';

// selectors: selector ( ',' selector )* | '*'
export function parseSelectors(c: TokenCursor): Selector[] {
  return c.accept('*') ? [] : parseList(c, parseSelector);
}

// selector: unaliasedSelector ( K_AS noncol_ident )?
function parseSelector(c: TokenCursor): Selector {
  const pos = c.pos;
  const value = parseSelectable(c);
  return { value, alias: c.accept('AS') ? c.name('an alias') : null, pos };
}

/**
 * Whether `word` (JSON or DISTINCT), which may also be a column's name, comes as the keyword: then something follows that is selected.
 */
export function acceptSelectKeyword(c: TokenCursor, word: 'JSON' | 'DISTINCT'): boolean {
  if (!c.at(word)) return false;
  if (isSlice(c)) return false;
  const named = c.at('AS', 1) ? !c.atName(2) || (c.at('AS', 2) && c.atName(3)) : c.atName(1);
  const selected = named || atValueStart(c, 1) || ['*', '-', ':', 'TOKEN'].some((text) => c.at(text, 1));
  return selected && c.accept(word);
}

/** Whether the bracket behind the next word holds a `..`: then it selects from a column of that name, and is no list. */
function isSlice(c: TokenCursor): boolean {
  if (!c.at('[', 1)) return false;
  let depth = 0;
  for (let ahead = 1; ; ahead++) {
    const { type } = c.peek(ahead);
    if (type === 'end' || type === 'error') return false;
    if (c.at('[', ahead)) depth++;
    else if (c.at(']', ahead) && --depth === 0) return false;
    else if (depth === 1 && c.at('..', ahead)) return true;
  }
}

// unaliasedSelector: selectionAddition
// selectionAddition: selectionMultiplication ( '+' selectionMultiplication | '-' selectionMultiplication )*
export function parseSelectable(c: TokenCursor): Selectable {
  c.enter();
  let left = parseMultiplication(c);
  while (c.at('+') || c.at('-')) left = parseOperation(c, left, parseMultiplication);
  c.leave();
  return left;
}

// selectionMultiplication: selectionGroup ( '*' selectionGroup | '/' selectionGroup | '%' selectionGroup )*
function parseMultiplication(c: TokenCursor): Selectable {
  let left = parseGroup(c);
  while (c.at('*') || c.at('/') || c.at('%')) left = parseOperation(c, left, parseGroup);
  return left;
}

function parseOperation(c: TokenCursor, left: Selectable, parseRight: (c: TokenCursor) => Selectable): Selectable {
  c.link();
  const { text, start: pos } = c.next();
  return { kind: 'binary', operator: text as ArithmeticOperator, left, right: parseRight(c), pos };
}

// selectionGroup: selectionGroupWithField | selectionGroupWithoutField | '-' selectionGroup
function parseGroup(c: TokenCursor): Selectable {
  const pos = c.pos;
  if (!c.accept('-')) return parseModifiers(c, parseGroupWithoutField(c));
  c.enter();
  const operand = parseGroup(c);
  c.leave();
  return { kind: 'negate', operand, pos };
}

// selectorModifier: fieldSelectorModifier selectorModifier | '[' collectionSubSelection ']' selectorModifier | (nothing)
// fieldSelectorModifier: '.' fident
function parseModifiers<T extends Selectable>(c: TokenCursor, receiver: T): T | ColumnMetadataSelector['of'] {
  let of: T | ColumnMetadataSelector['of'] = receiver;
  for (;;) {
    if (c.accept('.')) of = { kind: 'field', of, field: c.name('the name of a field'), pos: receiver.pos };
    else if (c.accept('[')) of = parseSubSelection(c, of, receiver.pos);
    else return of;
    c.link();
  }
}

// collectionSubSelection: term ( RANGE term? )? | RANGE term
function parseSubSelection(c: TokenCursor, of: Selectable, pos: number): ColumnMetadataSelector['of'] {
  const from = c.at('..') ? null : parseTermNode(c);
  if (from !== null && c.accept(']')) return { kind: 'element', of, key: from, pos };
  if (!c.at('..')) c.fail("']' or '..'");
  c.expect('..');
  const to = from !== null && c.at(']') ? null : parseTermNode(c);
  c.expect(']');
  return { kind: 'slice', of, from, to, pos };
}

// selectionGroupWithoutField: simpleUnaliasedSelector | selectionTypeHint | selectionTupleOrNestedSelector | selectionList | selectionMapOrSet
function parseGroupWithoutField(c: TokenCursor): Selectable {
  const pos = c.pos;
  if (atTypeHint(c)) return parseTypeHint(c);
  if (c.at('(')) return { kind: 'tuple', elements: parseInParentheses(c, parseSelectable), pos };
  if (c.at('[')) return parseListSelector(c);
  if (c.at('{')) return parseMapOrSet(c);
  return parseSimpleSelector(c);
}

/**
 * Whether `( type ) operand` comes. `(a)` alone may also be a column in parentheses, so what follows decides: something that can be
 * selected, but neither an alias nor the colon of a map.
 */
function atTypeHint(c: TokenCursor): boolean {
  const hint = hintEnd(c);
  if (hint === undefined) return false;
  if (c.at(':', hint.end)) return hint.plain && c.atName(hint.end + 1) && !c.at('(', hint.end + 2) && !atCall(c, hint.end + 1);
  if (c.at('AS', hint.end)) return !c.atName(hint.end + 1);
  return atValueStart(c, hint.end) || c.atName(hint.end) || atCall(c, hint.end);
}

// selectionTypeHint: '(' comparatorType ')' selectionGroupWithoutField
function parseTypeHint(c: TokenCursor): Selectable {
  const pos = c.pos;
  c.enter();
  c.expect('(');
  const type = parseTypeNode(c);
  c.expect(')');
  const operand = parseGroupWithoutField(c);
  c.leave();
  return { kind: 'typeHint', type, operand, pos };
}

// selectionList: '[' ( unaliasedSelector ( ',' unaliasedSelector )* )? ']'
function parseListSelector(c: TokenCursor): Selectable {
  const pos = c.pos;
  c.expect('[');
  const elements = c.at(']') ? [] : parseList(c, parseSelectable);
  c.expect(']');
  return { kind: 'list', elements, pos };
}

// selectionMapOrSet: '{' unaliasedSelector ( selectionMap | selectionSet ) '}' | '{' '}'
// selectionMap: ':' unaliasedSelector ( ',' unaliasedSelector ':' unaliasedSelector )*
// selectionSet: ( ',' unaliasedSelector )*
function parseMapOrSet(c: TokenCursor): Selectable {
  const pos = c.pos;
  if (c.acceptAll('{', '}')) return { kind: 'set', elements: [], pos };
  c.expect('{');
  const first = parseSelectable(c);
  if (!c.accept(':')) {
    const elements = [first];
    while (c.accept(',')) elements.push(parseSelectable(c));
    c.expect('}');
    return { kind: 'set', elements, pos };
  }
  const entries: MapOrUdtEntry[] = [{ key: first, value: parseSelectable(c) }];
  while (c.accept(',')) {
    const key = parseSelectable(c);
    c.expect(':');
    entries.push({ key, value: parseSelectable(c) });
  }
  c.expect('}');
  return { kind: 'mapOrUdt', entries, pos };
}

// simpleUnaliasedSelector: sident | selectionLiteral | selectionFunction
// selectionLiteral: constant | K_NULL | ':' noncol_ident | QMARK
function parseSimpleSelector(c: TokenCursor): Selectable {
  const pos = c.pos;
  if (atLiteral(c)) return parseLiteral(c);
  if (c.atMarker()) return c.marker();
  if (c.accept('NULL')) return { kind: 'null', pos };
  const parenthesis = c.at('(', 1);
  if (parenthesis || c.at('TOKEN') || atCall(c)) return parseFunctionSelector(c);
  return { kind: 'column', ...c.name('something to select') };
}

// selectionFunction: K_COUNT '(' '*' ')' | K_MAXWRITETIME … | K_WRITETIME … | K_TTL '(' sident selectorModifier ')'
//                  | K_CAST '(' unaliasedSelector K_AS native_type ')' | functionName selectionFunctionArgs
function parseFunctionSelector(c: TokenCursor): Selectable {
  const pos = c.pos;
  if (c.acceptAll('COUNT', '(', '*', ')')) return { kind: 'countAll', pos };
  if (c.acceptAll('WRITETIME', '(')) return parseColumnMetadata(c, 'writetime', pos);
  if (c.acceptAll('MAXWRITETIME', '(')) return parseColumnMetadata(c, 'maxwritetime', pos);
  if (c.acceptAll('TTL', '(')) return parseColumnMetadata(c, 'ttl', pos);
  if (c.acceptAll('CAST', '(')) {
    const operand = parseSelectable(c);
    c.expect('AS');
    const type = parseNativeType(c);
    c.expect(')');
    return { kind: 'cast', operand, type, pos };
  }
  const name = parseFunctionName(c);
  // selectionFunctionArgs: '(' ( unaliasedSelector ( ',' unaliasedSelector )* )? ')'
  const args = c.acceptAll('(', ')') ? [] : parseInParentheses(c, parseSelectable);
  return { kind: 'function', name, args, pos };
}

// '(' sident selectorModifier ')'
function parseColumnMetadata(c: TokenCursor, name: ColumnMetadataSelector['function'], pos: number): Selectable {
  const of = parseModifiers(c, { kind: 'column', ...c.name('a column name') });
  c.expect(')');
  return { kind: 'columnMetadata', function: name, of, pos };
}
