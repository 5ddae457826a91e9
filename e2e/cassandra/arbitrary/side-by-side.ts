import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Statistics, supportedVersions, type Version } from '@cassette/sstable';
import { readParts, sameRows, selectRows } from '../../../packages/engine/src/goldens/testing/select-rows.ts';
import {
  comparableFiles,
  dumpOf,
  generationsOf,
  type SSTablesOfStore,
  statisticsOf,
} from '../../../packages/engine/src/goldens/testing/sstable-files.ts';
import { StandingStore } from '../../../packages/engine/src/goldens/testing/standing-store.ts';
import type { ScriptStep } from '../cql-script.ts';
import type { Judge, SSTableVersion } from '../judge.ts';
import { type Difference, firstDifference, linesOf, readSSTables } from './differences.ts';
import { rewritten } from './rewritten.ts';

/** Statements that both engines execute. */
export interface SideBySide {
  readonly schemaCql: string;
  readonly steps: readonly ScriptStep[];
  /** Seconds: where rows are looked at. */
  readonly now: number;
  /** What Cassandra flushes, and what Cassette's SSTables are compared in and exported as; default nb, which its own store has. */
  readonly version?: SSTableVersion;
  /** `keyspace.table` of those with lists that are not frozen: their cell paths are time UUIDs, which each server makes up. */
  readonly withLists?: ReadonlySet<string>;
}

/** How much was compared. */
export interface SideBySideCounts {
  tables: number;
  statements: number;
  sstables: number;
  rows: number;
}

/** The script as text, directives in comment lines. */
export function scriptText(steps: readonly ScriptStep[]): string {
  const line = (step: ScriptStep): string => {
    if ('cql' in step) return `${step.cql};`;
    if ('clock' in step) return `-- CLOCK ${step.clock}`;
    if ('flush' in step) return `-- FLUSH ${step.flush}`;
    if ('compact' in step) return `-- COMPACT ${step.compact}`;
    throw new Error(`random scripts have no step ${JSON.stringify(step)}`);
  };
  return `${steps.map(line).join('\n')}\n`;
}

/**
 * Has Cassandra and Cassette execute the same statements and compares all they made of them: every component of every SSTable, byte by
 * byte; Cassandra's own SSTables, read and written again by Cassette; Cassandra's verdict on Cassette's SSTables, merged by the export
 * and not; the rows of both after an import of the export; and what each reads in Cassandra's files.
 */
export async function sideBySide(
  judge: Judge,
  job: SideBySide,
  scratch: string,
  counts: SideBySideCounts,
): Promise<Difference[]> {
  const work = await mkdtemp(join(scratch, 'side-by-side-'));
  try {
    return await new Comparison(judge, job, work, counts).run();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** An export in a folder, and how many SSTables it has. */
interface Exported {
  readonly dir: string;
  readonly sstables: number;
}

/** The schema at the end of a script, as statements: columns that were dropped are known to it. */
export function schemaAfter(schemaCql: string, steps: readonly ScriptStep[]): string {
  const altered = steps.flatMap((step) => ('cql' in step && step.cql.startsWith('ALTER ') ? [`${step.cql};\n`] : []));
  return schemaCql + altered.join('');
}

class Comparison {
  readonly #judge: Judge;
  /** What the judge looks at SSTables with. */
  readonly #schemaCql: string;
  readonly #job: SideBySide;
  readonly #work: string;
  readonly #counts: SideBySideCounts;
  readonly #found: Difference[] = [];
  readonly #format: SSTableVersion;
  readonly #version: Version;

  constructor(judge: Judge, job: SideBySide, work: string, counts: SideBySideCounts) {
    this.#judge = judge;
    this.#job = job;
    this.#schemaCql = schemaAfter(job.schemaCql, job.steps);
    this.#work = work;
    this.#counts = counts;
    this.#format = job.version ?? 'nb';
    this.#version = supportedVersions.get(this.#format)!;
  }

  async run(): Promise<Difference[]> {
    const { schemaCql, steps } = this.#job;
    const theirDir = join(this.#work, 'cassandra');
    await mkdir(theirDir);
    await this.#judge.generate({ schemaCql, script: scriptText(steps), out: theirDir, version: this.#format });
    const theirs = await readSSTables(theirDir, this.#version);
    const store = await StandingStore.open(schemaCql, this.#job.now);
    await store.run(steps);
    const { schema } = store.database;
    const flushed = await store.sstables();
    const ours = this.#format === 'nb' ? flushed : rewritten(flushed, schema, supportedVersions.get('nb')!, this.#version);
    this.#counts.tables += theirs.size;
    for (const all of theirs.values()) this.#counts.sstables += all.size;
    this.#counts.statements += steps.filter((step) => 'cql' in step).length;
    this.#compareFiles(inOrder(ours), inOrder(theirs), '', this.#job.withLists);
    this.#compareFiles(rewritten(theirs, schema, this.#version, this.#version), theirs, ' of Cassandra, written again');
    await this.#compareDumps(theirs, theirDir);
    await store.reopen();
    await this.#verify('as flushed', await this.#exported(store, false));
    const merged = await this.#exported(store, true);
    await this.#verify('merged', merged);
    await this.#compareRows(store, merged.dir, theirDir);
    await store.close();
    return this.#found;
  }

  #differ(table: string | null, what: string): void {
    this.#found.push({ table, what });
  }

  /** `madeUp`: tables whose cell paths are not compared. */
  #compareFiles(
    ours: SSTablesOfStore,
    theirs: SSTablesOfStore,
    kind: string,
    madeUp: ReadonlySet<string> = new Set<string>(),
  ): void {
    const version = this.#version;
    const { now } = this.#job;
    const [own, wanted] = [generationsOf(ours), generationsOf(theirs)];
    for (const line of wanted) if (!own.includes(line)) this.#differ(line.split(':')[0], `Cassandra has the SSTables ${line}`);
    for (const line of own) if (!wanted.includes(line)) this.#differ(line.split(':')[0], `Cassette has the SSTables ${line}`);
    for (const [table, all] of theirs) {
      for (const [generation, files] of all) {
        const mine = ours.get(table)?.get(generation);
        if (mine === undefined) continue;
        const node = statisticsOf(files, version);
        if (madeUp.has(table)) {
          const [own, theirs] = [mine, files].map((one) =>
            dumpOf(one, now, version).replace(pathsMadeUp, '"path" : [ "a time UUID" ]'),
          );
          const difference = firstDifference(own, theirs);
          if (difference !== '')
            this.#differ(table, `${version.name}-${generation}: dumps, but for cell paths, differ${difference}`);
          continue;
        }
        const [a, b] = [comparableFiles(mine, node, version), comparableFiles(files, node, version)];
        const components = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
        if (components.length === 0) continue;
        const told = components.includes('Data.db')
          ? firstDifference(dumpOf(mine, now, version), dumpOf(files, now, version)) ||
            firstDifference(a['Data.db'], b['Data.db'])
          : firstDifference(statisticsText(statisticsOf(mine, version)), statisticsText(node));
        this.#differ(table, `${version.name}-${generation}${kind}: ${components.join(', ')} differ${told}`);
      }
    }
  }

  /** Cassandra's own files, read here and by sstabledump. */
  async #compareDumps(theirs: SSTablesOfStore, dir: string): Promise<void> {
    const { now } = this.#job;
    for (const { sstable, json } of await this.#judge.dump({ dir, now })) {
      const [keyspace, table, name] = sstable.split('/');
      const files = theirs.get(`${keyspace}.${table}`)?.get(Number(name.split('-')[1]));
      const own = files === undefined ? '' : dumpOf(files, now, this.#version);
      if (own.trim() !== json.trim()) this.#differ(`${keyspace}.${table}`, `dump of ${name}${firstDifference(own, json)}`);
    }
  }

  async #exported(store: StandingStore, compact: boolean): Promise<Exported> {
    const dir = join(this.#work, compact ? 'merged' : 'flushed');
    await mkdir(dir);
    const { sstables } = await store.database.exportTo(
      { compact, format: this.#format },
      {
        add: async (name, _size, content) => {
          await mkdir(dirname(join(dir, name)), { recursive: true });
          const parts: Uint8Array[] = [];
          for (const chunk of content) parts.push(chunk.slice());
          await writeFile(join(dir, name), Buffer.concat(parts));
        },
        finish: async () => 0,
      },
    );
    return { dir, sstables: sstables.length };
  }

  async #verify(kind: string, { dir, sstables }: Exported): Promise<void> {
    const verdicts = await this.#judge.verify({ schemaCql: this.#schemaCql, dir });
    if (verdicts.length !== sstables) this.#differ(null, `${verdicts.length} SSTables verified of ${sstables}, ${kind}`);
    for (const { sstable, ok, errors, warnings } of verdicts) {
      if (ok && errors.length === 0 && warnings.length === 0) continue;
      const [keyspace, table] = sstable.split('/');
      const wasDropped = this.#schemaCql.includes(`ALTER TABLE ${table} DROP `);
      const said = [...errors, ...warnings].filter((one) => !(wasDropped && ofDropped.some((pattern) => pattern.test(one))));
      if (said.length > 0) this.#differ(`${keyspace}.${table}`, `${sstable}, ${kind}: ${said.join('; ')}`);
    }
  }

  /**
   * Rows with write times and TTLs: of Cassandra's own files, of Cassandra after an import of the export, and of Cassette, from
   * SSTables and from memtables, all at once and in parts.
   */
  async #compareRows(store: StandingStore, merged: string, theirDir: string): Promise<void> {
    const { schemaCql, now } = this.#job;
    // A node in its default configuration, which writes nb, reads da too, and passes over oa.
    const version = this.#format === 'oa' ? 'oa' : 'nb';
    const imported = await this.#judge.rows({ schemaCql: this.#schemaCql, dir: merged, now, version });
    const wanted = await this.#judge.rows({ schemaCql: this.#schemaCql, dir: theirDir, now, version });
    const { database } = store;
    const unflushed = await StandingStore.open(schemaCql, now);
    await unflushed.run(this.#job.steps, 'never');
    for (const table of database.schema.tables) {
      const name = table.toString();
      const rows = wanted[name] ?? [];
      this.#counts.rows += rows.length;
      const all = await selectRows(database, table, now);
      const selected = sameRows(all, rows);
      const inMemory = sameRows(await selectRows(unflushed.database, table, now), rows);
      for (const [what, own] of [
        ['selected here', selected],
        ['selected here from memtables', inMemory],
        ['imported from the export', imported[name] ?? []],
      ] as const) {
        const difference = firstDifference(linesOf(own), linesOf(rows));
        if (difference !== '') this.#differ(name, `rows ${what}${difference}`);
      }
      const parts = await readParts(database, table, now, all);
      for (const { cql, answered, due } of [...parts, ...(await readParts(unflushed.database, table, now, all))]) {
        const difference = firstDifference(linesOf(answered), linesOf(due));
        if (difference !== '') this.#differ(name, `rows of${cql}, beside those of SELECT without WHERE${difference}`);
      }
    }
    await unflushed.close();
  }
}

/**
 * What is said of Cassandra's own files where a column was dropped, or dropped and added again: partitions of nothing but its cells, and
 * its user types, which the schema keeps as tuples.
 */
const ofDropped = [/^scan: partition \S+ holds nothing$/, /^schema: column .* (was|is) .*UserType/];

/** Cell paths of lists, in a dump. */
const pathsMadeUp = /"path" : \[ "[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}" \]/g;

/** SSTables numbered as they came: Cassandra uses a number up for a flush that finds nothing to write (`SET s = s + {}`). */
function inOrder(sstables: SSTablesOfStore): SSTablesOfStore {
  return new Map(
    [...sstables].map(([table, all]) => {
      const ascending = [...all].sort(([a], [b]) => a - b);
      return [table, new Map(ascending.map(([, files], index) => [index + 1, files]))];
    }),
  );
}

/** Statistics to look at, a line each, without the node's own. */
function statisticsText({ stats, header, validation }: Statistics): string {
  const { commitLogIntervals: _, originatingHostId: __, ...own } = stats;
  const plain = (_: string, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
  };
  return Object.entries({ ...own, ...header, ...validation })
    .map(([name, value]) => `${name} ${JSON.stringify(value, plain)}`)
    .join('\n');
}
