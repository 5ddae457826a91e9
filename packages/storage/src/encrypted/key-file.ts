import { crc32c } from '@cassette/bytes';
import type { Storage } from '../storage.ts';
import { type KeyRecord, recordFromValue, recordToValue } from './key-record.ts';
import { KEY_FILE, NEW_KEY_FILE } from './missing-key.ts';

// The second copy of the record of keys, for a store whose catalog is lost: a line of JSON, and a line with the CRC-32C of the first.

/** Reads it: the record, null where it is missing or damaged, and how many bytes the file has. */
export async function readKeyFile(storage: Storage): Promise<{ readonly record: KeyRecord | null; readonly bytes: number }> {
  if (!(await storage.exists(KEY_FILE))) return { record: null, bytes: 0 };
  const file = await storage.open(KEY_FILE);
  const bytes = new Uint8Array(file.size);
  try {
    file.read(bytes, 0);
  } finally {
    file.close();
  }
  return { record: recordIn(new TextDecoder().decode(bytes)), bytes: bytes.length };
}

function recordIn(text: string): KeyRecord | null {
  const [line = '', checksum] = text.split('\n');
  if (checksum !== checksumOf(line)) return null;
  try {
    return recordFromValue(JSON.parse(line));
  } catch {
    // A checksum that is right of what is no JSON: not of Cassette.
    return null;
  }
}

/** Writes it, durably; a crash leaves the old one or the new one. Resolves with its bytes. */
export async function writeKeyFile(storage: Storage, record: KeyRecord): Promise<number> {
  const line = JSON.stringify(recordToValue(record));
  const bytes = new TextEncoder().encode(`${line}\n${checksumOf(line)}\n`);
  const file = await storage.open(NEW_KEY_FILE, { create: true });
  try {
    file.truncate(0);
    file.write(bytes, 0);
    file.flush();
  } finally {
    file.close();
  }
  await storage.sync();
  await storage.rename(NEW_KEY_FILE, KEY_FILE);
  await storage.sync();
  return bytes.length;
}

function checksumOf(line: string): string {
  return crc32c(new TextEncoder().encode(line)).toString(16).padStart(8, '0');
}
