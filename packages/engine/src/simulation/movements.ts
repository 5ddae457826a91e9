import { bytesSource } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions } from '../export/index.ts';
import type { ImportFile } from '../import/index.ts';
import { type ExportedFiles, loadExports } from '../testing/load-exports.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import type { Chance } from './chance.ts';
import type { Fact } from './model/facts.ts';
import { RichTable } from './model/rich-table.ts';
import type { World } from './model/world.ts';
import { KEYSPACE, readStore } from './read-store.ts';
import type { SimulatedClock } from './simulated-time.ts';
import { createRich, MAIN, type Plan, type Workload } from './workload.ts';

// What goes into a store from another one, and out of it into others.

/** An import of what another store was given and exported; now and then a table comes with it that is not here. */
export async function importPlan(
  chance: Chance,
  clock: SimulatedClock,
  workload: Workload,
  world: World,
  name: string,
): Promise<Plan> {
  const hasTable = chance.is(0.4);
  const { added } = world.table(MAIN);
  const donor = await openDatabase({
    storage: new MemoryStorage(),
    scheduler: new TestScheduler(),
    clock,
    random: chance.random,
    schema: `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      ${createRich(MAIN, '')} ${added.map((column) => `ALTER TABLE ${KEYSPACE}.${MAIN} ADD ${column} int;`).join(' ')}
      ${hasTable ? createRich(name, '') : ''}`,
  });
  const facts: Fact[] = [];
  const others: Fact[] = [];
  const given = workload.donation(world);
  // Time may go on while they are carried out.
  const nowInSeconds = clock.seconds;
  for (const statement of given) {
    await donor.execute(statement.query, statement.params, { nowInSeconds });
    facts.push(...statement.facts);
    if (chance.is(0.3)) await donor.flush();
  }
  if (hasTable) {
    // Of the same columns, but for those that were added.
    const bare = world.withTable(MAIN, new RichTable());
    const more = workload.donation(bare);
    const moreInSeconds = clock.seconds;
    for (const { query, params, facts } of more) {
      const there = query.replaceAll(`${KEYSPACE}.${MAIN}`, `${KEYSPACE}.${name}`);
      await donor.execute(there, params, { nowInSeconds: moreInSeconds });
      others.push(...facts);
    }
  }
  const files = await exported(donor, { format: chance.pick(['nb', 'oa', 'da'] as const), compact: chance.is(0.5) });
  await donor.close();
  const source = [...files].map(([path, bytes]): ImportFile => ({ name: path, blob: bytesSource(bytes, path) }));
  return {
    kind: 'import',
    what: `an import of ${facts.length} facts${hasTable ? ` and of a table ${name} of ${others.length}` : ''}`,
    tables: hasTable ? [MAIN, name] : [MAIN],
    // Statements go on beside it; nothing that changes the table itself.
    isExclusive: false,
    apply: (before) => {
      const merged = before.withFacts(MAIN, facts);
      return hasTable ? merged.withTable(name, new RichTable()).withFacts(name, others) : merged;
    },
    run: (db) => db.import(source),
    isRepeatable: false,
  };
}

/** All files of an export. `pause` passes between them. */
export async function exported(
  db: Database,
  options: ExportOptions,
  pause: () => Promise<void> = async () => undefined,
  done: (id: string) => void = () => undefined,
): Promise<ExportedFiles> {
  const files = new Map<string, Uint8Array>();
  const report = await db.exportTo(options, {
    add: async (name, _size, content) => {
      const chunks: Uint8Array[] = [];
      for (const chunk of content) {
        chunks.push(chunk.slice());
        await pause();
      }
      files.set(name, Buffer.concat(chunks));
    },
    finish: async () => 0,
  });
  // On a full disk it may go well and be forgotten.
  if (report.remembered) done(report.id);
  return files;
}

/** What a store shows that has the SSTables of exports, side by side. */
export async function readExports(
  db: Database,
  exports: readonly ExportedFiles[],
  clock: SimulatedClock,
): Promise<Map<string, string>> {
  const loaded = await loadExports(db.schema, exports, clock);
  try {
    return await readStore(loaded, clock.seconds);
  } finally {
    await loaded.close();
  }
}
