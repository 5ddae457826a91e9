import type { RemoteDatabase } from '@cassette/client';
import { percentile } from '../measure/statistics.ts';
import { allPeers } from '../peers/all-peers.ts';
import { OpfsWorker } from '../raw-opfs/opfs-worker.ts';
import { rowBytes, sensorRow, sensorRows } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';
import { CALL_ROWS, IngestRows, settled } from './ingest-rows.ts';
import type { ExportRound, GrownStore, IngestRound } from './life-run.ts';

type Client = typeof import('@cassette/client');

const clientAt = async (url: string): Promise<Client> => import(/* @vite-ignore */ url);
const now = () => performance.now();

/** One ingest into a new store, beside a sequential write of the same bytes. `rawFirst` changes from round to round. */
export async function ingestRound(clientUrl: string, rows: number, rawFirst: boolean): Promise<IngestRound> {
  const bytes = rows * rowBytes;
  const raw = async () => {
    const worker = new OpfsWorker();
    const milliseconds = await worker.ask<number>({ kind: 'write-sequentially', bytes, every: CALL_ROWS * rowBytes });
    worker.end();
    return milliseconds;
  };
  const before = rawFirst ? await raw() : null;
  const database = await newStore(await clientAt(clientUrl), 'bench-ingest');
  try {
    const start = now();
    const milliseconds = await new IngestRows().write(database, 'readings', rows);
    await settled(database);
    const settledMilliseconds = now() - start;
    const { counters } = await database.stats();
    await checkCount(database, rows);
    const { flushes, compactions } = counters;
    return { rows, bytes, milliseconds, settledMilliseconds, flushes, compactions, rawMilliseconds: before ?? (await raw()) };
  } finally {
    await database.close();
    await (await clientAt(clientUrl)).destroy('bench-ingest');
  }
}

/** Leaves a store of each peer that can be opened again, with `rows` rows, closed. The names of the peers. */
export async function prepareColdOpen(clientUrl: string, rows: number): Promise<string[]> {
  const names: string[] = [];
  for (const peer of allPeers(clientUrl)) {
    if (peer.reopen === undefined) continue;
    await peer.open();
    await peer.load('loaded', sensorRows(0, rows));
    await peer.close();
    names.push(peer.name);
  }
  return names;
}

/** Milliseconds until a peer that {@link prepareColdOpen} left has opened and read a row, in a page that has done nothing before. */
export async function coldOpen(clientUrl: string, name: string): Promise<number> {
  const peer = allPeers(clientUrl).find((one) => one.name === name);
  if (peer?.reopen === undefined) throw new Error(`There is no ${name}`);
  const start = now();
  const row = await peer.reopen(sensorRow(1234));
  const milliseconds = now() - start;
  if (row.ts !== sensorRow(1234).ts) throw new Error(`${name} read another row`);
  await peer.close();
  return milliseconds;
}

/** Memtables that hold what is to stay in the log. */
const roomy = { memtableFlushThreshold: 2 ** 29, memtableHardLimit: 2 ** 30, flushOnClose: false } as const;

/** Leaves a store with `rows` rows in SSTables and a log of `walBytes` or a little more; what is to kill the browser comes next. */
export async function prepareLargeOpen(clientUrl: string, rows: number, walBytes: number): Promise<number> {
  const client = await clientAt(clientUrl);
  const database = await newStore(client, 'bench-large');
  const ingest = new IngestRows();
  await ingest.write(database, 'readings', rows);
  await settled(database);
  await database.close();
  const again = await client.open({ name: 'bench-large', config: roomy });
  let logged = 0;
  while ((await again.stats()).wal.bytes < walBytes) {
    await ingest.write(again, 'readings', CALL_ROWS);
    logged += CALL_ROWS;
  }
  return logged;
}

/** Opens it: milliseconds to the first row read, and what was replayed. */
export async function largeOpen(clientUrl: string): Promise<{ milliseconds: number; mutations: number; bytes: number }> {
  const start = now();
  const client = await clientAt(clientUrl);
  const database = await client.open({ name: 'bench-large', config: roomy });
  const { sensorId, ts } = sensorRow(4321);
  const found = await database.execute('SELECT value FROM bench.readings WHERE sensor_id = ? AND ts = ?', [
    sensorId,
    new Date(ts),
  ]);
  const milliseconds = now() - start;
  if (found.rows.length !== 1) throw new Error('The row is not there');
  const { mutationsReplayed, bytesReplayed } = database.recovery;
  return { milliseconds, mutations: mutationsReplayed, bytes: bytesReplayed };
}

/** Rows whose blobs make most of a store that is to be large soon. */
const BLOB = 32 * 1024;

/** Makes a store of about so many bytes, in SSTables, and keeps it open for {@link exportRound}. */
export async function prepareExport(clientUrl: string, bytes: number): Promise<void> {
  const client = await clientAt(clientUrl);
  await client.destroy('bench-export');
  const database = await client.open({ name: 'bench-export', config: { compaction: { enabled: false } } });
  await database.execute(keyspaceCql);
  await database.execute(
    "CREATE TABLE bench.blobs (id int PRIMARY KEY, payload blob) WITH compression = {'class': 'LZ4Compressor'}",
  );
  const blob = new Uint8Array(BLOB);
  crypto.getRandomValues(blob);
  const rows = Math.ceil(bytes / BLOB);
  for (let id = 0; id < rows; id += 128) {
    const ids = Array.from({ length: Math.min(128, rows - id) }, (_, i) => id + i);
    await database.executeMany(
      'INSERT INTO bench.blobs (id, payload) VALUES (?, ?)',
      ids.map((one) => [one, blob]),
      { durability: { kind: 'disabled' } },
    );
  }
  await database.flush();
  exported = database;
}

let exported: RemoteDatabase | null = null;

/** Exports the store as it lies into a file; milliseconds and bytes of the zip. */
export async function exportStore(): Promise<Pick<ExportRound, 'milliseconds' | 'bytes'>> {
  if (exported === null) throw new Error('prepareExport comes first');
  const root = await navigator.storage.getDirectory();
  const file = await root.getFileHandle('bench-export.zip', { create: true });
  const start = now();
  const { bytes } = await exported.export({ compact: false }, await file.createWritable());
  const milliseconds = now() - start;
  const { size } = await file.getFile();
  if (size !== bytes) throw new Error(`The zip has ${size} bytes, not ${bytes}`);
  await root.removeEntry('bench-export.zip');
  return { milliseconds, bytes };
}

/** Milliseconds of reading and writing as many bytes in a worker. */
export async function copyRaw(bytes: number): Promise<number> {
  const worker = new OpfsWorker();
  const milliseconds = await worker.ask<number>({ kind: 'copy', bytes });
  worker.end();
  return milliseconds;
}

/** Grows one store through the sizes, the first call begins it. What one of so many rows costs; memory is the runner's to tell. */
export async function growTo(clientUrl: string, rows: number): Promise<Omit<GrownStore, 'mebibytes'>> {
  const client = await clientAt(clientUrl);
  growing ??= { database: await newStore(client, 'bench-grow'), rows: 0, ingest: new IngestRows(), writes: 0 };
  const { database, ingest } = growing;
  const added = rows - growing.rows;
  const ingestRowsPerSecond = (added / (await ingest.write(database, 'readings', added))) * 1000;
  growing.rows = rows;
  await settled(database);
  const writes = await timesOf(300, async () => {
    await database.execute(insertCql('other'), rowParams(sensorRow(growing!.writes++)));
  });
  const before = (await database.stats()).reads.sstablesPerRead;
  const gets = await timesOf(1000, async (i) => {
    const { sensorId, ts } = sensorRow((i * 7919) % Math.min(rows, CALL_ROWS * 20));
    const found = await database.execute('SELECT value, note, payload FROM bench.readings WHERE sensor_id = ? AND ts = ?', [
      sensorId,
      new Date(ts),
    ]);
    if (found.rows.length !== 1) throw new Error(`Row ${sensorId} ${ts} is not there`);
  });
  const { reads, tables } = await database.stats();
  const sstables = tables.find(({ table }) => table === 'readings')?.sstables ?? [];
  return {
    rows,
    ingestRowsPerSecond,
    writeP50: percentile(writes, 0.5),
    writeP99: percentile(writes, 0.99),
    getP50: percentile(gets, 0.5),
    getP99: percentile(gets, 0.99),
    sstables: sstables.length,
    sstablesPerRead: meanOf(reads.sstablesPerRead, before),
    bytesPerRow: sstables.reduce((sum, { bytes }) => sum + bytes, 0) / rows,
  };
}

let growing: { database: RemoteDatabase; rows: number; ingest: IngestRows; writes: number } | null = null;

/** SSTables a read between two histograms of them. */
function meanOf(after: readonly number[], before: readonly number[]): number {
  const counts = after.map((count, i) => count - (before[i] ?? 0));
  const reads = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, i) => sum + count * i, 0) / reads;
}

async function timesOf(count: number, act: (i: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = now();
    await act(i);
    times.push(now() - start);
  }
  return times;
}

async function newStore(client: Client, name: string): Promise<RemoteDatabase> {
  await client.destroy(name);
  const database = await client.open({ name });
  await database.execute(keyspaceCql);
  for (const table of ['readings', 'other']) await database.execute(tableCql(table));
  return database;
}

async function checkCount(database: RemoteDatabase, rows: number): Promise<void> {
  const [row] = (await database.execute('SELECT count(*) AS n FROM bench.readings')).rows;
  if (Number(row['n']) !== rows) throw new Error(`${rows} rows were acknowledged, ${row['n']} are there`);
}
