// The statements of e2e/cassandra/goldens, executed here: the same files as Cassandra's, byte by byte, and the same answers.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Component, decodeCompressionInfo, lz4Compressor } from '@cassette/sstable';
import { describe, expect, test } from 'vitest';
import { parseScript } from '../../../../e2e/cassandra/cql-script.ts';
import type { RowView } from '../../../../e2e/cassandra/rows.ts';
import { sameRows, selectRows } from './testing/select-rows.ts';
import {
  comparableFiles,
  dumpOf,
  generationsOf,
  SSTableCollection,
  type SSTableFiles,
  type SSTablesOfStore,
  statisticsOf,
} from './testing/sstable-files.ts';
import { type FlushWhen, StandingStore } from './testing/standing-store.ts';

const folder = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb');
/** Not those whose first line says that only Cassandra executes them: their files are read in packages/sstable. */
const names = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'script.cql')) && !/^-- FILES ONLY/m.test(text(name, 'script.cql')))
  .sort();

/** Cases whose cell paths are time UUIDs that the server makes up: what they hold is compared without them. */
const madeUp = ['lists'];

/** Compressors whose encoder here finds other matches than Cassandra's native library, and so other bytes for the same rows. */
const ownEncoders = ['ZstdCompressor'];

/** Components that tell of compressed bytes. */
const compressedComponents = [Component.DATA, Component.COMPRESSION_INFO, Component.DIGEST, Component.STATISTICS];

/** The compressor of an SSTable; one that is always there if it is not compressed. */
function compressorNameOf(files: SSTableFiles): string {
  const info = files.get(Component.COMPRESSION_INFO);
  return info === undefined ? lz4Compressor.name : decodeCompressionInfo(info, Component.COMPRESSION_INFO).compressor;
}

function text(name: string, file: string): string {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}

/** What Cassandra wrote. */
function cassandraFiles(name: string): SSTablesOfStore {
  const found = new SSTableCollection();
  const root = join(folder, name, 'sstables');
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const [, keyspace, table, generation, component] = /^([^/]+)\/([^/]+)\/nb-(\d+)-big-(.+)$/.exec(path) ?? [];
    if (component === undefined) continue;
    found.add(`${keyspace}.${table}`, Number(generation), component, new Uint8Array(readFileSync(join(root, path))));
  }
  return found.tables;
}

/** Runs a golden's script and gives its SSTables beside Cassandra's, pair by pair. */
async function pairs(name: string): Promise<{ sstable: string; ours: SSTableFiles; theirs: SSTableFiles }[]> {
  const theirs = cassandraFiles(name);
  const store = await StandingStore.open(text(name, 'schema.cql'));
  await store.run(parseScript(text(name, 'script.cql')));
  const ours = await store.sstables();
  expect(generationsOf(ours)).toEqual(generationsOf(theirs));
  return [...theirs].flatMap(([table, all]) =>
    [...all].map(([generation, files]) => ({
      sstable: `${table} nb-${generation}-big`,
      ours: ours.get(table)!.get(generation)!,
      theirs: files,
    })),
  );
}

test('there are goldens', () => {
  expect(names.length).toBeGreaterThan(20);
});

test.each(names.filter((name) => !madeUp.includes(name)))(
  '%s: every component of every SSTable is the same bytes as Cassandra’s',
  async (name) => {
    for (const { sstable, ours, theirs } of await pairs(name)) {
      const node = statisticsOf(theirs);
      const [own, wanted] = [comparableFiles(ours, node), comparableFiles(theirs, node)];
      if (ownEncoders.includes(compressorNameOf(theirs))) {
        expect(dumpOf(ours, 1_700_000_010), sstable).toBe(dumpOf(theirs, 1_700_000_010));
        for (const component of compressedComponents) delete own[component];
        for (const component of compressedComponents) delete wanted[component];
      }
      // One at a time first: a difference then names its component.
      for (const component of Object.keys(wanted)) expect(own[component], `${sstable}-${component}`).toBe(wanted[component]);
      expect(Object.keys(own)).toEqual(Object.keys(wanted));
    }
  },
);

test.each(madeUp)('%s: every SSTable holds what Cassandra’s does, but for the time UUIDs', async (name) => {
  const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
  for (const { sstable, ours, theirs } of await pairs(name)) {
    const [own, wanted] = [ours, theirs].map((files) => dumpOf(files, 1_700_000_010).replace(uuids, 'a time UUID'));
    expect(own, sstable).toBe(wanted);
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    expect(statisticsOf(ours).header).toEqual(statisticsOf(theirs).header);
    expect(ours.get(Component.INDEX)).toEqual(theirs.get(Component.INDEX));
    expect(ours.get(Component.FILTER)).toEqual(theirs.get(Component.FILTER));
  }
});

describe.each(names)('%s', (name) => {
  const schemaCql = text(name, 'schema.cql');
  const steps = parseScript(text(name, 'script.cql'));
  const { now, tables } = JSON.parse(text(name, 'rows.json')) as { now: number; tables: Record<string, RowView[]> };

  test.each<[string, FlushWhen]>([
    ['SSTables', 'asScripted'],
    ['memtables', 'never'],
    ['SSTables and memtables', { everyStatements: 7 }],
  ])('SELECT answers from %s what Cassandra answers', async (_, flush) => {
    const store = await StandingStore.open(schemaCql);
    await store.run(steps, flush);
    await store.reopen();
    for (const [table, rows] of Object.entries(tables)) {
      const [keyspace, tableName] = [table.slice(0, table.indexOf('.')), table.slice(table.indexOf('.') + 1)];
      const own = await selectRows(store.database, store.database.schema.table(keyspace, tableName)!, now);
      expect(sameRows(own, rows), table).toEqual(rows);
    }
    await store.close();
  });
});
