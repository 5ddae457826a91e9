import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import type { RandomType } from '../../arbitrary/random-type.ts';

/** A value of a type as JSON; one that is none of its, now and then. */
export function jsonOf(type: RandomType, draw: Draw): string {
  if (draw.chance(2)) {
    // No text is a duration of no bytes to Cassandra, which Cassette refuses.
    const text = type.kind === 'native' && type.name === 'duration' ? '"y"' : '""';
    return draw.pick(['1', '-1.5', '"x"', 'true', 'null', '[]', '{}', '[1, "a"]', '{"a": 1}', '"1"', '1e3', text]);
  }
  const list = (element: RandomType): string => `[${draw.list(0, 3, () => jsonOf(element, draw)).join(', ')}]`;
  switch (type.kind) {
    case 'native':
      return jsonOfLiteral(literalOf(type, draw), draw) ?? 'null';
    case 'list':
      return list(type.element);
    case 'set': {
      // Of elements that are equal in order but not in bytes either may be kept.
      const one = [jsonOf(type.element, draw)];
      return `[${draw.chance(20) ? '' : one.join(', ')}]`;
    }
    case 'map': {
      const key = jsonOf(type.key, draw);
      // A key that is no text is JSON in a text.
      const name = key.startsWith('"') ? key : JSON.stringify(key);
      return draw.chance(20) ? '{}' : `{${name}: ${jsonOf(type.value, draw)}}`;
    }
    case 'vector':
      return `[${Array.from({ length: type.dimension }, () => jsonOf(type.element, draw)).join(', ')}]`;
    case 'tuple':
      return `[${type.elements.map((element) => orNull(element, draw)).join(', ')}]`;
    default: {
      const fields = draw.some(type.fields, 1).map((field) => `${JSON.stringify(field.name)}: ${orNull(field.type, draw)}`);
      return `{${fields.join(', ')}}`;
    }
  }
}

/** The JSON of a literal of a native type; null where there is none that is easy to tell. */
export function jsonOfLiteral(literal: string, draw: Draw): string | null {
  if (literal.startsWith("'")) return JSON.stringify(literal.slice(1, -1).replaceAll("''", "'"));
  if (/^(?:true|false)$/.test(literal)) return draw.chance(90) ? literal : `"${literal}"`;
  if (/^-?\d+(?:\.\d+)?(?:E[-+]?\d+)?$/i.test(literal)) return draw.chance(85) ? literal : `"${literal}"`;
  return /^[-\w.]+$/.test(literal) ? `"${literal}"` : null;
}

function orNull(type: RandomType, draw: Draw): string {
  return draw.chance(15) ? 'null' : jsonOf(type, draw);
}
