import { CassetteError, CorruptionError, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { btiFormat } from '../bti-format-part.ts';
import type { Slice } from '../clustering/clustering-bound.ts';
import { CompressedSource, type CompressionInfo, decodeCompressionInfo } from '../compression/index.ts';
import { ChecksummedSource, decodeChecksums } from '../crc/index.ts';
import { type DataLayout, layoutOfHeader, tableOfHeader } from '../data/index.ts';
import { Component, type Descriptor, printFileName } from '../descriptor/index.ts';
import { type BloomFilter, decodeBloomFilter } from '../filter/index.ts';
import type { SerializationHeader } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { ReadAheadSource } from '../io/read-ahead.ts';
import type { ReadCommand, TokenRange } from '../io/read-command.ts';
import type { UnfilteredCursor } from '../rows/unfiltered-cursor.ts';
import {
  decodeStatistics,
  MURMUR3_PARTITIONER,
  NO_COMPRESSION_RATIO,
  type Statistics,
  type StatsMetadata,
} from '../statistics/index.ts';
import { decodeSummary, type Summary } from '../summary/index.ts';
import { BigPartitionIndex } from './big-partition-index.ts';
import type { ChunkCachePool } from './cached-source.ts';
import { CountingSource, readAll } from './counting-source.ts';
import { coveredSlice } from './covered-slice.ts';
import { type HashedKey, hashKey } from './partition-header.ts';
import type { PartitionIndex, PartitionScanner } from './partition-index.ts';
import { type Exclusion, ReadFigure } from './read-figures.ts';
import { SSTableAccess } from './sstable-access.ts';
import { SSTableCursor } from './sstable-cursor.ts';

/** The files of an SSTable. Data.db and its index (Index.db, or Partitions.db and Rows.db) are read as long as the reader is used, the others by `open` alone. */
export type SSTableSources = Partial<Record<Component, ByteSource>>;

/** How an SSTable is opened. */
export interface SSTableReaderOptions {
  /** The table that the rows are wanted of; default: the one that the header tells of, see tableOfHeader. */
  readonly table?: TableMetadata;
  /** Check the CRC32 of chunks of Data.db that are read; default true. */
  readonly verifyChecksums?: boolean;
  /**
   * Numbers from [0, 1): with them the table's `crc_check_chance` decides for each chunk of compressed data whether it is
   * checked; without them every chunk is.
   */
  readonly random?: () => number;
  /** Where look-ups by key find chunks of Data.db that were read before, of this and other SSTables; default: the last four of each reader. */
  readonly chunkCache?: ChunkCachePool;
}

/** A component that is needed is not there. Code MISSING_COMPONENT. */
export class MissingComponentError extends CassetteError {
  /** `sources` are the components that there are: their names tell where it was looked for. */
  constructor(descriptor: Descriptor, component: Component, sources: SSTableSources = {}) {
    const file = printFileName(descriptor, component);
    const [sister] = Object.values(sources);
    super(
      'MISSING_COMPONENT',
      `${file} is missing${sister === undefined ? '' : ` beside ${sister.name}`}: without it the SSTable can't be read; ` +
        'copy it from where the SSTable comes from, all files whose names begin alike belong to it',
      { file, component, beside: sister?.name ?? null },
    );
  }
}

/** An SSTable of a node with another partitioner. Code UNSUPPORTED_PARTITIONER. */
export class UnsupportedPartitionerError extends CassetteError {
  constructor(partitioner: string, file: string) {
    super(
      'UNSUPPORTED_PARTITIONER',
      `${file} is of partitioner ${partitioner.slice(0, 200)}: only tables of ${MURMUR3_PARTITIONER} can be read; copy the rows into one`,
      { file, partitioner },
    );
  }
}

/** What a reader has read so far. */
export interface SSTableReadCounters {
  /** Bytes of Data.db as stored. */
  readonly dataBytesRead: number;
  /** Bytes of Index.db, or of Partitions.db and Rows.db. */
  readonly indexBytesRead: number;
  /** Chunks of Data.db that were checked and decompressed; 0 where there are none. */
  readonly chunksRead: number;
  /** Look-ups that the bloom filter ended. */
  readonly filtered: number;
}

/**
 * An open SSTable. Immutable, synchronous, any number of cursors at a time. Data.db, Statistics.db and Index.db (BTI: Partitions.db and
 * Rows.db) must be there, and CompressionInfo.db for compressed data. Without Filter.db every look-up goes to the index; without
 * Summary.db one is made from Index.db when the SSTable is opened; without CRC.db uncompressed data is not checked.
 * Cassandra: big.BigTableReader, bti.BtiTableReader.
 */
export class SSTableReader {
  readonly descriptor: Descriptor;
  readonly table: TableMetadata;
  readonly layout: DataLayout;
  /** Everything in Statistics.db. */
  readonly statistics: Statistics;
  /** How Data.db is compressed; null if it is not. */
  readonly compression: CompressionInfo | null;
  /** The bloom filter; null where there is none. */
  readonly filter: BloomFilter | null;
  /** The summary of Index.db; null in the BTI format. */
  readonly summary: Summary | null;
  /** Uncompressed bytes of Data.db. */
  readonly dataLength: number;
  readonly firstToken: { readonly hi: number; readonly lo: number };
  readonly lastToken: { readonly hi: number; readonly lo: number };
  private readonly storedData: CountingSource;
  private readonly chunked: CompressedSource | ChecksummedSource | null;
  private readonly access: SSTableAccess;

  private constructor(parts: SSTableParts) {
    this.descriptor = parts.descriptor;
    this.table = parts.table;
    this.layout = parts.layout;
    this.statistics = parts.statistics;
    this.compression = parts.compression;
    this.filter = parts.filter;
    this.summary = parts.index instanceof BigPartitionIndex ? parts.index.summary : null;
    this.storedData = parts.storedData;
    this.chunked = parts.chunked;
    const data = parts.chunked ?? parts.storedData;
    this.dataLength = data.size;
    this.firstToken = tokenOf(parts.index.firstKey);
    this.lastToken = tokenOf(parts.index.lastKey);
    const covered = coveredSlice(parts.statistics.stats, parts.descriptor.version, parts.layout.comparator);
    this.access = new SSTableAccess(data, parts.pointData, parts.index, parts.layout, parts.filter, covered);
  }

  /**
   * Opens an SSTable. Throws MissingComponentError, CorruptionError, UnsupportedCompressorError, UnsupportedPartitionerError.
   */
  static open(descriptor: Descriptor, sources: SSTableSources, options: SSTableReaderOptions = {}): SSTableReader {
    const need = (component: Component): ByteSource => {
      const source = sources[component];
      if (source === undefined) throw new MissingComponentError(descriptor, component, sources);
      return source;
    };
    const statisticsSource = need(Component.STATISTICS);
    const statistics = decodeStatistics(readAll(statisticsSource), statisticsSource.name, descriptor.version);
    const { partitioner } = statistics.validation;
    if (partitioner !== MURMUR3_PARTITIONER) throw new UnsupportedPartitionerError(partitioner, statisticsSource.name);
    const table = options.table ?? tableOfHeader(statistics.header, statisticsSource.name);
    const layout = layoutOfHeader(statistics.header, descriptor.version, table, statisticsSource.name);

    const storedData = new CountingSource(need(Component.DATA));
    const infoSource = sources[Component.COMPRESSION_INFO];
    // Without it the data would be taken for rows as it is stored.
    if (statistics.stats.compressionRatio !== NO_COMPRESSION_RATIO) need(Component.COMPRESSION_INFO);
    const compression = infoSource === undefined ? null : decodeCompressionInfo(readAll(infoSource), infoSource.name);
    const verifyChecksums = options.verifyChecksums ?? true;
    let chunked: CompressedSource | ChecksummedSource | null = null;
    let chunkLength = 0;
    if (compression !== null) {
      chunkLength = compression.chunkLength;
      const { random } = options;
      const chance = table.params.crcCheckChance;
      // Cassandra: CompressedChunkReader#shouldCheckCrc.
      const byChance = random === undefined || chance >= 1 ? true : () => chance > 0 && chance > random();
      chunked = new CompressedSource(storedData, compression, { verifyChecksums: verifyChecksums && byChance });
    } else {
      const crcSource = sources[Component.CRC];
      if (crcSource !== undefined && verifyChecksums) {
        const checksums = decodeChecksums(readAll(crcSource), crcSource.name);
        chunkLength = checksums.chunkLength;
        chunked = new ChecksummedSource(storedData, checksums);
      }
    }
    const { chunkCache } = options;
    const pointData = chunked === null ? storedData : (chunkCache?.over(chunked, chunkLength) ?? chunked);
    if (storedData.size === 0) throw new CorruptionError('an SSTable has a partition', storedData.name, 0);

    const filterSource = sources[Component.FILTER];
    const filter = filterSource === undefined ? null : decodeBloomFilter(readAll(filterSource), filterSource.name);
    let index: PartitionIndex;
    if (descriptor.version.format === 'big') {
      const source = new CountingSource(need(Component.INDEX));
      if (source.size === 0) throw new CorruptionError('an SSTable has a partition', source.name, 0);
      const summarySource = sources[Component.SUMMARY];
      const summary = summarySource === undefined ? null : decodeSummary(readAll(summarySource), summarySource.name);
      index = new BigPartitionIndex(source, summary, layout, descriptor.version, table.params.minIndexInterval);
    } else {
      const partitions = new CountingSource(need(Component.PARTITIONS));
      const rows = new CountingSource(need(Component.ROWS));
      index = new btiFormat.module.BtiPartitionIndex(partitions, rows, pointData, layout);
    }
    if (filter !== null && filterSource !== undefined) mustAllow(filter, index, filterSource.name);
    return new SSTableReader({
      descriptor,
      table,
      layout,
      statistics,
      compression,
      filter,
      storedData,
      index,
      chunked,
      pointData,
    });
  }

  get header(): SerializationHeader {
    return this.statistics.header;
  }

  /** What Statistics.db knows of the rows. */
  get stats(): StatsMetadata {
    return this.statistics.stats;
  }

  get firstKey(): Uint8Array {
    return this.access.index.firstKey;
  }

  get lastKey(): Uint8Array {
    return this.access.index.lastKey;
  }

  /** What was read so far, over all cursors. */
  get counters(): SSTableReadCounters {
    return {
      dataBytesRead: this.storedData.bytesRead,
      indexBytesRead: this.access.index.bytesRead,
      chunksRead: this.chunked?.chunksRead ?? 0,
      filtered: this.access.filtered,
    };
  }

  /**
   * Whether what the command asks for may be here: false is certain. By the bloom filter, the first and the last key, and the clusterings
   * that are covered; of no use are those where static rows or deletions of partitions may be. Reads nothing.
   * Cassandra: SinglePartitionReadCommand and PartitionRangeReadCommand, where they pass over SSTables that do not intersect.
   */
  mayContain(command: ReadCommand): boolean {
    return this.exclusionOf(command) === null;
  }

  /** As {@link mayContain}, with what it is that tells: null where what the command asks for may be here. A filter's answer is counted. */
  exclusionOf({ partitions, slices }: ReadCommand): Exclusion | null {
    if ('keys' in partitions) {
      let isWithin = false;
      let mayBeHere = false;
      for (const key of partitions.keys) {
        const hashed = hashKey(key);
        if (!this.mayContainToken(hashed.tokenHi, hashed.tokenLo)) continue;
        isWithin = true;
        mayBeHere = this.access.mightContain(hashed);
        if (mayBeHere) break;
      }
      if (!isWithin) return 'key range';
      if (!mayBeHere) {
        this.access.filtered++;
        return 'bloom filter';
      }
    } else if (!this.mayContainRange(partitions.range)) return 'key range';
    if (slices === undefined || slices.length === 0 || this.layout.statics.count > 0) return null;
    return this.stats.hasPartitionLevelDeletions || this.access.slicesHere(slices).length > 0 ? null : 'clusterings';
  }

  /**
   * As {@link exclusionOf} for one key, hashed before, and nothing is counted: for those who may look at it again, or say
   * {@link countFiltered}.
   */
  exclusionOfKey(key: HashedKey, slices: readonly Slice[] | null): Exclusion | null {
    if (!this.mayContainToken(key.tokenHi, key.tokenLo)) return 'key range';
    if (!this.access.mightContain(key)) return 'bloom filter';
    if (slices === null || slices.length === 0 || this.layout.statics.count > 0) return null;
    return this.stats.hasPartitionLevelDeletions || this.access.slicesHere(slices).length > 0 ? null : 'clusterings';
  }

  /** Counts a look-up that the bloom filter ended. */
  countFiltered(): void {
    this.access.filtered++;
  }

  /**
   * A cursor on one partition, for look-ups that are over before anything else happens: to be closed before this is called again, else it
   * costs as much as {@link cursor}. `slices`: null for all. Throws CorruptionError.
   */
  point(key: HashedKey, slices: readonly Slice[] | null): UnfilteredCursor {
    return this.access.point(key, slices);
  }

  /** Whether the key may be here: false is certain. Reads nothing. */
  mayContainKey(key: Uint8Array): boolean {
    const hashed = hashKey(key);
    return this.mayContainToken(hashed.tokenHi, hashed.tokenLo) && this.access.mightContain(hashed);
  }

  /** Whether the token lies between the first and the last one. */
  mayContainToken(hi: number, lo: number): boolean {
    return (
      compareInt64(hi, lo, this.firstToken.hi, this.firstToken.lo) >= 0 &&
      compareInt64(hi, lo, this.lastToken.hi, this.lastToken.lo) <= 0
    );
  }

  /** Whether the range may have partitions here: false is certain. */
  mayContainRange({ start, end }: TokenRange): boolean {
    if (start !== undefined) {
      const order = compareInt64(start.hi, start.lo, this.lastToken.hi, this.lastToken.lo);
      if (order > 0 || (order === 0 && !start.inclusive && start.afterKey === undefined)) return false;
    }
    if (end !== undefined) {
      const order = compareInt64(end.hi, end.lo, this.firstToken.hi, this.firstToken.lo);
      if (order < 0 || (order === 0 && !end.inclusive)) return false;
    }
    return true;
  }

  /**
   * Adds what was read so far to sums, `sign` times, by {@link ReadFigure}: what one part of the reading cost is the difference between two
   * moments.
   */
  addFigures(sums: Float64Array, sign: 1 | -1 = 1): void {
    const { access, chunked, storedData } = this;
    sums[ReadFigure.DATA_BYTES] += sign * storedData.bytesRead;
    sums[ReadFigure.DATA_READS] += sign * storedData.reads;
    sums[ReadFigure.INDEX_BYTES] += sign * access.index.bytesRead;
    sums[ReadFigure.INDEX_STEPS] += sign * access.index.steps;
    sums[ReadFigure.ROW_INDEXES] += sign * access.rowIndexesRead;
    sums[ReadFigure.FILTERED] += sign * access.filtered;
    sums[ReadFigure.TRUE_POSITIVES] += sign * access.truePositives;
    sums[ReadFigure.FALSE_POSITIVES] += sign * access.falsePositives;
    if (chunked === null) return;
    sums[ReadFigure.CHUNKS] += sign * chunked.chunksRead;
    sums[ReadFigure.CHUNK_BYTES] += sign * chunked.bytesDecompressed;
  }

  /** All partition keys in their order, from the index (of BTI: and from the heads of partitions). */
  keys(): PartitionScanner {
    return this.access.index.keys();
  }

  /** The partitions, rows and markers that the command asks for. They throw CorruptionError for bytes that can't be. */
  cursor(command: ReadCommand): SSTableCursor {
    return new SSTableCursor(this.access, command);
  }

  /**
   * As {@link cursor}, for those who read all of a range: Data.db is read `readAhead` bytes at a time. Chunks that it decompresses are not
   * among the counted.
   */
  scan(range: TokenRange, readAhead: number): SSTableCursor {
    const stored = new ReadAheadSource(this.storedData, readAhead);
    const data = this.chunked?.over(stored) ?? stored;
    const { index, covered } = this.access;
    const access = new SSTableAccess(data, data, index, this.layout, this.filter, covered);
    return new SSTableCursor(access, { partitions: { range } });
  }
}

interface SSTableParts {
  readonly descriptor: Descriptor;
  readonly table: TableMetadata;
  readonly layout: DataLayout;
  readonly statistics: Statistics;
  readonly compression: CompressionInfo | null;
  readonly filter: BloomFilter | null;
  readonly storedData: CountingSource;
  readonly index: PartitionIndex;
  readonly chunked: CompressedSource | ChecksummedSource | null;
  /** Data.db uncompressed, for look-ups by key. */
  readonly pointData: ByteSource;
}

/**
 * Nothing guards the bits of a filter, and one that denies a key hides its partition: the first and the last key tell of a filter that is
 * another's or was overwritten. A few bits that are lost only `verify` finds, which asks for every key.
 */
function mustAllow(filter: BloomFilter, index: PartitionIndex, file: string): void {
  for (const key of [index.firstKey, index.lastKey]) {
    const { hash } = hashKey(key);
    if (!filter.mightContain(...hash)) {
      throw new CorruptionError('the bloom filter denies a key that is there: it is damaged, or of another SSTable', file, 0);
    }
  }
}

function tokenOf(key: Uint8Array): { hi: number; lo: number } {
  token(key);
  return { hi: tokenWords[0], lo: tokenWords[1] };
}
