import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScript } from './cql-script.ts';
import { Judge } from './judge.ts';
import type { RowView } from './rows.ts';

/** A case that Apache Cassandra wrote: `schema.cql` and `script.cql` are its source, everything else was made from them. */
export interface Golden {
  readonly name: string;
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

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'goldens', 'nb');
/** rows.json is read a little after the script's clock, so that short TTLs have run out. */
const SECONDS_LATER = 10;

/** Every golden, by the folders that are there: a case is added by adding a folder with its two .cql files. */
export function listGoldens(): Golden[] {
  const entries = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => readGolden(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One golden by its name. */
export function readGolden(name: string): Golden {
  const dir = join(FOLDER, name);
  const text = (file: string): string => readFileSync(join(dir, file), 'utf8');
  return { name, dir, schemaCql: text('schema.cql'), script: text('script.cql'), sstables: join(dir, 'sstables') };
}

/** The rows of a golden's tables. */
export function goldenRows(golden: Golden): GoldenRows {
  return JSON.parse(readFileSync(join(golden.dir, 'rows.json'), 'utf8')) as GoldenRows;
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
 * Makes the SSTables, dump.json and rows.json of goldens anew (all, or those named), and has each verified: a golden that Cassandra's own
 * verification warns of is a failure of the harness.
 */
export async function makeGoldens(names: readonly string[] = []): Promise<void> {
  const judge = await Judge.start();
  try {
    for (const golden of listGoldens().filter(({ name }) => names.length === 0 || names.includes(name))) {
      await makeGolden(judge, golden);
      console.log(`made ${golden.name}`);
    }
  } finally {
    await judge.stop();
  }
}

async function makeGolden(judge: Judge, golden: Golden): Promise<void> {
  const { schemaCql, script, sstables } = golden;
  const now = goldenNow(golden);
  await rm(sstables, { recursive: true, force: true });
  await mkdir(sstables);
  await judge.generate({ schemaCql, script, out: sstables });
  for (const verdict of await judge.verify({ schemaCql, dir: sstables })) {
    if (!verdict.ok || verdict.warnings.length > 0) throw new Error(`${golden.name}: ${JSON.stringify(verdict)}`);
  }
  const dumps = await judge.dump({ schemaCql, dir: sstables, now });
  const dump = dumps.map(({ sstable, json }) => `${JSON.stringify(sstable)}: ${json.trim()}`).join(',\n');
  await writeFile(join(golden.dir, 'dump.json'), `{\n${dump}\n}\n`);
  const tables = Object.entries(await judge.rows({ schemaCql, dir: sstables, now }))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, rows]) => `${JSON.stringify(table)}: [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`);
  await writeFile(join(golden.dir, 'rows.json'), `{\n"now": ${now},\n"tables": {\n${tables.join(',\n')}\n}}\n`);
}
