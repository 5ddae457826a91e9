import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, Durability, openDatabase, type WriteEngineConfig } from '@cassette/engine';
import { MemoryStorage, NodeStorage, type Storage } from '@cassette/storage';
import { batchRows } from '../measure/workload.ts';
import { type SensorRow, sensorRows } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';
import type { NodeFigure, NodeRun } from './node-run.ts';

/** Nothing is flushed before the benchmark asks for it. */
const roomy: Partial<WriteEngineConfig> = {
  memtableFlushThreshold: 2 ** 31,
  memtableHardLimit: 2 ** 32,
  walSegmentSizeMax: 2 ** 31,
  flushOnClose: false,
};

const tables = {
  'nb, no compression': "compression = {'enabled': 'false'}",
  'nb, LZ4': "compression = {'class': 'LZ4Compressor'}",
} as const;

/** Gathers figures by name, in the order in which they first come. */
class Figures {
  private readonly byName = new Map<string, { rows: number[]; megabytes: number[] }>();

  add(name: string, rows: number, milliseconds: number, bytes?: number): void {
    const figure = this.byName.get(name) ?? { rows: [], megabytes: [] };
    this.byName.set(name, figure);
    figure.rows.push((rows / milliseconds) * 1000);
    if (bytes !== undefined) figure.megabytes.push(bytes / 1000 / milliseconds);
  }

  list(): NodeFigure[] {
    return [...this.byName].map(([name, { rows, megabytes }]) => ({
      name,
      rowsPerSecond: rows,
      megabytesPerSecond: megabytes.length > 0 ? megabytes : null,
    }));
  }
}

/** Measures the engine under Node: `rounds` times after one round that warms up with a tenth of the rows. */
export async function measureEngine(rounds: number, rows: number, tell: (line: string) => void): Promise<NodeRun> {
  const all = sensorRows(0, rows);
  const bytesPerRow: Record<string, number> = {};
  const figures = new Figures();
  for (let round = 0; round <= rounds; round++) {
    tell(round === 0 ? 'Node: warming up' : `Node: round ${round} of ${rounds}`);
    const into = round === 0 ? new Figures() : figures;
    const part = round === 0 ? all.slice(0, rows / 10) : all;
    await ingestOnly(part, into);
    let uncompressed = 0;
    for (const [name, options] of Object.entries(tables)) {
      const sizes = await wholeLife(name, options, part, into, uncompressed);
      uncompressed ||= sizes.data;
      bytesPerRow[name] = sizes.all / part.length;
    }
  }
  return { node: process.version, rounds, rows, figures: figures.list(), bytesPerRow };
}

async function ingest(database: Database, params: readonly unknown[][]): Promise<number> {
  const start = performance.now();
  const insert = insertCql('readings');
  for (let from = 0; from < params.length; from += batchRows) {
    await database.executeMany(insert, params.slice(from, from + batchRows));
  }
  return performance.now() - start;
}

/** Statements to memtable, without files: what CQL and memtable cost. */
async function ingestOnly(rows: readonly SensorRow[], figures: Figures): Promise<void> {
  const database = await opened(new MemoryStorage(), { ...roomy, durability: Durability.Disabled });
  await create(database, '');
  figures.add('ingest, executeMany of 1,000, no WAL', rows.length, await ingest(database, rows.map(rowParams)));
  await database.close();
}

/** Ingest, restart with recovery, scan, flush, scan again, in a directory of its own. */
async function wholeLife(
  name: string,
  options: string,
  rows: readonly SensorRow[],
  figures: Figures,
  uncompressedBytes: number,
): Promise<{ data: number; all: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'cassette-bench-node-'));
  try {
    let database = await opened(new NodeStorage(directory), roomy);
    await create(database, options);
    figures.add('ingest, executeMany of 1,000, durable', rows.length, await ingest(database, rows.map(rowParams)));
    await database.close();

    database = await opened(new NodeStorage(directory), roomy);
    const { mutationsReplayed, milliseconds } = database.recovery;
    if (mutationsReplayed < rows.length) throw new Error(`Of ${rows.length} mutations ${mutationsReplayed} were replayed`);
    figures.add('recovery, WAL replayed', mutationsReplayed, milliseconds);
    figures.add('scan of the memtable', rows.length, await scan(database, rows.length));

    const start = performance.now();
    await database.flush();
    const flushed = performance.now() - start;
    const sizes = sizesOf(database, 'readings');
    figures.add(`flush to SSTable, ${name}`, rows.length, flushed, uncompressedBytes || sizes.data);
    figures.add(`scan of the SSTable, ${name}`, rows.length, await scan(database, rows.length));
    await database.close();
    return sizes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function opened(storage: Storage, config: Partial<WriteEngineConfig>): Promise<Database> {
  return openDatabase({ storage, config });
}

async function create(database: Database, options: string): Promise<void> {
  await database.execute(keyspaceCql);
  await database.execute(options === '' ? tableCql('readings') : tableCql('readings', options));
}

async function scan(database: Database, expected: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  for await (const row of database.stream('SELECT sensor_id, ts, value, note, payload FROM bench.readings')) {
    if ((row.payload as Uint8Array).length !== 64) throw new Error('A payload has another length than was written');
    count++;
  }
  if (count !== expected) throw new Error(`A scan of ${expected} rows gave ${count}`);
  return performance.now() - start;
}

function sizesOf(database: Database, table: string): { data: number; all: number } {
  const sstables = database.stats().tables.find((t) => t.table === table)?.sstables ?? [];
  if (sstables.length !== 1) throw new Error(`A flush made ${sstables.length} SSTables`);
  const data = sstables[0].components.find((component) => component.file.endsWith('-Data.db'));
  if (data === undefined) throw new Error('The SSTable has no Data.db');
  return { data: data.bytes, all: sstables[0].bytes };
}
