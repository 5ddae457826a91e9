import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  const entries = readdirSync(join(FOLDER, version), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => readGolden(name, version)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One golden by its name. All versions share the sources in nb. */
export function readGolden(name: string, version: SSTableVersion = 'nb'): Golden {
  const dir = join(FOLDER, version, name);
  const text = (file: string): string => readFileSync(join(FOLDER, 'nb', name, file), 'utf8');
  // What comes after such a line makes files of oa and da that Cassandra itself can't read.
  const script = version === 'nb' ? text('script.cql') : text('script.cql').replaceAll(/^-- ONLY NB\n.*\n/gm, '');
  return { name, version, dir, schemaCql: text('schema.cql'), script, sstables: join(dir, 'sstables') };
}

/** The rows of a golden's tables. */
export function goldenRows(golden: Golden): GoldenRows {
  const own = join(golden.dir, 'rows.json');
  return JSON.parse(readFileSync(existsSync(own) ? own : join(FOLDER, 'nb', golden.name, 'rows.json'), 'utf8')) as GoldenRows;
}

/** The text of a golden's `dump.json`: an object of sstabledump's arrays by Data.db path. */
export function goldenDump(golden: Golden): string {
  return readFileSync(join(golden.dir, 'dump.json'), 'utf8');
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
 * verified: a golden that Cassandra's own verification warns of is a failure of the harness. Cases of compression are made in nb alone:
 * chunks are the same in every version.
 */
export async function makeGoldens(named: readonly string[] = []): Promise<void> {
  const versions = VERSIONS.filter((version) => named.includes(version));
  const names = named.filter((name) => !VERSIONS.some((version) => version === name));
  const judge = await Judge.start();
  try {
    for (const version of versions.length === 0 ? VERSIONS : versions) {
      for (const { name } of listGoldens()) {
        if (version !== 'nb' && name.startsWith('compression')) continue;
        if (names.length > 0 && !names.includes(name)) continue;
        await makeGolden(judge, readGolden(name, version));
        console.log(`made ${version}/${name}`);
      }
    }
  } finally {
    await judge.stop();
  }
}

async function makeGolden(judge: Judge, golden: Golden): Promise<void> {
  const { schemaCql, script, sstables, version } = golden;
  const now = goldenNow(golden);
  await rm(golden.sstables, { recursive: true, force: true });
  await mkdir(sstables, { recursive: true });
  await judge.generate({ schemaCql, script, out: sstables, version });
  for (const verdict of await judge.verify({ schemaCql, dir: sstables })) {
    if (!verdict.ok || verdict.warnings.length > 0) throw new Error(`${version}/${golden.name}: ${JSON.stringify(verdict)}`);
  }
  const dumps = await judge.dump({ schemaCql, dir: sstables, now });
  const dump = dumps.map(({ sstable, json }) => `${JSON.stringify(sstable)}: ${json.trim()}`).join(',\n');
  await writeFile(join(golden.dir, 'dump.json'), `{\n${dump}\n}\n`);
  const tables = Object.entries(await judge.rows({ schemaCql, dir: sstables, now, version }))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, rows]) => `${JSON.stringify(table)}: [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`);
  const text = `{\n"now": ${now},\n"tables": {\n${tables.join(',\n')}\n}}\n`;
  const rows = join(golden.dir, 'rows.json');
  if (version !== 'nb' && text === readFileSync(join(FOLDER, 'nb', golden.name, 'rows.json'), 'utf8')) {
    await rm(rows, { force: true });
  } else await writeFile(rows, text);
}
