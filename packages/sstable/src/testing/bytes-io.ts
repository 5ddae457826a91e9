import type { ByteSink } from '../io/byte-sink.ts';

/** A file in memory to write to: `bytes()` is what was written. */
export function bytesSink(name = 'bytes'): ByteSink & { bytes(): Uint8Array } {
  const parts: Uint8Array[] = [];
  return {
    name,
    write: (bytes) => {
      parts.push(bytes.slice());
    },
    bytes() {
      const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
