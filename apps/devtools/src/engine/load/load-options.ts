// What the load generator can be told, and the tables that it writes.

import { Durability } from '@cassette/client';

/** The compaction strategies to choose from, by what a table of each is called. */
export const strategies = {
  size_tiered: {
    title: 'Size-tiered',
    options: "{'class': 'SizeTieredCompactionStrategy', 'min_sstable_size': 1000000}",
  },
  leveled: { title: 'Leveled', options: "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 2}" },
  time_window: {
    title: 'Time window',
    options: "{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES', 'compaction_window_size': 1}",
  },
  unified: {
    title: 'Unified',
    options: "{'class': 'UnifiedCompactionStrategy', 'target_sstable_size': '4MiB', 'min_sstable_size': '1MiB'}",
  },
} as const;

/** One of {@link strategies}. */
export type Strategy = keyof typeof strategies;

/** How keys are chosen. */
export type KeyChoice = 'uniform' | 'zipf' | 'series';

/** When a write counts as done. */
export const durabilities = {
  sync: { title: 'each write synced', value: Durability.SyncEachWrite },
  periodic: { title: 'synced each second', value: Durability.Periodic(1000) },
  disabled: { title: 'no log', value: Durability.Disabled },
} as const;

/** One of {@link durabilities}. */
export type DurabilityChoice = keyof typeof durabilities;

/** All knobs. */
export interface LoadOptions {
  readonly strategy: Strategy;
  /** Calls under way at the same time. */
  readonly writers: number;
  /** Rows a second of all writers; 0: as many as go. */
  readonly rate: number;
  /** Characters of each row's text. */
  readonly rowSize: number;
  readonly keys: KeyChoice;
  /** How many keys there are; of no matter for `series`, in which each row is a new one. */
  readonly keyCount: number;
  /** Per cent of calls: UPDATE, DELETE, and INSERT USING TTL; the rest is INSERT. */
  readonly updates: number;
  readonly deletes: number;
  readonly expiring: number;
  /** Seconds. */
  readonly ttl: number;
  /** 1: each row by `execute`; more: so many by `executeMany`. */
  readonly rowsPerCall: number;
  readonly durability: DurabilityChoice;
  /** Readers beside, each of which reads one row after the other. */
  readonly readers: number;
  /** Ends by itself after so many minutes; 0: never. */
  readonly minutes: number;
}

/** What it does when nobody said otherwise. */
export const defaultLoad: LoadOptions = {
  strategy: 'size_tiered',
  writers: 4,
  rate: 0,
  rowSize: 200,
  keys: 'uniform',
  keyCount: 200_000,
  updates: 20,
  deletes: 5,
  expiring: 0,
  ttl: 600,
  rowsPerCall: 200,
  durability: 'sync',
  readers: 1,
  minutes: 2,
};

/** The least and the most of each number. */
export const limits = {
  writers: [1, 32],
  rate: [0, 1_000_000],
  rowSize: [1, 20_000],
  keyCount: [100, 1_000_000],
  updates: [0, 100],
  deletes: [0, 100],
  expiring: [0, 100],
  ttl: [5, 86_400],
  rowsPerCall: [1, 2000],
  readers: [0, 8],
  minutes: [0, 60],
} as const satisfies Partial<Record<keyof LoadOptions, readonly [number, number]>>;

/** A name of a number among the knobs. */
export type NumberKnob = keyof typeof limits;

/** The keyspace of all tables of the generator; nobody else's is called so. */
export const loadKeyspace = 'cassette_load';

/** A table's name with its keyspace. */
export function loadTable(strategy: Strategy): string {
  return `${loadKeyspace}.${strategy}`;
}

/** The statements that make a table where there is none. */
export function loadSchema(strategy: Strategy): readonly string[] {
  return [
    `CREATE KEYSPACE IF NOT EXISTS ${loadKeyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    `CREATE TABLE IF NOT EXISTS ${loadTable(strategy)} (part int, id int, version int, body text, PRIMARY KEY (part, id)) WITH compaction = ${strategies[strategy].options}`,
  ];
}

/** Rows of a partition. */
export const rowsOfPartition = 64;

/** The partition and the clustering of a key. */
export function placeOf(key: number): readonly [number, number] {
  return [Math.floor(key / rowsOfPartition), key % rowsOfPartition];
}
