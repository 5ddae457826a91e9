import { toHex } from '@cassette/bytes';
import {
  jsonDumpBytes,
  jsonKeys,
  jsonOfError,
  partitionKeyOfText,
  partitionKeyText,
  type SSTableReader,
} from '@cassette/sstable';
import { isRead, print } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { readSchemaFile } from '../schema-file.ts';
import { forEachSSTable } from '../several-sstables.ts';
import { findSSTables, withSSTable } from '../sstable-files.ts';
import { tableOfPath } from '../table-of-path.ts';

/** Options of `cassette dump`; `key` and `exclude` are texts of partition keys, as the dump prints them. */
interface DumpOptions {
  readonly rawTimestamps?: boolean;
  readonly schema?: string;
  readonly table?: string;
  readonly keysOnly?: boolean;
  readonly key?: readonly string[];
  readonly exclude?: readonly string[];
  readonly jsonLines?: boolean;
}

/**
 * `cassette dump [options] FILE-Data.db|DIR…`: for one file what sstabledump prints, for a directory or several files one object of that
 * by path (as lines: all lines, one file after the other). Streams: a large table or partition needs no more memory than a small one.
 * What an error ends is whole JSON all the same, with the error as its last part; of several files the others are dumped.
 */
export async function dump(paths: readonly string[], options: DumpOptions): Promise<void> {
  const files = findSSTables(paths);
  const alone = files.length === 1 && files[0] === paths[0];
  const schema = options.schema === undefined ? undefined : readSchemaFile(options.schema);
  const { jsonLines = false } = options;
  const nowInSeconds = Math.floor(Date.now() / 1000);
  const progress = new ProgressLine();
  if (!alone && !jsonLines) await print('{');
  let hasStarted = false;
  const dumped = async (file: string, i: number): Promise<void> => {
    hasStarted = false;
    if (!isRead()) return;
    if (!alone && !jsonLines) await print(`${i === 0 ? '' : ','}\n${JSON.stringify(file)}: `);
    const table = schema === undefined ? null : tableOfPath(file, schema, options.table);
    await withSSTable(file, table, async (reader) => {
      for (const piece of dumpOf(reader, file, options, nowInSeconds, (done) =>
        progress.show('dumping', done, reader.dataLength),
      )) {
        hasStarted = true;
        await print(piece);
        if (!isRead()) return;
      }
    });
  };
  try {
    await forEachSSTable(files, alone, dumped, async (error) => {
      if (!hasStarted) await print(jsonOfError(error, { lines: jsonLines }));
    });
  } finally {
    progress.end();
    if (!jsonLines && (!alone || hasStarted)) await print(alone ? '\n' : '\n}\n');
  }
}

function* dumpOf(
  reader: SSTableReader,
  file: string,
  options: DumpOptions,
  nowInSeconds: number,
  onProgress: (bytes: number) => void,
): Generator<string | Uint8Array> {
  const { rawTimestamps = false, jsonLines: lines = false, key, exclude } = options;
  const { keyType } = reader.header;
  const excluded = new Set(exclude);
  const excludes = excluded.size === 0 ? undefined : (one: Uint8Array) => excluded.has(partitionKeyText(one, keyType));
  const keys = key === undefined ? undefined : keysOf(reader, key);
  if (options.keysOnly === true) {
    const wanted = keys === undefined ? undefined : new Set(keys.map((one) => toHex(one)));
    const includes = (one: Uint8Array) => wanted?.has(toHex(one)) !== false && excludes?.(one) !== true;
    yield* jsonKeys(reader.keys(), reader.table, file, { includes, lines });
    return;
  }
  const cursor = reader.cursor({ partitions: keys === undefined ? { range: {} } : { keys } });
  try {
    for (const piece of jsonDumpBytes(cursor, reader.table, {
      rawTimestamps,
      nowInSeconds,
      lines,
      ...(excludes && { excludes }),
    })) {
      yield piece;
      onProgress(cursor.position);
    }
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
