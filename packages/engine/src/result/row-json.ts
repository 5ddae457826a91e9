import { toHex } from '@cassette/bytes';

/**
 * A value of a row as JSON can hold it, much as SELECT JSON prints it: sets are arrays, maps objects, blobs `0x…`. Integers of more than 32
 * bits are text: a JSON number would lose digits in JavaScript, and the Node driver's own Long and Integer do so too.
 */
export function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `0x${toHex(value, 0, value.length)}`;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, jsonOf);
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, one]) => [keyOf(key), jsonOf(one)]));
  // Uuid, Decimal, Date and their like say themselves what they are.
  if ('toJSON' in value && typeof value.toJSON === 'function') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOf(one)]));
}

/** Keys are text, as in SELECT JSON. */
function keyOf(key: unknown): string {
  const json = jsonOf(key);
  const said: unknown = typeof json === 'string' ? json : JSON.parse(JSON.stringify(json));
  return typeof said === 'string' ? said : JSON.stringify(said);
}
