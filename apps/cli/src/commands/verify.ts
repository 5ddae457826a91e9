import { readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { Component, type SSTableVerdict, verifySSTableInSteps } from '@cassette/sstable';
import { printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
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
  const files = findSSTables(paths);
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const progress = new ProgressLine();
  let before = 0;
  try {
    for (const [i, file] of files.entries()) {
      const told = (share: number) => progress.show('verifying', before + share * sizes[i], total);
      const verdict = await verdictOf(file, () => verified(file, schema, options.table, told));
      if (!verdict.ok) process.exitCode = 1;
      await printJson({ ...verdict, sstable: file, ...(!verdict.ok && { advice: adviceOn(verdict) }) });
      before += sizes[i];
    }
  } finally {
    progress.end();
  }
}

async function verified(
  file: string,
  schema: SchemaFile | undefined,
  name: string | undefined,
  told: (share: number) => void,
): Promise<SSTableVerdict> {
  return withSources(file, async (descriptor, sources) => {
    const prefix = basename(parsePath(file).pathOf(Component.DATA)).slice(0, -Component.DATA.length);
    const names = readdirSync(dirname(file)).filter((one) => one.startsWith(prefix) && !one.endsWith('.tmp'));
    const components = names.map((one) => one.slice(prefix.length));
    const table = schema === undefined ? undefined : tableOfPath(file, schema, name);
    const steps = verifySSTableInSteps(descriptor, sources, { components, ...(table ? { table } : {}) });
    const verdict = lastOf(steps, told);
    if (table !== null) return verdict;
    const unchecked = 'schema: not compared, for the columns of an index or a materialized view are in no schema';
    return { ...verdict, warnings: [unchecked, ...verdict.warnings] };
  });
}

/** What errors that begin with these tell of: not of the rows, but of what helps to find them. */
const BESIDE_ROWS = /^(?:index|filter|summary)\b/;

/** What to do about an SSTable that is not right. */
function adviceOn({ errors }: SSTableVerdict): string {
  const rows = errors.every((error) => BESIDE_ROWS.test(error))
    ? 'Rows are whole, and "cassette dump" prints all of them; on a node "nodetool scrub" makes index, filter and summary anew'
    : errors.every((error) => error.startsWith('schema:') || error.startsWith('files:'))
      ? 'It was not verified as a whole: each error says what it needs'
      : '"cassette dump" prints the rows before the damage; of a store of Cassette\'s "cassette salvage" gets out what checksums vouch for, on a node "nodetool scrub" what can be read';
  return `${rows}. Where there is a good copy, take that`;
}

/** Goes all the steps, and tells the share of each that is done. */
function lastOf(steps: Generator<number, SSTableVerdict, void>, told: (share: number) => void): SSTableVerdict {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    told(step.value);
  }
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
