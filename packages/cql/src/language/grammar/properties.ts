import type { Literal, Property, PropertyMap, PropertyValue } from '../ast/index.ts';
import { literalText } from '../ast/literal-text.ts';
import type { TokenCursor } from '../cursor.ts';
import { isUnreservedWord } from '../tokens.ts';
import { atLiteral, parseLiteral } from './terms.ts';

/** Collects the properties of one statement and refuses names that come twice. */
export class PropertyList {
  readonly properties: Property[] = [];
  private readonly names = new Set<string>();

  // property: noncol_ident '=' propertyValue | noncol_ident '=' fullMapLiteral
  parseProperty(c: TokenCursor): void {
    const { name, pos } = c.name('the name of a property');
    if (this.names.has(name)) c.failAt(pos, `property ${name} is given more than once`);
    this.names.add(name);
    c.expect('=');
    this.properties.push({ name, value: parsePropertyValue(c), pos });
  }
}

// properties: property ( K_AND property )*
export function parseProperties(c: TokenCursor): Property[] {
  const list = new PropertyList();
  do list.parseProperty(c);
  while (c.accept('AND'));
  return list.properties;
}

// propertyValue: constant | unreserved_keyword
function parsePropertyValue(c: TokenCursor): PropertyValue {
  if (c.at('{')) return parsePropertyMap(c);
  const { type, text, start, end } = c.peek();
  if (type === 'word' && isUnreservedWord(text)) {
    c.next();
    return { kind: 'keyword', text: c.source.slice(start, end), pos: start };
  }
  if (!atLiteral(c)) c.fail('a constant, a keyword or a map');
  return parseLiteral(c);
}

// fullMapLiteral: '{' ( term ':' term ( ',' term ':' term )* )? '}', of which only constants make sense
function parsePropertyMap(c: TokenCursor): PropertyMap {
  const pos = c.pos;
  c.expect('{');
  const entries: { key: Literal; value: Literal }[] = [];
  const keys = new Set<string>();
  if (!c.at('}')) {
    do {
      const key = parseConstant(c);
      const text = literalText(key);
      if (keys.has(text)) c.failAt(key.pos, `${text} is given more than once in this map`);
      keys.add(text);
      c.expect(':');
      entries.push({ key, value: parseConstant(c) });
    } while (c.accept(','));
  }
  c.expect('}');
  return { kind: 'map', entries, pos };
}

function parseConstant(c: TokenCursor): Literal {
  if (c.atMarker()) c.fail('a constant (a schema statement takes no bind markers)');
  return parseLiteral(c);
}
