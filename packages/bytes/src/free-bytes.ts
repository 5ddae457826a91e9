/**
 * Gives the memory of bytes back that nobody needs any more, where the platform can: it would else wait for the garbage collector, which
 * lets some 64 MiB of buffers gather before it looks. `bytes` and every other view of its buffer are empty afterwards; a view of a part of
 * a buffer stays as it is, for the rest may be somebody's.
 */
export function freeBytes(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength !== buffer.byteLength || byteLength < SMALL) return;
  // ES2024; without it there is nothing to be done.
  (buffer as { transfer?(length: number): unknown }).transfer?.(0);
}

/** What is not worth the call. */
const SMALL = 4096;
