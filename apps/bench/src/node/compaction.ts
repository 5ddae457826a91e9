// node dist/lib/node/compaction.js [ROWS]: how fast SSTables merge under Node, and how long a durable write takes meanwhile. JSON.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage, NodeStorage, type Storage } from '@cassette/storage';
import { sensorRows } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';

const SSTABLES = 4;

/** Nothing is compacted before the benchmark asks for it. */
const config = { compaction: { enabled: false } } as const;

/** A store with the rows in so many SSTables that overlap: each has every fourth row. */
async function filled(storage: Storage, rows: number, options: string): Promise<Database> {
  const database = await openDatabase({ storage, config, schema: `${keyspaceCql}; ${tableCql('readings', options)}` });
  const all = sensorRows(0, rows);
  for (let part = 0; part < SSTABLES; part++) {
    const own = all.filter((_, index) => index % SSTABLES === part).map(rowParams);
    await database.executeMany(insertCql('readings'), own);
    await database.flush();
  }
  return database;
}

/** One compaction of all: rows and megabytes (of the inputs, as stored) by second. */
async function measure(storage: Storage, rows: number, options: string) {
  const database = await filled(storage, rows, options);
  const [stats] = await database.compact('bench.readings');
  await database.close();
  const seconds = stats.milliseconds / 1000;
  return {
    rowsPerSecond: Math.round(stats.rowsMerged / seconds),
    megabytesPerSecond: Number((stats.bytesRead / 1e6 / seconds).toFixed(1)),
    megabytesRead: Number((stats.bytesRead / 1e6).toFixed(1)),
    megabytesWritten: Number((stats.bytesWritten / 1e6).toFixed(1)),
  };
}

/** Milliseconds of durable writes of one row each, one after the other, while `until` is pending. */
async function writeTimes(database: Database, until: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const ended = until.then(() => {
    isOver = true;
  });
  const times: number[] = [];
  for (const row of sensorRows(0, 100_000)) {
    if (isOver) break;
    const began = performance.now();
    await database.execute(insertCql('other'), rowParams(row));
    times.push(performance.now() - began);
  }
  await ended;
  return times.sort((a, b) => a - b);
}

function told(times: readonly number[]) {
  const at = (share: number) => Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2));
  return { writes: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Latencies of durable writes, in milliseconds: with nothing else going on, and beside a compaction. */
async function measureWrites(dir: string, rows: number) {
  const database = await filled(new NodeStorage(dir), rows, "compression = {'class': 'LZ4Compressor'}");
  await database.execute(tableCql('other'));
  await writeTimes(database, new Promise((resolve) => setTimeout(resolve, 500)));
  const idle = await writeTimes(database, new Promise((resolve) => setTimeout(resolve, 3000)));
  const busy = await writeTimes(database, database.compact('bench.readings'));
  await database.close();
  return { idle: told(idle), besideCompaction: told(busy) };
}

const rows = Number(process.argv[2] ?? 200_000);
const folder = mkdtempSync(join(tmpdir(), 'cassette-bench-compaction-'));
try {
  const lz4 = "compression = {'class': 'LZ4Compressor'}";
  const plain = "compression = {'enabled': 'false'}";
  await measure(new MemoryStorage(), rows / 10, lz4);
  const run = {
    rows,
    sstables: SSTABLES,
    'in memory, no compression': await measure(new MemoryStorage(), rows, plain),
    'in memory, LZ4': await measure(new MemoryStorage(), rows, lz4),
    'on disk, LZ4': await measure(new NodeStorage(join(folder, 'a')), rows, lz4),
    'milliseconds of a durable write': await measureWrites(join(folder, 'b'), rows),
  };
  process.stdout.write(`${JSON.stringify(run, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
