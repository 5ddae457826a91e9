// Which SSTables each strategy compacts next, of random ones: Cassandra's own strategies are asked, and Cassette's policies.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CompactionOptions,
  flushShardsOf,
  mergePolicyOf,
  type PolicyContext,
  type SSTableFacts,
} from '../../packages/engine/src/merge-policy/index.ts';
import { seededRandom } from '../../packages/storage/src/testing/index.ts';
import { type Choice, type ChoiceCase, Judge } from './judge.ts';

const available = Judge.available();

/** CASSETTE_SEED=<n> makes other SSTables, CASSETTE_CHOICES=<n> more of them: so many sets a strategy. */
const seed = Number(process.env.CASSETTE_SEED ?? 1);
const count = Number(process.env.CASSETTE_CHOICES ?? 20);

type Sketch = ChoiceCase['sstables'][number];
type Below = (bound: number) => number;

const MIB = 1024 * 1024;

/** Tokens in parts of a million of the ring. */
function token(part: number): string {
  return String(-(2n ** 63n) + (BigInt(part) * 2n ** 64n) / 1_000_000n);
}

/** What isn't given is of level 0 and all over the ring; no two are of the same size or time, for of those Cassandra takes any. */
function sketch(n: number, given: { size: number; level?: number; seconds?: number; from?: number; to?: number }): Sketch {
  const { size, level = 0, seconds = 1_600_000_000 + n, from = n, to = 999_000 + n } = given;
  return { size: size + n, level, maxTimestamp: `${seconds}${String(100_000 + n)}`, first: token(from), last: token(to) };
}

function many(length: number, make: (n: number) => Sketch): Sketch[] {
  return Array.from({ length }, (_, n) => make(n));
}

/** By strategy: options and SSTables. */
const strategies: Readonly<
  Record<string, (below: Below) => { options: CompactionOptions; meanFlush?: number; sstables: Sketch[] }>
> = {
  SizeTieredCompactionStrategy: (below) => {
    const min = 2 + below(4);
    const bytes = below(3) === 0 ? 50_000 : 0;
    return {
      options: {
        min_threshold: `${min}`,
        max_threshold: `${min + below(6)}`,
        min_sstable_size: `${bytes}`,
        bucket_low: `0.${3 + below(6)}`,
        bucket_high: `1.${1 + below(8)}`,
      },
      sstables: many(below(24), (n) => sketch(n, { size: 1000 * Math.ceil(2 ** (below(80) / 10)) })),
    };
  },
  LeveledCompactionStrategy: (below) => {
    const fanout = 2 + below(4);
    const sstables = many(below(3) === 0 ? 30 + below(8) : below(8), (n) => {
      const from = below(900_000);
      return sketch(n, { size: 1000 + below(MIB), from, to: from + below(1_000_000 - from) });
    });
    for (let level = 1; level <= 4; level++) {
      const slots = 1 + below(2 * fanout ** level);
      const width = Math.floor(1_000_000 / slots);
      for (let slot = 0; slot < slots && sstables.length < 90; slot++) {
        if (below(4) === 0) continue;
        const from = slot * width + below(Math.ceil(width / 3));
        sstables.push(
          sketch(sstables.length, { size: MIB + below(40_000), level, from, to: from + below(Math.ceil(width / 2)) }),
        );
      }
    }
    return {
      options: { sstable_size_in_mb: '1', fanout_size: `${fanout}`, single_sstable_uplevel: below(2) === 0 ? 'true' : 'false' },
      sstables,
    };
  },
  TimeWindowCompactionStrategy: (below) => {
    const min = 2 + below(3);
    return {
      options: {
        min_threshold: `${min}`,
        max_threshold: `${min + below(3)}`,
        compaction_window_unit: ['MINUTES', 'HOURS', 'DAYS'][below(3)],
        compaction_window_size: `${1 + below(5)}`,
        timestamp_resolution: below(4) === 0 ? 'MILLISECONDS' : 'MICROSECONDS',
        min_sstable_size: `${below(2) * 20_000}`,
      },
      sstables: many(below(14), (n) =>
        sketch(n, { size: 1000 + below(60_000), seconds: 1_600_000_000 + below(20) * below(20_000) }),
      ),
    };
  },
  UnifiedCompactionStrategy: (below) => {
    const scaling = () => `${'TL'[below(2)]}${2 + below(6)}`;
    return {
      options: {
        scaling_parameters: below(3) === 0 ? `${scaling()}, N` : scaling(),
        overlap_inclusion_method: ['NONE', 'SINGLE', 'TRANSITIVE'][below(3)],
        max_sstables_to_compact: `${below(3) * below(12)}`,
        base_shard_count: `${1 + below(6)}`,
        min_sstable_size: `${below(3)}MiB`,
        target_sstable_size: `${4 + below(60)}MiB`,
        sstable_growth: ['0', '1', '0.333', '50%'][below(4)],
        ...(below(2) === 0 && { flush_size_override: `${1 + below(4)}MiB` }),
      },
      ...(below(3) > 0 && { meanFlush: 1000 * Math.ceil(2 ** (below(160) / 10)) }),
      // All have the middle of the ring, so that one group overlaps most: of equal ones Cassandra draws one.
      sstables: many(below(60), (n) =>
        sketch(n, { size: 10_000 * Math.ceil(2 ** (below(120) / 10)), from: below(480_000), to: 520_000 + below(480_000) }),
      ),
    };
  },
};

const nothing: PolicyContext = {
  nowInSeconds: 1_700_000_000,
  isWorthDroppingTombstones: () => false,
  droppableRatio: () => 0,
  fullyExpired: () => [],
};

function factsOf({ size, level, maxTimestamp, first, last }: Sketch, generation: number): SSTableFacts {
  const words = (text: string) => ({
    hi: Number(BigInt.asIntN(32, BigInt(text) >> 32n)),
    lo: Number(BigInt.asIntN(32, BigInt(text))),
  });
  const tokens = { firstToken: words(first), lastToken: words(last) };
  return { generation, level, dataBytes: size, bytes: size, maxTimestamp: BigInt(maxTimestamp), ...tokens };
}

/** What Cassette chooses. */
function choiceOf(options: CompactionOptions, sstables: readonly Sketch[], meanFlush?: number): Choice | null {
  const policy = mergePolicyOf(options);
  const flushed = { ...nothing, ...(meanFlush !== undefined && { meanFlush }) };
  // A node's strategy that is as old as its table, which began empty.
  policy.next([], nothing);
  const plan = policy.next(sstables.map(factsOf), flushed);
  if (plan === null) return null;
  const { inputs, level, outputShards, inPlace = false } = plan;
  const chosen = [...inputs].sort((a, b) => a - b);
  const split = outputShards !== undefined && { shards: outputShards, flushShards: flushShardsOf(options, meanFlush) };
  return { chosen, level, inPlace, ...split };
}

describe.skipIf(!available.ok)(available.ok ? 'what is compacted next' : `skipped: ${available.why}`, () => {
  let judge: Judge;

  beforeAll(async () => {
    judge = await Judge.start();
  });

  afterAll(async () => {
    await judge?.stop();
  });

  test.each(Object.keys(strategies))('%s', async (name) => {
    const random = seededRandom(seed);
    const drawn = Array.from({ length: count }, () => strategies[name]((bound) => Math.floor(random() * bound)));
    const cases = drawn.map(({ options, meanFlush, sstables }) => {
      const all = { class: name, ...options };
      const pairs = Object.entries(all).map(([option, value]) => `'${option}': '${value}'`);
      const flushed = meanFlush !== undefined && { meanFlush };
      return { options: all as CompactionOptions, given: { compaction: `{${pairs.join(', ')}}`, sstables, ...flushed } };
    });
    const theirs = await judge.choose(cases.map(({ given }) => given));
    cases.forEach(({ options, given }, i) => {
      const { sstables, meanFlush } = given;
      expect(choiceOf(options, sstables, meanFlush), JSON.stringify(given)).toEqual(theirs[i] === null ? null : theirs[i]);
    });
    // Else nothing was compared.
    expect(theirs.filter((choice) => choice !== null).length).toBeGreaterThanOrEqual(count / 5);
  });
});
