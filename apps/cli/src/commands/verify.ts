import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { type SSTableVerdict, verifySSTable } from '@cassette/sstable';
import { print } from '../print.ts';
import { schemaOfFile } from '../schema-of.ts';
import { findSSTables, tableOfPath, withSources } from '../sstable-files.ts';

interface VerifyOptions {
  readonly schema?: string;
}

/**
 * `cassette verify [--schema S.cql] FILE-Data.db|DIR…`: one JSON object a line for each SSTable; exit code 1 unless all of them are
 * right. Needs no more memory for a large table than for a small one.
 */
export async function verify(paths: readonly string[], options: VerifyOptions): Promise<void> {
  const schema = await schemaOfFile(options.schema);
  for (const file of findSSTables(paths)) {
    const { keyspace, table } = tableOfPath(file);
    const verdict = await verdictOf(file, async () =>
      withSources(file, async (descriptor, sources) => {
        const prefix = basename(file).slice(0, -'Data.db'.length);
        const names = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp'));
        const components = names.map((name) => name.slice(prefix.length));
        const wanted = schema?.table(keyspace, table);
        return verifySSTable(descriptor, sources, { components, ...(wanted === undefined ? {} : { table: wanted }) });
      }),
    );
    if (!verdict.ok) process.exitCode = 1;
    await print(`${JSON.stringify({ ...verdict, sstable: file })}\n`);
  }
}

/** A file that can't be read at all is a verdict, too: the others are still looked at. */
async function verdictOf(file: string, work: () => Promise<SSTableVerdict>): Promise<SSTableVerdict> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return { sstable: file, ok: false, errors: [`files: ${error.message}`], warnings: [], checks: [], partitions: 0, rows: 0 };
  }
}
