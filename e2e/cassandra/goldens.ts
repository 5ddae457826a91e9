import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseScript } from './cql-script.ts';
import { Judge, type SSTableVersion } from './judge.ts';
import type { RowView } from './rows.ts';

/** A case that Apache Cassandra wrote: `schema.cql` and `script.cql` are its source, everything else was made from them. */
export interface Golden {
  readonly name: string;
  readonly version: SSTableVersion;
  /** Of this version: `sstables`, dump.json and, where they are others than nb's, rows.json. */
  readonly dir: string;
  readonly schemaCql: string;
  /** The schema that the script leaves behind: `schemaCql` and then every ALTER of the script. */
  readonly finalSchemaCql: string;
  /** Statements, with the directives of cql-script.ts. */
  readonly script: string;
  /** The folder of `<keyspace>/<table>/nb-1-big-Data.db` and so on. */
  readonly sstables: string;
}

/** `rows.json`: what SELECT answers after an import, while the clock stands at `now`. */
export interface GoldenRows {
  readonly now: number;
  /** By `keyspace.table`, in token order. */
  readonly tables: Readonly<Record<string, readonly RowView[]>>;
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'goldens');
const VERSIONS: readonly SSTableVersion[] = ['nb', 'oa', 'da'];
/** rows.json is read a little after the script's clock, so that short TTLs have run out. */
const SECONDS_LATER = 10;

/** The goldens of a version, by the folders that are there: a case is added by adding a folder with its two .cql files to nb. */
export function listGoldens(version: SSTableVersion = 'nb'): Golden[] {
  return caseNames()
    .filter((name) => versionsOf(name).includes(version))
    .map((name) => readGolden(name, version));
}

/** One golden by its name. All versions share the sources in nb. */
export function readGolden(name: string, version: SSTableVersion = 'nb'): Golden {
  const dir = join(FOLDER, version, name);
  const source = sourceText(name, 'script.cql');
  // What comes after such a line makes files of oa and da that Cassandra itself can't read.
  const script = version === 'nb' ? source : source.replaceAll(/^-- ONLY NB\n.*\n/gm, '');
  const schemaCql = sourceText(name, 'schema.cql');
  const changes = parseScript(script).flatMap((step) => ('cql' in step && /^ALTER\b/.test(step.cql) ? [`${step.cql};\n`] : []));
  const finalSchemaCql = schemaCql + changes.join('');
  return { name, version, dir, schemaCql, finalSchemaCql, script, sstables: join(dir, 'sstables') };
}

/** Why only Cassandra executes a golden's script (`-- FILES ONLY: why` is its first line); null if Cassette does too. */
export function filesOnly(golden: Golden): string | null {
  return /^-- FILES ONLY: (.*)$/m.exec(golden.script)?.[1] ?? null;
}

/** The rows of a golden's tables. */
export function goldenRows(golden: Golden): GoldenRows {
  const text =
    storedText(join(golden.dir, 'rows.json')) ?? storedText(join(FOLDER, sourceVersion(golden.name), golden.name, 'rows.json'));
  if (text === null) throw new Error(`${golden.name} has no rows.json`);
  return JSON.parse(text) as GoldenRows;
}

/** The text of a golden's `dump.json`: an object of sstabledump's arrays by Data.db path. */
export function goldenDump(golden: Golden): string {
  const text = storedText(join(golden.dir, 'dump.json'));
  if (text === null) throw new Error(`${golden.version}/${golden.name} has no dump.json`);
  return text;
}

function caseNames(): string[] {
  const names = VERSIONS.flatMap((version) => readdirSync(join(FOLDER, version))).filter((name) =>
    VERSIONS.some((version) => existsSync(join(FOLDER, version, name, 'script.cql'))),
  );
  return [...new Set(names)].sort();
}

/** The first version that a case is made in: its source lies there. */
function sourceVersion(name: string): SSTableVersion {
  const version = VERSIONS.find((one) => existsSync(join(FOLDER, one, name, 'script.cql')));
  if (version === undefined) throw new Error(`there is no golden ${name}`);
  return version;
}

function sourceText(name: string, file: string): string {
  return readFileSync(join(FOLDER, sourceVersion(name), name, file), 'utf8');
}

/** `-- VERSIONS oa da` in a script: it is made in those alone. */
function versionsOf(name: string): readonly SSTableVersion[] {
  const named = /^-- VERSIONS (.*)$/m.exec(sourceText(name, 'script.cql'))?.[1]?.split(' ');
  return VERSIONS.filter((version) => named === undefined || named.includes(version));
}

/** The text of a file that may lie there compressed; null if there is none. */
function storedText(path: string): string | null {
  if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Texts that are longer lie in the repository as `.gz`. */
const LONG_TEXT = 200_000;

async function storeText(path: string, text: string | null): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.gz`, { force: true });
  if (text === null) return;
  if (text.length > LONG_TEXT) await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
  else await writeFile(path, text);
}

/** Where a golden's rows are looked at: some seconds after its script's last CLOCK. */
export function goldenNow(golden: Golden): number {
  const clocks = parseScript(golden.script).flatMap((step) => ('clock' in step ? [step.clock] : []));
  const last = clocks.at(-1);
  if (last === undefined) throw new Error(`${golden.name}/script.cql sets no CLOCK`);
  return last + SECONDS_LATER;
}

/**
 * Makes the SSTables, dump.json and rows.json of goldens anew (all, or those named; of all versions, or those named), and has each
 * verified: a golden that Cassandra's own verification warns of is a failure of the harness.
 */
export async function makeGoldens(named: readonly string[] = []): Promise<void> {
  const versions = VERSIONS.filter((version) => named.includes(version));
  const names = named.filter((name) => !VERSIONS.some((version) => version === name));
  const judge = await Judge.start();
  try {
    for (const version of versions.length === 0 ? VERSIONS : versions) {
      for (const golden of listGoldens(version)) {
        if (names.length > 0 && !names.includes(golden.name)) continue;
        await makeGolden(judge, golden);
        console.log(`made ${version}/${golden.name}`);
      }
    }
  } finally {
    await judge.stop();
  }
}

async function makeGolden(judge: Judge, golden: Golden): Promise<void> {
  const { schemaCql, finalSchemaCql, script, sstables, version } = golden;
  const now = goldenNow(golden);
  await rm(golden.sstables, { recursive: true, force: true });
  await mkdir(sstables, { recursive: true });
  await judge.generate({ schemaCql, script, out: sstables, version });
  for (const verdict of await judge.verify({ schemaCql: finalSchemaCql, dir: sstables })) {
    if (!verdict.ok || verdict.warnings.length > 0) throw new Error(`${version}/${golden.name}: ${JSON.stringify(verdict)}`);
  }
  // As sstabledump does: names and types are the file's own, with columns that were dropped since.
  const dumps = await judge.dump({ dir: sstables, now });
  const dump = dumps.map(({ sstable, json }) => `${JSON.stringify(sstable)}: ${json.trim()}`).join(',\n');
  await storeText(join(golden.dir, 'dump.json'), `{\n${dump}\n}\n`);
  const tables = Object.entries(await judge.rows({ schemaCql: finalSchemaCql, dir: sstables, now, version }))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, rows]) => `${JSON.stringify(table)}: [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`);
  const text = `{\n"now": ${now},\n"tables": {\n${tables.join(',\n')}\n}}\n`;
  const source = sourceVersion(golden.name);
  const isSame = version !== source && text === storedText(join(FOLDER, source, golden.name, 'rows.json'));
  await storeText(join(golden.dir, 'rows.json'), isSame ? null : text);
}
