/**
 * A text that two lists of parameters have in common only if they are of the same values: what decides whether a query is another one, since
 * components make their parameters anew each time. Instances of classes (`Uuid`, `Duration`) count by their class and own fields.
 */
export function paramsKey(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return value === null ? 'null' : objectKey(value);
    default:
      return String(value);
  }
}

function objectKey(value: object): string {
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}(${bytes.join()})`;
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value).join()})`;
  if (Array.isArray(value)) return `[${value.map(paramsKey).join()}]`;
  if (value instanceof Map) return `Map(${Array.from(value, ([key, item]) => `${paramsKey(key)}:${paramsKey(item)}`).join()})`;
  if (value instanceof Set) return `Set(${Array.from(value, paramsKey).join()})`;
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? '';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name === 'Object' ? '' : name}{${fields.map(([key, item]) => `${JSON.stringify(key)}:${paramsKey(item)}`).join()}}`;
}
