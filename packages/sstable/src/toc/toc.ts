import { CorruptionError } from '@cassette/bytes';
import { isComponentName } from '../descriptor/index.ts';

// TOC.txt: the components of the SSTable, TOC.txt itself among them. One name a line, each ended by "\n". 5.0.9 writes them
// sorted by name; the order has no meaning.
//
// Cassandra: io.sstable.format.TOCComponent

/** The bytes of TOC.txt. */
export function encodeToc(components: Iterable<string>): Uint8Array {
  const names = [...new Set(components)].sort();
  return new TextEncoder().encode(names.map((name) => `${name}\n`).join(''));
}

/**
 * The component names of a TOC.txt, in its order, each once. Throws CorruptionError for a line that could not be one: the
 * names become parts of file names.
 */
export function decodeToc(bytes: Uint8Array, file: string): string[] {
  const names = new Set<string>();
  let offset = 0;
  // Latin 1 keeps one character a byte, so that the offset is right; names outside ASCII are refused anyway.
  for (const line of latin1(bytes).split('\n')) {
    const name = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (name !== '') {
      if (!isComponentName(name)) throw new CorruptionError(`${JSON.stringify(name.slice(0, 80))} is no component`, file, offset);
      names.add(name);
    }
    offset += line.length + 1;
  }
  return [...names];
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
