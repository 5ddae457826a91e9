import { ByteWriter } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import type { SerializationHeader } from '../header/index.ts';
import { sstableMetadata } from '../metadata/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { decodeStatistics, encodeStatistics } from '../statistics/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { verifySSTable } from '../verify/index.ts';

const P = 'org.apache.cassandra.db.marshal.';
const FILE = 'nb-1-big-Statistics.db';
const { descriptor, files } = goldenSSTables().find(({ name }) => name.startsWith('nb/deletes/g/d/'))!;
const statistics = decodeStatistics(files.bytes(Component.STATISTICS), FILE, descriptor.version);

/** The golden with another header, under right checksums. */
function withHeader(header: Partial<SerializationHeader>): MemoryComponents {
  const copy = new MemoryComponents(descriptor);
  for (const component of files.components) copy.set(component, files.bytes(component));
  const out = new ByteWriter();
  encodeStatistics(out, { ...statistics, header: { ...statistics.header, ...header } }, descriptor.version);
  copy.set(Component.STATISTICS, out.toBytes());
  return copy;
}

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const message = (column: string, type: string): string =>
  `${column} is of type ${type} in the header of ${FILE}, a class that Cassandra 5.0 does not have, so neither it nor Cassette can ` +
  'open the SSTable: if the class is your own, copy the column to one of a built-in type in the Cassandra that has it, and take the ' +
  'SSTables from there; if not, the header was changed after it was written: take the files from a backup';

const { regularColumns, clusteringTypes } = statistics.header;
const regular = (type: string): Partial<SerializationHeader> => ({
  regularColumns: regularColumns.map((column, i) => (i === 0 ? { ...column, type } : column)),
});
const first = `column ${regularColumns[0].name}`;
const cases: readonly (readonly [string, string, Partial<SerializationHeader>])[] = [
  [first, 'com.example.Foo', regular('com.example.Foo')],
  [first, `${P}CounterColumnTypeX`, regular(`${P}CounterColumnTypeX`)],
  [first, 'com.example.Foo', regular(`${P}FrozenType(${P}ListType(com.example.Foo))`)],
  ['column s', 'com.example.Foo', { staticColumns: [{ name: 's', type: 'com.example.Foo' }] }],
  ['the partition key', `${P}Int32TypeX`, { keyType: `${P}Int32TypeX` }],
  ['the partition key', 'com.example.Foo', { keyType: `${P}CompositeType(${P}Int32Type,com.example.Foo)` }],
  [
    'clustering column 1',
    'com.example.Foo',
    { clusteringTypes: [`${P}ReversedType(com.example.Foo)`, ...clusteringTypes.slice(1)] },
  ],
];

test.each(cases)('%s of the class %s is told, and nothing is read', (column, type, header) => {
  const changed = withHeader(header);
  const error = { code: 'UNKNOWN_TYPE', message: message(column, type), data: { column, type, file: FILE } };
  expect(caught(() => SSTableReader.open(descriptor, changed.sources()))).toMatchObject(error);
  expect(caught(() => sstableMetadata(descriptor, changed.sources()))).toMatchObject(error);
  expect(verifySSTable(descriptor, changed.sources())).toMatchObject({
    ok: false,
    errors: [`types: ${message(column, type)}`],
    partitions: 0,
    rows: 0,
  });
});

test('nameless classes of Cassandra are read', () => {
  const { errors, warnings } = verifySSTable(
    descriptor,
    withHeader(regular(`${P}DynamicCompositeType(b=>${P}BytesType)`)).sources(),
  );
  expect([...errors, ...warnings].filter((text) => text.startsWith('types: '))).toEqual([]);
});
