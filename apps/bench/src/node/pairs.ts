import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Database, openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';
import { batchRows } from '../measure/workload.ts';
import { sensorRows } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';

/** Nothing is flushed or compacted before it is asked for, as in the node beside. */
const config = {
  memtableFlushThreshold: 2 ** 31,
  memtableHardLimit: 2 ** 32,
  flushOnClose: false,
  compaction: { enabled: false },
} as const;
const unlogged = { durability: { kind: 'disabled' } } as const;

interface Answer {
  readonly seconds: number;
  /** Of all components. */
  readonly bytes: number;
}

/**
 * Does what lines of standard input say, `OP COMPRESSION`, and answers each by a line: seconds and bytes on disk. The counterpart of
 * java/src/main/java/cassette/bench/Main.java, with the same rows and the same words.
 */
export async function answerSteps(count: number): Promise<void> {
  const rows = sensorRows(0, count).map(rowParams);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const [op, compression] = line.split(' ');
    const { seconds, bytes } = await step(op, compression, rows);
    say(`${seconds} ${bytes}`);
  }
}

async function step(op: string, compression: string, rows: readonly unknown[][]): Promise<Answer> {
  const act = steps[op];
  if (act === undefined) throw new Error(`There is no step ${op}`);
  const directory = mkdtempSync(join(tmpdir(), 'cassette-bench-pairs-'));
  try {
    const options = compression === 'none' ? "compression = {'enabled': 'false'}" : "compression = {'class': 'LZ4Compressor'}";
    const schema = `${keyspaceCql}; ${tableCql('readings', options)}`;
    const database = await openDatabase({ storage: new NodeStorage(directory), config, schema });
    const seconds = await act(database, rows);
    const sstables = database.stats().tables.find(({ table }) => table === 'readings')?.sstables ?? [];
    const bytes = sstables.reduce((sum, sstable) => sum + sstable.bytes, 0);
    const kept = sstables.reduce((sum, sstable) => sum + sstable.rows, 0);
    if (sstables.length !== 1 || kept !== rows.length) throw new Error(`${op} left ${sstables.length} SSTables, ${kept} rows`);
    await database.close();
    return { seconds, bytes };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const steps: Readonly<Record<string, (database: Database, rows: readonly unknown[][]) => Promise<number>>> = {
  /** Rows to an SSTable on disk, in the order in which they come: memtable without a log, then a flush. */
  async unsorted(database, rows) {
    const start = performance.now();
    await insert(database, rows);
    await database.flush();
    return (performance.now() - start) / 1000;
  },

  async flush(database, rows) {
    await insert(database, rows);
    const start = performance.now();
    await database.flush();
    return (performance.now() - start) / 1000;
  },

  async compact(database, rows) {
    for (let part = 0; part < 4; part++) {
      await insert(
        database,
        rows.filter((_, i) => i % 4 === part),
      );
      await database.flush();
    }
    const start = performance.now();
    const [stats] = await database.compact('bench.readings');
    const seconds = (performance.now() - start) / 1000;
    if (stats.inputs.length !== 4) throw new Error(`Not four SSTables but ${stats.inputs.length} were compacted`);
    return seconds;
  },
};

async function insert(database: Database, rows: readonly unknown[][]): Promise<void> {
  for (let from = 0; from < rows.length; from += batchRows) {
    await database.executeMany(insertCql('readings'), rows.slice(from, from + batchRows), unlogged);
  }
}
