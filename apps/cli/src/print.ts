import { once } from 'node:events';

/** Writes text, or its UTF-8, to standard output, and waits while its reader is slower than we are. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
