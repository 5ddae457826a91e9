// What a store tells of itself, in real browsers: traces through worker and tabs, and figures that are those of the files in OPFS.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { inChromium, inFirefox } from './browser/client-page.ts';
import { firefoxMissing } from './browser/firefox.ts';
import { useSite } from './browser/site.ts';

interface TestWindow {
  cassette: typeof import('@cassette/client');
}
declare const window: TestWindow;

const site = useSite();

/** In a page: writes, flushes and reads a store of its own, and tells what it was told. */
async function observe(name: string) {
  const schema = `CREATE KEYSPACE IF NOT EXISTS t WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE IF NOT EXISTS t.readings (sensor text, at int, value double, PRIMARY KEY (sensor, at));`;
  const db = await window.cassette.open({ name, schema, config: { compaction: { enabled: false } } });
  const events: string[] = [];
  const unlisten = await db.listen((all) => events.push(...all.map(({ type }) => type)));
  const insert = 'INSERT INTO t.readings (sensor, at, value) VALUES (?, ?, ?)';
  for (let part = 0; part < 2; part++) {
    await db.executeMany(
      insert,
      Array.from({ length: 500 }, (_, i) => [`s${part}`, i, i / 4]),
    );
    await db.flush();
  }
  const write = await db.execute(insert, ['s0', 1000, 1], { tracing: true });
  const read = await db.execute("SELECT * FROM t.readings WHERE sensor = 's1' AND at < 10", [], { tracing: true });
  const stats = await db.stats();
  const sizes = new Map<string, number>();
  const walk = async (directory: FileSystemDirectoryHandle): Promise<void> => {
    for await (const handle of (directory as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
      if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle);
      else sizes.set(handle.name, (await (handle as FileSystemFileHandle).getFile()).size);
    }
  };
  await walk(await navigator.storage.getDirectory());
  const sstables = stats.tables.flatMap((table) => table.sstables);
  const components = sstables.flatMap((sstable) => sstable.components);
  while (events.filter((type) => type === 'flush-finished').length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await unlisten();
  await db.close();
  const { trace } = read;
  return {
    events,
    write: write.trace?.activities.map(({ kind }) => kind),
    read: trace?.activities.map(({ kind }) => kind).filter((kind) => kind !== 'yielded'),
    text: trace === null ? [] : window.cassette.formatTrace(trace),
    isOrdered: trace?.activities.every(({ micros }, i, all) => i === 0 || micros >= all[i - 1].micros),
    rows: sstables.map(({ rows }) => rows),
    wrong: components.filter(({ file, bytes }) => sizes.get(file) !== bytes),
    components: components.length,
    counted: [stats.tabs, stats.wal.writes > 0, stats.writeLatency.count > 0, stats.reads.latency.count],
    memtables: stats.memtables.map(({ rows, sealed }) => [rows, sealed]),
  };
}

function check(seen: Awaited<ReturnType<typeof observe>>): void {
  expect(seen.wrong).toEqual([]);
  expect(seen.components).toBeGreaterThanOrEqual(16);
  expect(seen).toMatchObject({
    write: ['prepared', 'mutation', 'committed'],
    isOrdered: true,
    rows: [500, 500],
    counted: [1, true, true, 1],
    memtables: [[1, false]],
  });
  expect(seen.read).toEqual(expect.arrayContaining(['prepared', 'read', 'merging', 'sstable', 'rows', 'answered']));
  expect(seen.text).toEqual(expect.arrayContaining([expect.stringContaining('Answered 10 rows')]));
  expect(seen.events[0]).toBe('recovered');
  expect(seen.events).toEqual(expect.arrayContaining(['committed', 'memtables-sealed', 'flush-finished', 'sstable-added']));
}

test('Chromium: a trace tells what was done, and figures are those of the files', async () => {
  await inChromium(join(site.folder, 'chromium'), site.url, async (page) => {
    check(await page.evaluate(observe, 'observed'));
  });
});

test('Firefox: the same', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  await inFirefox(join(site.folder, 'firefox'), site.url, async (page) => {
    check(await page.evaluate(observe, 'observed'));
  });
});
