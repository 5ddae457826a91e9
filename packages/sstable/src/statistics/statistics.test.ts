import { ByteWriter, CorruptionError, crc32, fromHex, toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { ClusteringComparator } from '../clustering/index.ts';
import { NO_DELETION_TIME, Row } from '../rows/index.ts';
import { nb, supportedVersions, type Version } from '../version/index.ts';
import { decodeStatistics, encodeStatistics, MetadataCollector, type Statistics } from './index.ts';

const P = 'org.apache.cassandra.db.marshal.';

/** What was written of the tiny table, and what a Cassandra node adds: its commit log and its id. */
function tiny(): Statistics {
  const collector = new MetadataCollector(new ClusteringComparator([]));
  const row = new Row();
  // 1700000000000000 = 0x60a24181e4000.
  for (const [i, key] of ['a', 'b'].entries()) {
    row.clear();
    row.setLiveness(0x60a24, (0x181e4000 + i) | 0);
    row.addCell(0, 0, 0x60a24, (0x181e4000 + i) | 0, NO_DELETION_TIME, 0);
    collector.row(row);
    collector.partition(new TextEncoder().encode(key), 0, 1, 25);
  }
  const statistics = collector.finish({
    bloomFilterFpChance: 0.01,
    header: {
      stats: { minTimestamp: 1700000000000000n, minLocalDeletionTime: 1442880000, minTtl: 0 },
      keyType: `${P}UTF8Type`,
      clusteringTypes: [],
      staticColumns: [],
      regularColumns: [{ name: 'v', type: `${P}Int32Type` }],
    },
  });
  const segment = 0x1a20347455dn;
  return {
    ...statistics,
    stats: {
      ...statistics.stats,
      commitLogIntervals: [{ startSegment: segment, startPosition: 0xec4e, endSegment: segment, endPosition: 0xf0dd }],
      originatingHostId: fromHex('08ee21205a9b42b1a0d670c714519ac3'),
    },
  };
}

function encoded(statistics: Statistics, version = nb): Uint8Array {
  const out = new ByteWriter();
  encodeStatistics(out, statistics, version);
  return out.toBytes();
}

test('Statistics.db of the tiny table has the bytes and checksums that Cassandra wrote', () => {
  const bytes = encoded(tiny());
  expect(bytes.length).toBe(4793);
  const at = (from: number, length: number) => toHex(bytes, from, from + length);
  expect(at(0, 8)).toBe('0000000426291b05');
  expect(at(8, 36)).toBe(`000000000000002c000000010000006500000002${'0000007c'}0000000300001254ebec44f1`);
  expect(at(0x59, 12)).toBe('3f847ae147ae147bcfddb849');
  expect(at(0x65, 23)).toBe('0000000ffffffffe0d190102deb87192a7b71c1f36ccbc');
  expect(at(0x11b4, 12)).toBe('000001a20347455d0000f0dd');
  expect(at(0x11c0, 32)).toBe('00060a24181e400000060a24181e40017fffffff7fffffff0000000000000000');
  expect(at(0x1205, 16)).toBe('00000000000000020000000000000002');
  // These cover every byte of STATS and HEADER.
  expect(at(0x1250, 4)).toBe('aac0464e');
  expect(at(0x12b5, 4)).toBe('01709d82');
});

test('what is read is what was written, and is written as it was', () => {
  const bytes = encoded(tiny());
  const read = decodeStatistics(bytes, 'nb-1-big-Statistics.db', nb);
  expect(toHex(encoded(read))).toBe(toHex(bytes));
  expect(read.stats).toEqual(tiny().stats);
  expect(read.header).toEqual(tiny().header);
  expect(read.stats.partitionSizes.count).toBe(2);
});

test('nb does not tell whether partitions are deleted: some may be, where anything is deleted or expires', () => {
  const { stats, ...rest } = tiny();
  const read = (minLocalDeletionTime: number, hasPartitionLevelDeletions: boolean, version: Version) => {
    const keyRange = { first: Uint8Array.of(0x61), last: Uint8Array.of(0x62) };
    const changed = { ...stats, minLocalDeletionTime, hasPartitionLevelDeletions, keyRange };
    return decodeStatistics(encoded({ ...rest, stats: changed }, version), 's', version).stats.hasPartitionLevelDeletions;
  };
  const told = (version: Version) =>
    [NO_DELETION_TIME, 1700000000].flatMap((time) => [false, true].map((has) => read(time, has, version)));
  expect(told(nb)).toEqual([false, false, true, true]);
  expect(told(supportedVersions.get('oa')!)).toEqual([false, true, false, true]);
});

test('repair, level and clustering bounds are kept', () => {
  const { stats, ...rest } = tiny();
  const changed = {
    ...stats,
    level: 3,
    repairedAt: 1700000000000n,
    minClustering: [Uint8Array.of(1, 2), new Uint8Array(0)],
    maxClustering: [Uint8Array.of(9)],
    pendingRepair: fromHex('08ee21205a9b42b1a0d670c714519ac4'),
    isTransient: true,
    hasLegacyCounterShards: true,
    hasPartitionLevelDeletions: true,
    minLocalDeletionTime: 1700000000,
    tombstoneDropTimes: { times: Float64Array.of(1700000040, 1700000100), counts: Float64Array.of(1, 70) },
  };
  expect(decodeStatistics(encoded({ ...rest, stats: changed }), 's', nb).stats).toEqual(changed);
});

test('times past 2038 are the greatest that nb holds', () => {
  const { stats, ...rest } = tiny();
  const bytes = encoded({ ...rest, stats: { ...stats, minLocalDeletionTime: 4000000000 } });
  expect(decodeStatistics(bytes, 's', nb).stats.minLocalDeletionTime).toBe(0x7ffffffe);
});

test('hostile contents with right checksums are corrupt, not trouble', () => {
  const bytes = encoded(tiny());
  const view = new DataView(bytes.buffer);
  // Start and length of each component.
  const components = [0, 1, 2, 3].map((i) => {
    const from = view.getInt32(12 + 8 * i);
    return [from, (i < 3 ? view.getInt32(12 + 8 * (i + 1)) : bytes.length) - 4] as const;
  });
  let refused = 0;
  for (const [from, to] of components) {
    for (let at = from; at < to; at += to - from > 1000 ? 3 : 1) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) {
        const wrong = bytes.slice();
        wrong[at] = value;
        new DataView(wrong.buffer).setUint32(to, crc32(wrong, from, to));
        try {
          decodeStatistics(wrong, 's', nb);
        } catch (error) {
          if (!(error instanceof CorruptionError)) throw error;
          refused++;
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});
