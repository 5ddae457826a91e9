import type { ByteSource } from './byte-source.ts';

/** Bytes in memory to read from, as if they were a file of that name. Not copied: what becomes of `bytes` is read. */
export function bytesSource(bytes: Uint8Array, name = 'bytes'): ByteSource {
  return {
    name,
    size: bytes.length,
    read(target, position) {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
}
