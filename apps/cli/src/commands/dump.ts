import { jsonDump, jsonKeys, partitionKeyOfText, partitionKeyText, type SSTableReader } from '@cassette/sstable';
import { print } from '../print.ts';
import { schemaOfFile } from '../schema-of.ts';
import { findSSTables, tableOfPath, withSSTable } from '../sstable-files.ts';

/** Options of `cassette dump`; `key` and `exclude` are texts of partition keys, as the dump prints them. */
interface DumpOptions {
  readonly rawTimestamps?: boolean;
  readonly schema?: string;
  readonly keysOnly?: boolean;
  readonly key?: readonly string[];
  readonly exclude?: readonly string[];
  readonly jsonLines?: boolean;
}

/**
 * `cassette dump [options] FILE-Data.db|DIR…`: for one file what sstabledump prints, for a directory or several files one object of that
 * by path (as lines: all lines, one file after the other). Streams: a large table or partition needs no more memory than a small one.
 */
export async function dump(paths: readonly string[], options: DumpOptions): Promise<void> {
  const files = findSSTables(paths);
  const alone = files.length === 1 && files[0] === paths[0];
  const schema = await schemaOfFile(options.schema);
  const { jsonLines = false } = options;
  const nowInSeconds = Math.floor(Date.now() / 1000);
  if (!alone && !jsonLines) await print('{');
  for (const [i, file] of files.entries()) {
    if (!alone && !jsonLines) await print(`${i === 0 ? '' : ','}\n${JSON.stringify(file)}: `);
    const { keyspace, table } = tableOfPath(file);
    await withSSTable(file, schema?.table(keyspace, table), async (reader) => {
      for (const text of dumpOf(reader, file, options, nowInSeconds)) await print(text);
    });
  }
  if (!jsonLines) await print(alone ? '\n' : '\n}\n');
}

function* dumpOf(reader: SSTableReader, file: string, options: DumpOptions, nowInSeconds: number): Generator<string> {
  const { rawTimestamps = false, jsonLines = false, key, exclude } = options;
  if (options.keysOnly === true) {
    yield* jsonKeys(reader.keys(), reader.table, file);
    return;
  }
  const { keyType } = reader.header;
  const excluded = new Set(exclude);
  const excludes = excluded.size === 0 ? {} : { excludes: (one: Uint8Array) => excluded.has(partitionKeyText(one, keyType)) };
  const cursor = reader.cursor({ partitions: key === undefined ? { range: {} } : { keys: keysOf(reader, key) } });
  try {
    yield* jsonDump(cursor, reader.table, { rawTimestamps, nowInSeconds, lines: jsonLines, ...excludes });
  } finally {
    cursor.close();
  }
}

/** The keys that the texts say; where a text does not tell the bytes, of all keys those that have the text. */
function keysOf(reader: SSTableReader, texts: readonly string[]): Uint8Array[] {
  const { keyType } = reader.header;
  const found: Uint8Array[] = [];
  const wanted = new Set<string>();
  for (const text of texts) {
    const key = partitionKeyOfText(text, keyType);
    if (key === null) wanted.add(text);
    else found.push(key);
  }
  if (wanted.size === 0) return found;
  const keys = reader.keys();
  while (keys.next()) {
    const key = keys.keyBytes.slice(keys.keyFrom, keys.keyTo);
    if (wanted.has(partitionKeyText(key, keyType))) found.push(key);
  }
  return found;
}
