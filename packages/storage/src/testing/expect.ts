import { CassetteError } from '@cassette/bytes';

// A handful of checks without a test framework: the storage contract also runs in a browser's worker.

/** Throws unless both have the same JSON. Byte arrays compare as arrays of numbers; maps as sorted entries. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [text(actual), text(expected)];
  if (a !== b) throw new Error(`${what}: expected ${cut(b)}, got ${cut(a)}`);
}

/** Throws unless `action` fails with a CassetteError of that code. */
export async function failsWith(code: string, action: () => unknown): Promise<void> {
  let outcome: unknown;
  try {
    outcome = await action();
  } catch (error) {
    if (error instanceof CassetteError && error.code === code) return;
    throw new Error(`expected an error with code ${code}, got ${String(error)}`, { cause: error });
  }
  throw new Error(`expected an error with code ${code}, but it went well: ${text(outcome)}`);
}

/** Bytes `0, 1, … 250, 0, 1, …` beginning at `first`: any slip by a chunk or a page shows. */
export function pattern(length: number, first = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (first + i) % 251;
  return bytes;
}

/** Throws unless both hold the same bytes; says where they part. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const length = Math.min(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (actual[i] !== expected[i]) throw new Error(`${what}: byte ${i} is ${actual[i]}, expected ${expected[i]}`);
  }
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} bytes, expected ${expected.length}`);
}

function text(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => {
      if (part instanceof Map) return [...part.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
      if (part instanceof Uint8Array) return [...part];
      return part;
    }) ?? 'undefined'
  );
}

function cut(long: string): string {
  return long.length > 300 ? `${long.slice(0, 300)}…` : long;
}
