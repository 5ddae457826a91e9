import { StorageError } from '../errors.ts';
import type { CatalogChanges, CatalogValue } from '../storage.ts';

/** A transaction with its values as JSON text: checked, and out of reach of whoever keeps a reference to the objects. */
export interface EncodedChanges {
  readonly deletes: readonly string[];
  readonly puts: readonly (readonly [key: string, json: string])[];
}

/** Encodes a transaction; throws `INVALID_CATALOG_VALUE` for what JSON would lose (undefined, NaN, functions, class instances). */
export function encodeChanges(changes: CatalogChanges): EncodedChanges {
  const puts: [string, string][] = [];
  for (const [key, value] of changes.put ?? []) {
    checkValue(key, value, 0);
    puts.push([key, JSON.stringify(value)]);
  }
  return { deletes: [...(changes.delete ?? [])], puts };
}

/** Applies a transaction to a map of JSON texts: deletes first, then puts. */
export function applyChanges(map: Map<string, string>, changes: EncodedChanges): void {
  for (const key of changes.deletes) map.delete(key);
  for (const [key, json] of changes.puts) map.set(key, json);
}

/** A fresh copy of everything, decoded. */
export function decodeCatalog(map: ReadonlyMap<string, string>): Map<string, CatalogValue> {
  const values = new Map<string, CatalogValue>();
  for (const [key, json] of map) values.set(key, JSON.parse(json) as CatalogValue);
  return values;
}

/** Deep enough for any schema, shallow enough for every engine's stack. */
const depthMax = 200;

function checkValue(key: string, value: unknown, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (typeof value === 'object' && depth < depthMax) {
    if (Array.isArray(value)) {
      for (const item of value) checkValue(key, item, depth + 1);
      return;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const item of Object.values(value)) checkValue(key, item, depth + 1);
      return;
    }
  }
  throw new StorageError('INVALID_CATALOG_VALUE', `The catalog's value of ${JSON.stringify(key)} is not plain JSON`, { key });
}
