import { MemoryStorage } from '@cassette/storage';
import { unzipSync } from 'fflate';
import { type Database, openDatabase } from '../../database/index.ts';
import type { ExportOptions } from '../../export/index.ts';
import type { ImportFile } from '../import-options.ts';

/** A keyspace and a table with something of everything. */
export const SURVEY = `
CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TYPE s.place (lat double, lon double);
CREATE TABLE s.readings (sensor text, at int, site text static, v double, tags set<text>, p frozen<place>, PRIMARY KEY (sensor, at))
  WITH CLUSTERING ORDER BY (at DESC);
CREATE TABLE s.notes (id int PRIMARY KEY, body text);
CREATE TABLE s.empty (id int PRIMARY KEY, body text);`;

/** What every row says, with write times. */
export const READINGS =
  'SELECT sensor, at, site, v, tags, p, writetime(v) AS wv, ttl(v) AS tv, writetime(site) AS ws FROM s.readings';
export const NOTES = 'SELECT id, body, writetime(body) AS w FROM s.notes';

/** A store in memory whose clock stands still in 2024. */
export function openStore(schema?: string, storage = new MemoryStorage()): Promise<Database> {
  let micros = 1_700_000_000_000_000;
  return openDatabase({
    storage,
    clock: { nowMicros: () => micros++ },
    config: { compaction: { enabled: false } },
    ...(schema !== undefined && { schema }),
  });
}

/** A store with the survey, some of it in two SSTables a table, with deletions and TTLs. */
export async function surveyStore(): Promise<Database> {
  const db = await openStore(SURVEY);
  for (let i = 0; i < 40; i++) {
    await db.execute(
      `INSERT INTO s.readings (sensor, at, v, tags, p) VALUES ('s${i % 4}', ${i}, ${i}.5, {'a', 't${i}'}, {lat: ${i}.0, lon: 2.5}) USING TIMESTAMP ${1000 + i}`,
    );
    await db.execute(`INSERT INTO s.notes (id, body) VALUES (${i}, 'note ${i}') USING TIMESTAMP ${1000 + i}`);
  }
  await db.execute("UPDATE s.readings USING TIMESTAMP 2000 SET site = 'north' WHERE sensor = 's1'");
  await db.flush();
  await db.execute("DELETE FROM s.readings USING TIMESTAMP 3000 WHERE sensor = 's2' AND at > 20");
  await db.execute("UPDATE s.readings USING TIMESTAMP 3001 AND TTL 100000 SET v = 1.25 WHERE sensor = 's0' AND at = 0");
  await db.execute('DELETE FROM s.notes USING TIMESTAMP 3002 WHERE id = 7');
  await db.flush();
  return db;
}

/** The export of a store as a zip. */
export async function zipOf(db: Database, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  await db.export(options, { write: (chunk) => void chunks.push(chunk.slice()) });
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

/** The files of a zip, as those of a folder. */
export function filesOf(zip: Uint8Array): (ImportFile & { blob: Blob })[] {
  return Object.entries(unzipSync(zip)).map(([name, bytes]) => ({ name, blob: new Blob([bytes as BlobPart]) }));
}

/** All rows of a SELECT, as text. */
export async function rowsOf(db: Database, query: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const row of db.stream(query))
    rows.push(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)));
  return rows;
}

/** Names of the files of a store's directory that the catalog does not name. */
export async function litterOf(storage: MemoryStorage, db: Database): Promise<string[]> {
  const catalog = await storage.catalog.load();
  const named = new Set<string>();
  for (const [key, value] of catalog) {
    const [kind, table, generation] = key.split('/');
    if (kind !== 'sstable') continue;
    const { version, components } = value as { version: string; components: Record<string, number> };
    for (const component of Object.keys(components)) {
      named.add(`${table}-${version}-${generation}-${version === 'da' ? 'bti' : 'big'}-${component}`);
    }
  }
  await db.flush();
  return (await storage.list()).filter((name) => !named.has(name) && !name.startsWith('wal-'));
}
