/** A value as JSON has it: what both servers print is parsed into this, and what the model has is compared with it. */
export type Value = number | string | readonly number[] | { readonly [field: string]: number };

/** The bytes of a value as it is stored, in hexadecimal: of two cells of one timestamp the greater bytes win. */
export function bytesOf(value: Value): string {
  if (typeof value === 'number') return (value >>> 0).toString(16).padStart(8, '0');
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  // A frozen list has its size before its elements, a frozen tuple or user type has not; each element has its own.
  if (Array.isArray(value)) return bytesOf(value.length) + sized(value);
  return sized(Object.values(value));
}

function sized(elements: readonly number[]): string {
  return elements.map((element) => `00000004${bytesOf(element)}`).join('');
}
