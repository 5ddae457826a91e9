import { randomFillSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { parseStatements, QueryFileError, type Schema, type TableMetadata } from '@cassette/cql';
import { type ExportReport, type ImportFile, writtenExport } from '@cassette/engine';
import { checkReplaceable, exportFiles, exportWrittenFiles } from '../export-files.ts';
import { unlessInterrupted } from '../interrupt.ts';
import type { CsvFormat, LoadJob, LoadOutcome, LoadPart, RefusedRow } from '../load/load-job.ts';
import { quoted } from '../load/load-rows.ts';
import { runJobs } from '../load/run-threads.ts';
import { linesBefore, sizeOf } from '../load/text-chunks.ts';
import { withStore } from '../open-store.ts';
import { printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { readText } from '../read-text.ts';
import { schemaOfScript } from '../schema-of.ts';
import { tellWarning } from '../tell-error.ts';
import { importFile } from './import.ts';

/** Bytes of JSON lines that are worth a thread of their own. */
const THREAD_BYTES = 8 << 20;
/** Bytes of a memtable of each thread. */
const MEMTABLE_BYTES = 64 << 20;
const THREADS_MAX = 8;
/** Names that a thread has for SSTables of its own. */
const NUMBERS = 1_000_000;

interface LoadCommandOptions {
  readonly schema: string;
  readonly table?: string;
  readonly out: string;
  readonly format: 'nb' | 'oa' | 'da';
  readonly compact?: boolean;
  readonly input?: 'json' | 'csv';
  readonly columns?: readonly string[];
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly null: string;
  readonly timestamp?: number;
  readonly ttl?: number;
  readonly maxErrors: number;
  readonly threads?: number;
}

/**
 * `cassette load --schema S.cql --table ks.t --out DIR|X.zip DATA.ndjson|DATA.csv…|-`: rows in, SSTables out, with a load kit. Prints what was made as one
 * JSON object; rows that were refused, up to --max-errors, go to standard error.
 */
export async function load(files: readonly string[], options: LoadCommandOptions): Promise<void> {
  const out = resolve(options.out);
  checkReplaceable(out);
  const found = await tableOf(options);
  const { keyspace, name: table } = found.table;
  const format = options.input ?? formatOf(files);
  const csv = csvFormat(options);
  const sizes = files.map(sizeOf);
  const isWhole = sizes.every((size) => size !== null);
  const total = isWhole ? sizes.reduce((sum: number, size) => sum + (size ?? 0), 0) : null;
  const scratch = scratchBeside(out);
  const progress = new ProgressLine();
  const end = () => rmSync(scratch, { recursive: true, force: true });
  const undo = () => {
    end();
    rmSync(`${out}.part`, { recursive: true, force: true });
  };
  const loaded = async (): Promise<void> => {
    const threads = threadsFor(options, format, total);
    const split = partsOf(files, sizes, threads);
    const timestamp = options.timestamp ?? Date.now() * 1000 - (total ?? 0);
    const jobs = split.map(
      (parts, i): LoadJob => ({
        schema: found.statements,
        keyspace,
        table,
        dir: join(scratch, String(i)),
        madeDir: join(scratch, `made-${i}`),
        firstNumber: 1 + i * NUMBERS,
        version: options.format,
        format,
        csv,
        parts,
        timestamp,
        stamps: options.timestamp !== undefined ? 'same' : total === null ? 'by rows' : 'by bytes',
        ttl: options.ttl ?? null,
        errorsMax: options.maxErrors,
        memtableBytes: MEMTABLE_BYTES,
      }),
    );
    let read = 0;
    const outcome = await runJobs(jobs, (bytes) => {
      read += bytes;
      progress.show('loading', read, total);
    }).catch((error: unknown) => {
      progress.end();
      throw tooMany(error, options.maxErrors);
    });
    progress.end();
    checkErrors(outcome.refused, options.maxErrors);
    for (const row of outcome.refused) tellWarning(`left out: ${placeOf(row)}: ${row.reason}`);
    const report = await assemble(jobs, outcome, found, options, out, progress);
    const { id: _, since: __, remembered: ___, ...made } = report;
    const plain = { table: `${keyspace}.${table}`, rows: outcome.rows, refused: outcome.refused.length, ...made };
    await printJson(plain);
  };
  try {
    await unlessInterrupted(undo, loaded);
  } finally {
    progress.end();
    end();
  }
}

/** What the threads have made as one, given out. SSTables that all rows are in already are the export; else the stores of the threads become one. */
async function assemble(
  [first, ...others]: readonly LoadJob[],
  { rows, stored, made }: LoadOutcome,
  found: FoundTable,
  { format, compact = false }: LoadCommandOptions,
  out: string,
  progress: ProgressLine,
): Promise<ExportReport> {
  if (rows === 0)
    throw new CassetteError('NOTHING_LOADED', `There are no rows for ${first.keyspace}.${first.table}: nothing was written`);
  if (stored === 0 && !compact && !out.endsWith('.zip')) {
    const whole = writtenExport({ ...found, sstables: made, format, createdAt: Date.now(), randomBytes: randomFillSync });
    exportWrittenFiles(whole, out);
    return whole.report;
  }
  return withStore(first.dir, {}, async (database) => {
    const table = `${first.keyspace}.${first.table}`;
    for (const { dir } of others) {
      const files = sstableFilesOf(dir, `${first.keyspace}/${first.table}`);
      if (files.length > 0) await database.import(files, { table, verify: 'quick' });
    }
    const written = made.flatMap(({ files }) =>
      files.map(({ path }) => importFile(path, `${first.keyspace}/${first.table}/${basename(path)}`)),
    );
    if (made.length > 0) await database.import(written, { table, verify: 'quick' });
    return exportFiles(database, { format, compact, tables: [table] }, out, progress);
  });
}

/** The files of the SSTables of a store that has one table: there they are called `<id of the table>-nb-1-big-Data.db`. */
function sstableFilesOf(dir: string, folder: string): ImportFile[] {
  return readdirSync(dir).flatMap((name) => {
    const [, component] = /^[0-9a-f]{32}-(.+)$/.exec(name) ?? [];
    return component === undefined ? [] : [importFile(join(dir, name), `${folder}/${component}`)];
  });
}

/** The table that rows are for. */
interface FoundTable {
  readonly schema: Schema;
  readonly table: TableMetadata;
  /** What makes it, and its keyspace and types. */
  readonly statements: readonly string[];
}

/** The one table that rows are for, and the statements that make it. Throws QueryFileError, CassetteError NO_TABLE. */
async function tableOf({ schema: file, table: wanted }: LoadCommandOptions): Promise<FoundTable> {
  const text = readText(file);
  const statements = schemaStatements(file, text);
  const { schema } = await schemaOfScript(file, statements.map((statement) => `${statement};`).join('\n'), undefined);
  const tables = [...schema.keyspaces.values()].flatMap((keyspace) => [...keyspace.tables.values()]);
  const names = tables.map(String);
  const found = wanted === undefined ? tables : tables.filter((table) => String(table) === wanted || table.name === wanted);
  if (found.length !== 1) {
    const why = wanted === undefined ? 'say by --table which of its tables is meant' : `it has no table ${wanted}`;
    throw new CassetteError('NO_TABLE', `${file}: ${why} (${names.join(', ') || 'it has none'})`, { file });
  }
  const [table] = found;
  if (table.isCounter) {
    throw new CassetteError(
      'COUNTER_TABLE',
      `${table} counts: what its counters are is the work of nodes, and rows of a file would be counted anew by each load. UPDATE statements (exec) count`,
    );
  }
  return { schema, table, statements };
}

/** Those that make keyspaces, types and tables; a keyspace that no statement makes is made first. */
function schemaStatements(file: string, text: string): string[] {
  const made = new Set<string>();
  const statements: string[] = [];
  let current = 'cassette';
  try {
    for (const { statement, start, end } of parseStatements(text)) {
      let keyspace: string | null = null;
      if (statement.kind === 'use') current = statement.keyspace.name;
      else if (statement.kind === 'createKeyspace') made.add(statement.keyspace.name);
      else if (statement.kind === 'createTable' || statement.kind === 'alterTable')
        keyspace = statement.table.keyspace ?? current;
      else if (statement.kind === 'createType' || statement.kind === 'alterType') keyspace = statement.name.keyspace ?? current;
      // Views, indexes, functions and rows are not in the files of tables.
      else continue;
      if (keyspace !== null && !made.has(keyspace)) {
        made.add(keyspace);
        const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
        statements.push(`CREATE KEYSPACE IF NOT EXISTS ${quoted(keyspace)} WITH replication = ${replication}`);
      }
      statements.push(text.slice(start, end));
    }
  } catch (error) {
    throw QueryFileError.of(error, file, text, 0);
  }
  return statements;
}

function formatOf(files: readonly string[]): 'json' | 'csv' {
  const [kind, ...other] = new Set(
    files.map((file) => (/\.(?:nd|)json(?:l|)$/i.test(file) ? 'json' : /\.[ct]sv$/i.test(file) ? 'csv' : null)),
  );
  if (kind != null && other.length === 0) return kind;
  const what = other.length > 0 ? 'Files of several kinds' : files[0] === '-' ? 'Standard input' : `${files[0]}`;
  throw new CassetteError('USAGE', `${what}: say by --input json (one object a line) or --input csv what it is`);
}

function csvFormat({ columns, delimiter, quote, escape: escapeWith, null: nullText }: LoadCommandOptions): CsvFormat {
  return { delimiter: delimiter === '\\t' ? '\t' : delimiter, quote, escapeWith, nullText, columns: columns ?? null };
}

function threadsFor({ threads }: LoadCommandOptions, format: 'json' | 'csv', total: number | null): number {
  // A record of CSV may hold ends of lines, so that it can't be told where one begins in the middle of a file.
  if (format === 'csv' || total === null) return 1;
  return Math.max(1, Math.min(threads ?? Math.min(availableParallelism(), Math.ceil(total / THREAD_BYTES)), THREADS_MAX));
}

/** Files cut into about equal shares, one a thread. */
function partsOf(files: readonly string[], sizes: readonly (number | null)[], threads: number): LoadPart[][] {
  let before = 0;
  const shares: LoadPart[][] = Array.from({ length: threads }, () => []);
  const total = sizes.reduce((sum: number, size) => sum + (size ?? 0), 0);
  files.forEach((file, i) => {
    const size = sizes[i];
    for (const [n, share] of shares.entries()) {
      const from = Math.max(0, Math.floor((total * n) / threads) - before);
      const to = size === null || n === threads - 1 ? null : Math.floor((total * (n + 1)) / threads) - before;
      if ((to !== null && to <= from) || (size !== null && from >= size && size > 0)) continue;
      share.push({ file, from, to: to !== null && size !== null && to >= size ? null : to, before });
    }
    before += size ?? 0;
  });
  return shares.filter((share) => share.length > 0);
}

function scratchBeside(out: string): string {
  const parent = dirname(out);
  if (!existsSync(parent) || !statSync(parent).isDirectory()) {
    throw new CassetteError('CANNOT_WRITE', `${parent} is no directory: make it first`, { file: parent });
  }
  return mkdtempSync(join(parent, `.${basename(out)}.load-`));
}

function tooMany(error: unknown, max: number): unknown {
  if (!(error instanceof CassetteError) || error.code !== 'TOO_MANY_ERRORS') return error;
  return tooManyErrors(error.data['refused'] as RefusedRow[], max);
}

function checkErrors(refused: readonly RefusedRow[], max: number): void {
  if (refused.length > max) throw tooManyErrors(refused, max);
}

function tooManyErrors(refused: readonly RefusedRow[], max: number): CassetteError {
  const last = refused[refused.length - 1];
  const place = placeOf(last);
  if (max === 0)
    return new CassetteError('INVALID_ROW', `${place}: ${last.reason}. --max-errors lets such rows be left out`, { place });
  const all = refused.map((row) => `${placeOf(row)}: ${row.reason}`).join('\n');
  return new CassetteError('TOO_MANY_ERRORS', `More than ${max} rows were refused, nothing was written\n${all}`, { place });
}

function placeOf({ file, from, line, record }: RefusedRow): string {
  const where = file === '-' ? 'standard input' : file;
  if (line === null) return `${where}, row ${record}`;
  return `${where}:${(from === 0 ? 0 : linesBefore(file, from - 1) + 1) + line}`;
}
