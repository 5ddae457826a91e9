import { ByteWriter, crc32 } from '@cassette/bytes';
import { nativeTypes, TableMetadata } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import { encodeChecksums } from '../crc/index.ts';
import { Component } from '../descriptor/index.ts';
import { encodeDigest } from '../digest/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { type GoldenSSTable, goldenSSTables } from '../testing/goldens.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { verifySSTable } from './index.ts';

const all = goldenSSTables();

function golden(name: string): GoldenSSTable {
  const found = all.find((one) => one.name.startsWith(name));
  if (found === undefined) throw new Error(`there is no golden ${name}`);
  return found;
}

/** A copy of a golden's files with some of them changed; null takes one away. */
function changed({ descriptor, files }: GoldenSSTable, changes: Partial<Record<Component, Uint8Array | null>>): MemoryComponents {
  const copy = new MemoryComponents(descriptor);
  for (const component of files.components) {
    const bytes = changes[component] === undefined ? files.bytes(component) : changes[component];
    if (bytes !== null) copy.set(component, bytes);
  }
  return copy;
}

describe.each(all)('$name, written by Cassandra', ({ descriptor, files }) => {
  test('has neither errors nor warnings', () => {
    const { ok, errors, warnings } = verifySSTable(descriptor, files.sources());
    expect({ ok, errors, warnings }).toEqual({ ok: true, errors: [], warnings: [] });
  });
});

test('a verdict tells what was checked and counted', () => {
  const { descriptor, files } = golden('nb/deletes/g/plain');
  const verdict = verifySSTable(descriptor, files.sources());
  expect(verdict).toMatchObject({ sstable: 'nb-1-big-Data.db', ok: true, errors: [], warnings: [] });
  expect([...verdict.checks].sort()).toEqual(
    [
      ...['components', 'digest', 'chunks', 'header', 'types', 'filter file', 'summary file', 'index', 'data'],
      ...['filter', 'summary', 'statistics'],
    ].sort(),
  );
  const rows = SSTableReader.open(descriptor, files.sources()).stats.totalRows;
  expect(verdict.rows).toBe(rows);
});

test('what checksums do not find is found in the data, or is another value that may be', () => {
  const one = golden('nb/clustering/g/desc_plain');
  const data = one.files.bytes(Component.DATA);
  let found = 0;
  for (let at = 0; at < data.length; at++) {
    const copy = data.slice();
    copy[at] ^= 1 << (at % 8);
    const crc = new ByteWriter();
    encodeChecksums(crc, { chunkLength: 65536, checksums: Uint32Array.of(crc32(copy)) });
    const files = changed(one, {
      [Component.DATA]: copy,
      [Component.CRC]: crc.toBytes(),
      [Component.DIGEST]: encodeDigest(crc32(copy)),
    });
    if (!verifySSTable(one.descriptor, files.sources()).ok) found++;
  }
  expect(found / data.length).toBeGreaterThan(0.5);
});

test('after a partition that is damaged the others are read', () => {
  const one = golden('nb/compression/g/snappy64');
  const data = one.files.bytes(Component.DATA);
  data[100] ^= 0xff;
  const { ok, errors, partitions } = verifySSTable(one.descriptor, changed(one, { [Component.DATA]: data }).sources());
  expect({ ok, some: partitions > 0 }).toEqual({ ok: false, some: true });
  expect(errors.some((text) => text.startsWith('digest: '))).toBe(true);
  expect(errors.some((text) => text.startsWith('chunks: '))).toBe(true);
});

test('missing files are told: errors where reads need them, warnings where not', () => {
  const one = golden('nb/deletes/g/d/');
  const verdictWithout = (component: Component) => {
    const { errors, warnings } = verifySSTable(one.descriptor, changed(one, { [component]: null }).sources());
    return [...errors.map((text) => `error ${text}`), ...warnings.map((text) => `warning ${text}`)];
  };
  expect(verdictWithout(Component.TOC)).toEqual([
    'error components: TOC.txt is missing: it is written last, the SSTable may be incomplete',
  ]);
  expect(verdictWithout(Component.INDEX)).toEqual([
    'error components: Index.db is missing',
    'error components: TOC.txt lists Index.db, which is missing',
  ]);
  expect(verdictWithout(Component.FILTER)).toEqual([
    'error components: TOC.txt lists Filter.db, which is missing',
    'warning components: Filter.db is missing',
  ]);
});

test('a component that TOC.txt does not list is told', () => {
  const one = golden('nb/deletes/g/d/');
  const components = [...one.files.components, 'SI_v.db'];
  expect(verifySSTable(one.descriptor, one.files.sources(), { components }).errors).toEqual([
    'components: SI_v.db is not in TOC.txt',
  ]);
});

test('an SSTable of another table is told by its columns', () => {
  const one = golden('nb/deletes/g/d/');
  const { table } = SSTableReader.open(one.descriptor, one.files.sources());
  const columns = table.columnsInSelectOrder.map((column) =>
    column.name === 'w' ? { ...column, name: 'x', type: nativeTypes.text } : column,
  );
  const other = new TableMetadata({ ...table, columns });
  const { errors } = verifySSTable(one.descriptor, one.files.sources(), { table: other });
  expect(errors).toEqual([
    `header: column w is regular and of type int in the header of nb-1-big-Statistics.db, and not there in table ${table}: ` +
      `add it to the schema (ALTER TABLE ${table} ADD), and drop it there if it was dropped`,
  ]);
});
