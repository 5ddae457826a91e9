import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { Component, type SSTableVerdict, verifySSTable } from '@cassette/sstable';
import { print } from '../print.ts';
import { readSchemaFile, type SchemaFile } from '../schema-file.ts';
import { findSSTables, parsePath, withSources } from '../sstable-files.ts';
import { tableOfPath } from '../table-of-path.ts';

interface VerifyOptions {
  readonly schema?: string;
  readonly table?: string;
}

/**
 * `cassette verify [--schema S.cql [--table KEYSPACE.TABLE]] FILE-Data.db|DIR…`: one JSON object a line for each SSTable; exit code 1
 * unless all of them are right. Needs no more memory for a large table than for a small one.
 */
export async function verify(paths: readonly string[], options: VerifyOptions): Promise<void> {
  const schema = options.schema === undefined ? undefined : readSchemaFile(options.schema);
  for (const file of findSSTables(paths)) {
    const verdict = await verdictOf(file, () => verified(file, schema, options.table));
    if (!verdict.ok) process.exitCode = 1;
    await print(`${JSON.stringify({ ...verdict, sstable: file })}\n`);
  }
}

async function verified(file: string, schema: SchemaFile | undefined, name: string | undefined): Promise<SSTableVerdict> {
  return withSources(file, async (descriptor, sources) => {
    const prefix = basename(parsePath(file).pathOf(Component.DATA)).slice(0, -Component.DATA.length);
    const names = readdirSync(dirname(file)).filter((one) => one.startsWith(prefix) && !one.endsWith('.tmp'));
    const components = names.map((one) => one.slice(prefix.length));
    const table = schema === undefined ? undefined : tableOfPath(file, schema, name);
    const verdict = verifySSTable(descriptor, sources, { components, ...(table ? { table } : {}) });
    if (table !== null) return verdict;
    const unchecked = 'schema: not compared, for the columns of an index or a materialized view are in no schema';
    return { ...verdict, warnings: [unchecked, ...verdict.warnings] };
  });
}

/** A file that can't be read at all is a verdict, too: the others are still looked at. */
async function verdictOf(file: string, work: () => Promise<SSTableVerdict>): Promise<SSTableVerdict> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const what = error.code === 'NO_SUCH_TABLE' ? 'schema' : 'files';
    return { sstable: file, ok: false, errors: [`${what}: ${error.message}`], warnings: [], checks: [], partitions: 0, rows: 0 };
  }
}
