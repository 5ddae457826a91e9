import type { ByteReader, ByteWriter } from '@cassette/bytes';

// Signed big-endian integers of as few bytes as they need, whose number stands elsewhere. Cassandra: io.util.SizedInts.

/** Bytes that a safe integer takes: 1 to 7. */
export function sizedIntSize(value: number): number {
  const magnitude = value < 0 ? -1 - value : value;
  let size = 1;
  while (magnitude >= 2 ** (8 * size - 1)) size++;
  return size;
}

/** Appends a safe integer in `size` bytes, at least {@link sizedIntSize}. */
export function putSizedInt(out: ByteWriter, value: number, size: number): void {
  const inverted = value < 0 ? 0xff : 0;
  const magnitude = value < 0 ? -1 - value : value;
  for (let i = size - 1; i >= 0; i--) out.u8((Math.floor(magnitude / 2 ** (8 * i)) & 0xff) ^ inverted);
}

/** Reads an integer of 1 to 8 bytes. Throws CorruptionError where it is not a safe one. */
export function takeSizedInt(input: ByteReader, size: number, field: string): number {
  const at = input.position;
  input.skip(size, field);
  const { bytes } = input;
  const inverted = bytes[at] >= 0x80 ? 0xff : 0;
  let magnitude = 0;
  for (let i = at; i < at + size; i++) magnitude = magnitude * 256 + (bytes[i] ^ inverted);
  if (!Number.isSafeInteger(magnitude)) throw input.corrupt(`${field} is too large`, at);
  return inverted === 0 ? magnitude : -1 - magnitude;
}
