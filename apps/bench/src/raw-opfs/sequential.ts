import { handleOf } from './record-files.ts';

/** Bytes of one read and one write of a copy, as the export's chunks are. */
const COPY_CHUNK = 256 * 1024;

/**
 * Milliseconds in which so many bytes are written to an empty file, one write and one flush for every `every` of them: what the disk
 * takes for the bytes of an ingest.
 */
export async function writeSequentially(bytes: number, every: number): Promise<number> {
  const file = await handleOf('bench-raw-sequential');
  try {
    const part = filled(every);
    const start = performance.now();
    for (let at = 0; at < bytes; at += every) {
      if (file.write(part, { at }) !== every) throw new Error('The device is full');
      file.flush();
    }
    return performance.now() - start;
  } finally {
    file.truncate(0);
    file.close();
  }
}

/** Milliseconds in which a file of so many bytes is read and written to another one, which is flushed at the end. */
export async function copyFile(bytes: number): Promise<number> {
  const from = await handleOf('bench-raw-from');
  const to = await handleOf('bench-raw-to');
  try {
    const part = filled(COPY_CHUNK);
    for (let at = 0; at < bytes; at += COPY_CHUNK) from.write(part, { at });
    from.flush();
    const start = performance.now();
    for (let at = 0; at < bytes; at += COPY_CHUNK) {
      if (from.read(part, { at }) !== COPY_CHUNK || to.write(part, { at }) !== COPY_CHUNK) throw new Error('The device is full');
    }
    to.flush();
    return performance.now() - start;
  } finally {
    for (const file of [from, to]) {
      file.truncate(0);
      file.close();
    }
  }
}

/** Bytes that no file system makes smaller. */
function filled(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
}
