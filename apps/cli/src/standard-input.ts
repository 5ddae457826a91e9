import { read, readSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 256 * 1024;
/** Milliseconds until we ask again whether there is something. */
const WAIT = 10;

/** All of standard input. Throws CassetteError CANNOT_READ. */
export function readInput(): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const count = attempt(() => readSync(0, chunk, 0, chunk.length, null));
    if (count === 0) return Buffer.concat(chunks);
    if (count === null) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT);
    else chunks.push(Buffer.from(chunk.subarray(0, count)));
  }
}

/**
 * Standard input in chunks that are valid until the next one is asked for: Node's own stream makes a buffer for each, and they gather until they
 * are collected. Rejects with CassetteError CANNOT_READ.
 */
export async function* inputChunks(): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const { error, count } = await new Promise<{ error: Error | null; count: number }>((resolve) =>
      read(0, buffer, 0, buffer.length, null, (error, count) => resolve({ error, count })),
    );
    const got = attempt(() => {
      if (error !== null) throw error;
      return count;
    });
    if (got === 0) return;
    if (got === null) await new Promise((resolve) => setTimeout(resolve, WAIT));
    else yield buffer.subarray(0, got);
  }
}

/** What was read; null where there is nothing yet: a pipe or a terminal that another process made not to wait says so instead of waiting. */
function attempt(work: () => number): number | null {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return null;
    if (code === 'EOF') return 0;
    throw new CassetteError('CANNOT_READ', `Standard input can't be read: ${message}`, { file: '-' }, error);
  }
}
