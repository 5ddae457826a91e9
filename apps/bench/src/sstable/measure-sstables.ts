import { type CompressionParams, readCompression } from '@cassette/cql';
import {
  Component,
  da,
  type EncodingStats,
  NO_STATS,
  nb,
  oa,
  SSTableReader,
  SSTableWriter,
  Unfiltered,
  type Version,
  writeCursor,
} from '@cassette/sstable';
import { orderOf } from '../measure/statistics.ts';
import { sensorRows } from '../rows/sensor-row.ts';
import { MemoryFiles } from './memory-files.ts';
import { SensorArena, SensorCursor, sensorMetadata, sumOfValues } from './sensor-cursor.ts';
import type { SSTableFigure, SSTableRun } from './sstable-run.ts';

const versions: readonly Version[] = [nb, oa, da];

/** As `compression = {…}` says them; chunks are of 16 KiB, Cassandra's default. */
const compressors: Readonly<Record<string, Record<string, string>>> = {
  none: { enabled: 'false' },
  LZ4: { class: 'LZ4Compressor' },
  'LZ4 high': { class: 'LZ4Compressor', lz4_compressor_type: 'high' },
  Snappy: { class: 'SnappyCompressor' },
  Deflate: { class: 'DeflateCompressor' },
  Zstd: { class: 'ZstdCompressor' },
};

/** One version with one compressor, and what was measured of it. */
interface Case {
  readonly version: Version;
  readonly name: string;
  readonly compression: CompressionParams;
  readonly figure: {
    -readonly [K in keyof SSTableFigure]: SSTableFigure[K] extends readonly number[] ? number[] : SSTableFigure[K];
  };
}

/**
 * Measures SSTable writer and reader alone, without engine, disk or memtable: rows come from one piece of memory and files are pieces of
 * memory. Every case is measured once a round, in another order each time; one round before the first does not count. What is read must
 * be what was written, each time. Throws Error where it is not.
 */
export function measureSSTables(rounds: number, rows: number, tell: (line: string) => void): SSTableRun {
  const arena = new SensorArena(sensorRows(0, rows));
  const expected = sumOf(arena);
  const files = new MemoryFiles();
  const cases = versions.flatMap((version) =>
    Object.entries(compressors).map(([name, options]) => caseOf(version, name, options)),
  );
  for (let round = 0; round <= rounds; round++) {
    tell(round === 0 ? 'SSTables: warming up' : `SSTables: round ${round} of ${rounds}`);
    for (const one of orderOf(cases, round)) measure(one, files, arena, expected, round > 0);
  }
  return { node: process.version, rounds, rows, partitions: arena.partitions.length, figures: cases.map(({ figure }) => figure) };
}

function caseOf(version: Version, name: string, options: Record<string, string>): Case {
  const compression = readCompression(options);
  if (compression === undefined) throw new Error(`There is no compression ${name}`);
  const sizes = { dataBytes: 0, storedBytes: 0, bytesOnDisk: 0 };
  const rates = { writeMegabytes: [], writeRows: [], readMegabytes: [], readRows: [] };
  return { version, name, compression, figure: { version: version.name, compressor: name, ...sizes, ...rates } };
}

function measure(
  { version, name, compression, figure }: Case,
  files: MemoryFiles,
  arena: SensorArena,
  expected: number,
  counts: boolean,
): void {
  const descriptor = { version, id: '1' };
  files.begin(descriptor);
  const encodingStats: EncodingStats = { ...NO_STATS, minTimestamp: SensorArena.firstTimestamp };
  const writeStart = performance.now();
  const writer = new SSTableWriter({
    version,
    table: sensorMetadata,
    encodingStats,
    expectedPartitions: arena.partitions.length,
    sink: files.sink,
    compression,
  });
  writeCursor(writer, new SensorCursor(arena));
  const { dataLength, bytesOnDisk } = writer.finish();
  const writeTime = performance.now() - writeStart;

  const sources = files.sources();
  const readStart = performance.now();
  const reader = SSTableReader.open(descriptor, sources, { table: sensorMetadata });
  const cursor = reader.cursor({ partitions: { range: {} } });
  let rows = 0;
  let sum = 0;
  while (cursor.nextPartition()) {
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      rows++;
      sum = sumOfValues(cursor.row, sum);
    }
  }
  cursor.close();
  const readTime = performance.now() - readStart;
  if (rows !== arena.rows || sum !== expected) {
    throw new Error(`${version.name} with ${name}: ${arena.rows} rows were written, ${rows} read, or others`);
  }

  figure.dataBytes = dataLength;
  figure.storedBytes = sources[Component.DATA]?.size ?? 0;
  figure.bytesOnDisk = bytesOnDisk;
  if (!counts) return;
  figure.writeMegabytes.push(dataLength / 1000 / writeTime);
  figure.writeRows.push((rows / writeTime) * 1000);
  figure.readMegabytes.push(dataLength / 1000 / readTime);
  figure.readRows.push((rows / readTime) * 1000);
}

/** What reading all rows must sum up to. */
function sumOf(arena: SensorArena): number {
  const cursor = new SensorCursor(arena);
  let sum = 0;
  while (cursor.nextPartition()) while (cursor.next() !== Unfiltered.END) sum = sumOfValues(cursor.row, sum);
  return sum;
}
