import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fromHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { Component, type Descriptor, jsonDump, parseFileName, printFileName, SSTableReader } from './index.ts';
import { MemoryComponents } from './testing/memory-files.ts';
import { plainPartitions } from './testing/plain-rows.ts';

// Files that Apache Cassandra 5.0.9 wrote, and what its sstabledump says of them. The folder is listed, so a case is added by
// adding files (its README says how). That they are the same when written again is in rewritten-goldens.test.ts.
const FOLDER = resolve(import.meta.dirname, '../../../e2e/cassandra/goldens/nb');

interface Golden {
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly files: MemoryComponents;
  /** sstabledump's text, and the second that it was made at: ten after the script's last CLOCK. */
  readonly dump: string;
  readonly now: number;
}

function goldens(): Golden[] {
  const found: Golden[] = [];
  for (const name of readdirSync(FOLDER)) {
    const dumps = readFileSync(join(FOLDER, name, 'dump.json'), 'utf8');
    const clocks = [...readFileSync(join(FOLDER, name, 'script.cql'), 'utf8').matchAll(/^-- CLOCK (\d+)/gm)];
    const base = join(FOLDER, name, 'sstables');
    for (const path of readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((p) => p.endsWith('-Data.db'))) {
      const { descriptor } = parseFileName(path.slice(path.lastIndexOf('/') + 1));
      const files = new MemoryComponents(descriptor);
      for (const component of Object.values(Component)) {
        const file = join(base, dirname(path), printFileName(descriptor, component));
        if (existsSync(file)) files.set(component, new Uint8Array(readFileSync(file)));
      }
      const from = dumps.indexOf(`"${path}": `) + path.length + 4;
      const dump = dumps.slice(from, dumps.indexOf('\n]', from) + 2);
      found.push({ name: `${name}/${path}`, descriptor, files, dump, now: Number(clocks.at(-1)?.[1]) + 10 });
    }
  }
  return found;
}

const all = goldens();

test('there are goldens', () => {
  expect(all.length).toBeGreaterThan(30);
});

describe.each(all)('$name, written by Cassandra', ({ descriptor, files, dump, now }) => {
  const reader = SSTableReader.open(descriptor, files.sources());
  const everything = { partitions: { range: {} } };

  test('dumps as sstabledump dumps it, letter for letter', () => {
    const text = [...jsonDump(reader.cursor(everything), reader.table, { rawTimestamps: true, nowInSeconds: now })].join('');
    expect(text).toBe(dump);
  });

  test('is read by key and reversed as it is scanned', () => {
    const scanned = plainPartitions(reader.cursor(everything));
    const keys = scanned.map((partition) => fromHex(partition.key)!);
    expect(plainPartitions(reader.cursor({ partitions: { keys } }))).toEqual(scanned);
    expect(plainPartitions(reader.cursor({ ...everything, reversed: true }))).toEqual(
      scanned.map((partition) => ({ ...partition, unfiltereds: [...partition.unfiltereds].reverse() })),
    );
  });
});
