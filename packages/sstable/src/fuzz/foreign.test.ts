import { ByteWriter, CassetteError, CorruptionError } from '@cassette/bytes';
import { defaultTableParams, nativeTypes, TableMetadata } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import {
  type Compressor,
  deflateCompressor,
  encodeCompressionInfo,
  lz4Compressor,
  snappyCompressor,
  zstdCompressor,
} from '../compression/index.ts';
import { Component, parseFileName, printFileName } from '../descriptor/index.ts';
import { SSTableReader, type SSTableSources } from '../reader/index.ts';
import { decodeStatistics, encodeStatistics } from '../statistics/index.ts';
import { sourceOf } from '../testing/memory-files.ts';
import { Dice, modelTable } from '../testing/model-table.ts';
import { plainPartitions } from '../testing/plain-rows.ts';
import { plain, writtenVersions } from '../testing/written-model.ts';
import { verifySSTable } from '../verify/index.ts';
import { anyDamage } from './damage.ts';
import { isLong, seed } from './report.ts';
import { componentsOf, inChunks, type Specimen, smallSpecimen } from './specimen.ts';

function sourcesOf({ descriptor, files }: Specimen, changes: Partial<Record<Component, Uint8Array | null>> = {}): SSTableSources {
  const sources: SSTableSources = {};
  for (const [component, good] of files) {
    const bytes = changes[component] === undefined ? good : changes[component];
    if (bytes !== null) sources[component] = sourceOf(bytes, printFileName(descriptor, component));
  }
  return sources;
}

/** What reading all of it throws; null for nothing. */
function errorOf(specimen: Specimen, sources: SSTableSources, table = modelTable): CassetteError | null {
  try {
    const reader = SSTableReader.open(specimen.descriptor, sources, { table });
    plainPartitions(reader.cursor({ partitions: { range: {} } }));
    plainPartitions(reader.cursor({ partitions: { range: {} }, reversed: true }));
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(CassetteError);
    return error as CassetteError;
  }
}

const noise = new Dice(seed);
const foreign: readonly (readonly [string, Uint8Array])[] = [
  [
    'a PNG',
    Uint8Array.of(
      0x89,
      0x50,
      0x4e,
      0x47,
      0x0d,
      0x0a,
      0x1a,
      0x0a,
      0,
      0,
      0,
      13,
      0x49,
      0x48,
      0x44,
      0x52,
      0,
      0,
      1,
      0,
      0,
      0,
      1,
      0,
      8,
      6,
      0,
      0,
      0,
    ),
  ],
  ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 8, 0, 8, 0, ...new Array<number>(60).fill(7))],
  ['text', new TextEncoder().encode('SELECT * FROM ks.model;\n'.repeat(40))],
  ['noise', Uint8Array.from({ length: 3000 }, () => noise.below(256))],
  ['zeros', new Uint8Array(500)],
  ['nothing', new Uint8Array(0)],
];
const OPTIONAL: readonly Component[] = [Component.TOC, Component.DIGEST];

describe.each(
  writtenVersions.flatMap((version) => [smallSpecimen(version, plain), smallSpecimen(version, inChunks('LZ4Compressor'))]),
)('$name', (specimen) => {
  test.each(foreign)('%s in place of a component is corrupt, with its name, and verify tells', (_, bytes) => {
    for (const component of componentsOf(specimen)) {
      const sources = sourcesOf(specimen, { [component]: bytes });
      const error = errorOf(specimen, sources);
      // Rows.db may have nothing, and an empty filter lets everything through.
      const isRead = !OPTIONAL.includes(component) && !(component === Component.FILTER && bytes.length === 0);
      if (isRead) expect(error, component).toBeInstanceOf(CorruptionError);
      const { ok, warnings } = verifySSTable(specimen.descriptor, sources, { table: modelTable });
      expect(ok && warnings.length === 0, component).toBe(false);
    }
  });

  test('a component that is missing is named, where reads need it, with its place and what to do', () => {
    for (const component of componentsOf(specimen)) {
      const error = errorOf(specimen, sourcesOf(specimen, { [component]: null }));
      const isNeeded = ![Component.FILTER, Component.SUMMARY, Component.CRC, ...OPTIONAL].includes(component as never);
      const missing = printFileName(specimen.descriptor, component);
      const beside = printFileName(specimen.descriptor, componentsOf(specimen).find((one) => one !== component)!);
      expect([component, error?.code, error?.data['component'], error?.message]).toEqual(
        isNeeded
          ? [
              component,
              'MISSING_COMPONENT',
              component,
              `${missing} is missing beside ${beside}: without it the SSTable can't be read; ` +
                'copy it from where the SSTable comes from, all files whose names begin alike belong to it',
            ]
          : [component, undefined, undefined, undefined],
      );
    }
  });

  test('a table that does not fit the header is told, with what both have and what to do', () => {
    const { columns } = modelTable;
    const other = (change: (column: (typeof columns)[number]) => (typeof columns)[number] | null) => {
      const error = errorOf(
        specimen,
        sourcesOf(specimen),
        new TableMetadata({ ...modelTable, params: defaultTableParams, columns: columns.flatMap((one) => change(one) ?? []) }),
      );
      return [error?.code, error?.message];
    };
    const statistics = printFileName(specimen.descriptor, Component.STATISTICS);
    const mismatch = (what: string, stored: string, wanted: string) => [
      'SCHEMA_MISMATCH',
      `${what} is ${stored} in the header of ${statistics}, and ${wanted} in table ks.model: ` +
        'give the schema that the SSTable was written with',
    ];
    expect(other((one) => (one.name === 'b' ? null : one))).toEqual(
      mismatch('the list of clustering columns', '(int ASC, text DESC)', '(int ASC)'),
    );
    expect(other((one) => (one.name === 'b' ? { ...one, descending: false } : one))).toEqual(
      mismatch('clustering column b', 'text DESC', 'text ASC'),
    );
    expect(other((one) => (one.name === 'a' ? { ...one, type: nativeTypes.bigint } : one))).toEqual(
      mismatch('clustering column a', 'int ASC', 'bigint ASC'),
    );
    expect(other((one) => (one.name === 'k' ? { ...one, type: nativeTypes.uuid } : one))).toEqual(
      mismatch('the partition key', '(int)', '(uuid)'),
    );
  });

  test('another partitioner is named', () => {
    const { version } = specimen.descriptor;
    const statistics = decodeStatistics(specimen.files.get(Component.STATISTICS)!, 'Statistics.db', version);
    const out = new ByteWriter();
    const partitioner = 'org.apache.cassandra.dht.RandomPartitioner';
    encodeStatistics(out, { ...statistics, validation: { ...statistics.validation, partitioner } }, version);
    const error = errorOf(specimen, sourcesOf(specimen, { [Component.STATISTICS]: out.toBytes() }));
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PARTITIONER', data: { partitioner } });
  });
});

test.each(writtenVersions)('a filter of other keys is refused when it is opened: $name', (version) => {
  const specimen = smallSpecimen(version);
  const filter = specimen.files.get(Component.FILTER)!.slice();
  for (const at of [12, 8]) {
    const error = errorOf(specimen, sourcesOf(specimen, { [Component.FILTER]: filter.fill(0, at) }));
    expect(error).toMatchObject({ code: 'CORRUPTION', file: printFileName(specimen.descriptor, Component.FILTER) });
  }
  const open = () =>
    SSTableReader.open(specimen.descriptor, sourcesOf(specimen, { [Component.FILTER]: filter }), { table: modelTable });
  expect(open).toThrow(/the bloom filter denies a key that is there/);
});

test('a version that is not known is named, with those that are', () => {
  for (const name of ['me-1-big-Data.db', 'zz-1-big-Data.db', 'nb-1-bti-Data.db']) {
    expect(() => parseFileName(name)).toThrow(/SSTable version .* is not supported; supported: .*nb-big/);
  }
});

test('a compressor that is not known is named, with those that are', () => {
  const specimen = smallSpecimen(writtenVersions[0], inChunks('LZ4Compressor'));
  const out = new ByteWriter();
  encodeCompressionInfo(out, {
    ...{ compressor: 'com.example.Brotli', options: [], chunkLength: 65536, maxCompressedLength: 0x7fffffff },
    ...{ dataLength: 900, chunkOffsets: Float64Array.of(0) },
  });
  const error = errorOf(specimen, sourcesOf(specimen, { [Component.COMPRESSION_INFO]: out.toBytes() }));
  const file = printFileName(specimen.descriptor, Component.DATA);
  expect(error).toMatchObject({ code: 'UNSUPPORTED_COMPRESSOR', data: { compressor: 'com.example.Brotli', file } });
  expect(error?.message).toBe(
    `compressor "com.example.Brotli" of ${file} is not supported; supported: ` +
      'LZ4Compressor, SnappyCompressor, DeflateCompressor, ZstdCompressor, NoopCompressor. Let Cassandra write the table with one of these: ' +
      "ALTER TABLE … WITH compression = {'class': 'LZ4Compressor'}, then nodetool upgradesstables -a",
  );
});

test.each([lz4Compressor, snappyCompressor, deflateCompressor, zstdCompressor])(
  '$name gives what noise and damaged payloads hold or a place in them, and writes nowhere else',
  (compressor: Compressor) => {
    const dice = new Dice(seed);
    const bytes = Uint8Array.from({ length: 2000 }, (_, i) => (i % 700 < 400 ? 65 + (i % 7) : dice.below(256)));
    const payload = new Uint8Array(compressor.maxPayloadLength(bytes.length));
    const good = payload.slice(0, compressor.compress(bytes, 0, bytes.length, payload, 0));
    const target = new Uint8Array(bytes.length + 20);
    for (let i = 0; i < (isLong ? 50_000 : 1500); i++) {
      const source =
        i % 3 === 0 ? Uint8Array.from({ length: dice.below(300) }, () => dice.below(256)) : anyDamage(good, dice).bytes;
      target.fill(0xbb);
      const made = compressor.decompress(source, 0, source.length, target, 10, 10 + bytes.length);
      if (made < -1 - source.length || made > bytes.length) expect.fail(`${made} of ${source.length} bytes`);
      if (target.subarray(0, 10).some((byte) => byte !== 0xbb) || target.subarray(-10).some((byte) => byte !== 0xbb))
        expect.fail(`damage ${i} writes outside`);
    }
  },
);
