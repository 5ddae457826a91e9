// The same statements in stores with other options, flushed, compacted, restarted, moved by an export and by an import of one at other
// moments, with pages of other sizes: the same answers.
//
//   CASSETTE_METAMORPHIC_SEED=…  the seed, which every run prints; by default another one each time
//   CASSETTE_METAMORPHIC_RUNS=…  how many random scripts (default 8)

import { UnwritableDeletionError } from '@cassette/sstable';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference } from '../../../../e2e/cassandra/differential/compare.ts';
import { randomScript } from '../../../../e2e/cassandra/differential/random/random-script.ts';
import type { SessionAnswer, SessionStep } from '../../../../e2e/cassandra/session.ts';
import { Durability, type WriteEngineConfig } from '../config/index.ts';
import { Life } from './testing/life.ts';

const seed = Number(process.env['CASSETTE_METAMORPHIC_SEED'] ?? Math.floor(Math.random() * 0x7fffffff));
const numRuns = Number(process.env['CASSETTE_METAMORPHIC_RUNS'] ?? 8);
const STATEMENTS = 120;
const KEYSPACE = 'k';

/** What one store does that another does not. */
interface Fate {
  readonly config: Partial<WriteEngineConfig>;
  /** WITH of an ALTER TABLE after each CREATE TABLE. */
  readonly options: readonly string[];
  /** What happens after statements: by their number, modulo the length. */
  readonly events: readonly Event[];
  /** Rows of a page, of answers that are read page by page to their end. */
  readonly page: number;
}

type Event =
  | 'nothing'
  | 'flush'
  | 'compact'
  | 'maintenance'
  | 'restart'
  | `${'export' | 'import'} ${'nb' | 'oa' | 'da'} ${'merged' | 'as it is'}`;

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 60, arbitrary: fc.constant<Event>('nothing') },
  { weight: 8, arbitrary: fc.constant<Event>('flush') },
  { weight: 3, arbitrary: fc.constantFrom<Event>('compact', 'maintenance', 'restart') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('export', 'import'), fc.constantFrom('nb', 'oa', 'da'), fc.constantFrom('merged', 'as it is'))
      .map(([way, format, how]) => `${way} ${format} ${how}` as Event),
  },
);

const options = fc
  .record({
    compression: fc.constantFrom(
      "{'enabled': false}",
      "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
      "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 64, 'lz4_compressor_type': 'high'}",
      "{'class': 'SnappyCompressor', 'chunk_length_in_kb': 16}",
      "{'class': 'DeflateCompressor', 'chunk_length_in_kb': 8}",
      "{'class': 'ZstdCompressor', 'chunk_length_in_kb': 32, 'min_compress_ratio': 1.1}",
      "{'class': 'NoopCompressor', 'chunk_length_in_kb': 16}",
    ),
    bloom_filter_fp_chance: fc.constantFrom('0.0001', '0.01', '0.5', '1.0'),
    crc_check_chance: fc.constantFrom('0.0', '0.5', '1.0'),
    compaction: fc.constantFrom(
      "{'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2}",
      "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1}",
      "{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES'}",
      "{'class': 'UnifiedCompactionStrategy', 'min_sstable_size': '0B', 'base_shard_count': 2}",
    ),
  })
  .map((all) => Object.entries(all).map(([name, value]) => `${name} = ${value}`));

const fate: fc.Arbitrary<Fate> = fc.record({
  config: fc.record({
    memtableFlushThreshold: fc.constantFrom(1, 4096, 65_536, 16 * 1024 * 1024),
    walSegmentSizeMax: fc.constantFrom(4096, 64 * 1024 * 1024),
    // With 0 others have their turn wherever they may.
    sliceMilliseconds: fc.constantFrom(0, 8),
    durability: fc.constantFrom(Durability.SyncEachWrite, Durability.Periodic(1), Durability.Disabled),
    flushOnClose: fc.boolean(),
    compaction: fc.record({ enabled: fc.boolean() }),
  }),
  options,
  events: fc.array(events, { minLength: 5, maxLength: 60 }),
  page: fc.constantFrom(1, 2, 3, 10, 5000),
});

/** What is not the same by nature: the text of options, and how a statement's error is worded. */
function comparable(step: SessionStep, answer: SessionAnswer): SessionAnswer {
  if ('cql' in step && /^DESC/i.test(step.cql)) return {};
  return answer;
}

async function befall(life: Life, event: Event): Promise<void> {
  switch (event) {
    case 'nothing':
      return;
    case 'flush':
      return life.database.flush();
    case 'compact':
      await life.database.compact();
      return;
    case 'maintenance':
      await life.database.maintenanceStep(1000);
      return;
    case 'restart':
      return life.restart(KEYSPACE);
    default: {
      const [way, format] = event.split(' ') as [string, 'nb' | 'oa' | 'da'];
      const merged = event.endsWith('merged');
      const move = way === 'import' ? life.moveByImport(format, merged, KEYSPACE) : life.moveIntoExport(format, merged, KEYSPACE);
      return move.catch((error: unknown) => {
        // Deletions of negative timestamps can't go into oa and da: then there is no export, and the store is as it was.
        if (!(error instanceof UnwritableDeletionError)) throw error;
      });
    }
  }
}

/** A step as it is asked in pages of another size, where all of them are read. */
function paged(step: SessionStep, page: number): SessionStep {
  return 'cql' in step && step.page !== undefined && step.first !== true ? { ...step, page } : step;
}

async function live(
  steps: readonly SessionStep[],
  { config, options: altered, events: all, page }: Fate,
): Promise<SessionAnswer[]> {
  const life = await Life.begin(config);
  const answers: SessionAnswer[] = [];
  for (const [index, step] of steps.entries()) {
    answers.push(comparable(step, await life.step(paged(step, page))));
    const [, table] = ('cql' in step ? /^CREATE TABLE (\w+) \(/.exec(step.cql) : null) ?? [];
    // Some are refused.
    if (table !== undefined && altered.length > 0 && life.database.schema.table(KEYSPACE, table) !== undefined)
      await life.database.execute(`ALTER TABLE ${table} WITH ${altered.join(' AND ')}`);
    // Only between statements: before the tables are there nothing can happen to them.
    if (index > 8) await befall(life, all[index % all.length]);
  }
  await life.end();
  return answers;
}

/**
 * The script without expiry, but where timestamps only grow: what has expired is a tombstone once it was compacted, and then it wins ties
 * against what is written later, as in Cassandra.
 */
function withoutExpiry(steps: readonly SessionStep[]): readonly SessionStep[] {
  if (steps.some((step) => 'cql' in step && step.cql.includes('gc_grace_seconds = 0'))) return steps;
  return steps.map((step) =>
    'cql' in step
      ? {
          ...step,
          cql: step.cql
            .replaceAll(/\bTTL \d+/g, 'TTL 100000000')
            .replaceAll(/default_time_to_live = \d+/g, 'default_time_to_live = 0'),
        }
      : step,
  );
}

/**
 * The script without columns that are added after one was dropped, which may be that one again: a store that imported an export of another
 * knows nothing of that one's drops, and which cells they hide then depends on timestamps.
 */
function droppedForGood(steps: readonly SessionStep[]): readonly SessionStep[] {
  const first = steps.findIndex((step) => 'cql' in step && /^ALTER TABLE .*\bDROP\b/.test(step.cql));
  return first < 0 ? steps : steps.filter((step, n) => n < first || !('cql' in step && /^ALTER TABLE .*\bADD\b/.test(step.cql)));
}

/**
 * The script with counters that are never deleted: a deletion takes all increments that meet it, later ones too, until one of a whole row or
 * partition takes it away where it is merged with that, on disk and not in memory. In Cassandra too, which says not to count on.
 */
function withoutDeletedCounters(steps: readonly SessionStep[]): readonly SessionStep[] {
  const counts = steps.some((step) => 'cql' in step && /^CREATE TABLE .* counter\b/.test(step.cql));
  return counts ? steps.filter((step) => !('cql' in step && /\bDELETE\b/i.test(step.cql))) : steps;
}

const plain: Fate = { config: {}, options: [], events: ['nothing'], page: 100 };

/** Everything, from the first partition to the last. */
const everything: readonly SessionStep[] = ['t0', 't1'].map((table) => ({ cql: `SELECT * FROM ${table}`, page: 100 }));

test('the answers do not tell what became of a store', { timeout: Math.max(120_000, numRuns * 5000) }, async () => {
  console.log(`metamorphic: CASSETTE_METAMORPHIC_SEED=${seed}, ${numRuns} scripts of ${STATEMENTS} statements`);
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 0x7fffffff }), fate, async (script, other) => {
    const steps = [...withoutDeletedCounters(droppedForGood(withoutExpiry(randomScript(script, STATEMENTS)))), ...everything];
    const [expected, answered] = [await live(steps, plain), await live(steps, other)];
    for (const [index, answer] of answered.entries()) {
      const what = difference(answer, expected[index]);
      expect(what === null ? null : `step ${index}, ${JSON.stringify(steps[index])}: ${what}`).toBeNull();
    }
  });
  await fc.assert(property, { numRuns, seed, endOnFailure: true });
});
