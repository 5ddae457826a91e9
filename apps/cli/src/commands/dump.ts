import { jsonDump } from '@cassette/sstable';
import { print } from '../print.ts';
import { schemaOfFile } from '../schema-of.ts';
import { findSSTables, tableOfPath, withSSTable } from '../sstable-files.ts';

interface DumpOptions {
  readonly rawTimestamps?: boolean;
  readonly schema?: string;
}

/**
 * `cassette dump [--raw-timestamps] [--schema S.cql] FILE-Data.db|DIR…`: for one file what sstabledump prints, for a
 * directory or several files one object of that by path. Streams: a large table needs no more memory than a small one.
 */
export async function dump(paths: readonly string[], { rawTimestamps = false, schema: schemaFile }: DumpOptions): Promise<void> {
  const files = findSSTables(paths);
  const alone = files.length === 1 && files[0] === paths[0];
  const schema = await schemaOfFile(schemaFile);
  const nowInSeconds = Math.floor(Date.now() / 1000);
  if (!alone) await print('{');
  for (const [i, file] of files.entries()) {
    if (!alone) await print(`${i === 0 ? '' : ','}\n${JSON.stringify(file)}: `);
    const { keyspace, table } = tableOfPath(file);
    await withSSTable(file, schema?.table(keyspace, table), async (reader) => {
      const cursor = reader.cursor({ partitions: { range: {} } });
      try {
        for (const text of jsonDump(cursor, reader.table, { rawTimestamps, nowInSeconds })) await print(text);
      } finally {
        cursor.close();
      }
    });
  }
  await print(alone ? '\n' : '\n}\n');
}
