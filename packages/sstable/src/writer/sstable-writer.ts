import { assert, ByteWriter, compareBytes, compareInt64, hash128, token, tokenWords } from '@cassette/bytes';
import type { ColumnMetadata, CompressionParams, TableMetadata } from '@cassette/cql';
import { btiFormat } from '../bti-format-part.ts';
import type { EmptyChunk } from '../compression/index.ts';
import { checkWritable } from '../data/deletion-time-codec.ts';
import { layoutOfHeader } from '../data/layout-of-header.ts';
import { Component } from '../descriptor/index.ts';
import { encodeDigest } from '../digest/index.ts';
import { BloomFilter, encodeBloomFilter } from '../filter/index.ts';
import { type EncodingStats, headerOf, type SerializationHeader } from '../header/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { encodeStatistics, MetadataCollector, type StatsMetadata } from '../statistics/index.ts';
import { encodeToc } from '../toc/index.ts';
import type { Version } from '../version/index.ts';
import { BigIndexOutput } from './big-index-output.ts';
import { type DataOutput, dataOutput } from './data-output.ts';
import type { IndexOutput } from './index-output.ts';
import { FLUSH_BYTES, PartitionWriter } from './partition-writer.ts';

/** What an {@link SSTableWriter} is made for. */
export interface SSTableWriterOptions {
  readonly version: Version;
  readonly table: TableMetadata;
  /** What times are written as differences to: the minima of what comes, or any other. */
  readonly encodingStats: EncodingStats;
  /** Columns of the table that may come, in storage order; default all of it. */
  readonly staticColumns?: readonly ColumnMetadata[];
  readonly regularColumns?: readonly ColumnMetadata[];
  /** The bloom filter is made for so many; more make it worse. */
  readonly expectedPartitions: number;
  /** Where each component goes, asked for when it is first needed: which there are depends on table and version. */
  readonly sink: (component: Component) => ByteSink;
  /** Default: the table's. */
  readonly compression?: CompressionParams;
  /** Bytes of rows to a block of the row index; default the version's. */
  readonly columnIndexSize?: number;
  /** Of levelled compaction; default 0. */
  readonly level?: number;
  /** See CompressedSinkOptions. */
  readonly emptyChunk?: EmptyChunk | undefined;
}

/** What was written. */
export interface SSTableStats {
  /** Every component, in the order of TOC.txt. */
  readonly components: readonly Component[];
  readonly partitions: number;
  /** Uncompressed bytes of Data.db. */
  readonly dataLength: number;
  /** Bytes of all components together. */
  readonly bytesOnDisk: number;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  readonly firstToken: { readonly hi: number; readonly lo: number };
  readonly lastToken: { readonly hi: number; readonly lo: number };
  /** As in Statistics.db. */
  readonly metadata: StatsMetadata;
}

/**
 * Writes one SSTable: partitions in token order, each as `startPartition`, `addStaticRow`, rows and markers in clustering order,
 * `endPartition`; then `finish` or `abandon`. Streams: memory is a chunk, the bloom filter, the summary and the row index of one
 * partition. Synchronous. A partition of nothing is not written. What comes out of order is a bug of the caller's and throws
 * AssertionError; after any error only `abandon` is left. Cassandra: big.BigTableWriter, bti.BtiTableWriter.
 */
export class SSTableWriter {
  /** The header that Statistics.db will have. */
  readonly header: SerializationHeader;
  private readonly options: SSTableWriterOptions;
  private readonly data: DataOutput;
  private readonly index: IndexOutput;
  private readonly out = new ByteWriter(FLUSH_BYTES * 2);
  private readonly partition: PartitionWriter;
  private readonly collector: MetadataCollector;
  private readonly filter: BloomFilter | null;
  private state: 'between' | 'in partition' | 'over' = 'between';
  private partitions = 0;
  private otherBytes = 0;
  // The partition that is being written.
  private key = new Uint8Array(64);
  private keyLength = 0;
  private partitionStart = 0;
  private readonly deletion = new DeletionTime();
  private readonly hash = new Int32Array(4);
  private tokenHi = 0;
  private tokenLo = 0;
  // The first one, and the last one that was written.
  private firstKey: Uint8Array = new Uint8Array(0);
  private lastKey = new Uint8Array(64);
  private lastKeyLength = 0;
  private firstTokenHi = 0;
  private firstTokenLo = 0;
  private lastTokenHi = 0;
  private lastTokenLo = 0;

  /** Asks for the sinks of Data.db and of its index. Throws UnsupportedCompressorError. */
  constructor(options: SSTableWriterOptions) {
    const { version, table, encodingStats } = options;
    this.options = options;
    this.header = headerOf(table, encodingStats, options.staticColumns, options.regularColumns);
    const layout = layoutOfHeader(this.header, version, table, table.toString());
    this.data = dataOutput(options.sink(Component.DATA), options.compression ?? table.params.compression, options.emptyChunk);
    this.index =
      version.format === 'big'
        ? new BigIndexOutput(version, table.params.minIndexInterval, options.sink)
        : new btiFormat.module.BtiIndexOutput(layout.comparator.columns, options.sink);
    this.partition = new PartitionWriter(
      layout,
      this.out,
      this.index.blocks,
      options.columnIndexSize ?? version.rowIndexGranularity,
    );
    this.collector = new MetadataCollector(layout.comparator, table.isCounter);
    const { bloomFilterFpChance } = table.params;
    this.filter = bloomFilterFpChance === 1 ? null : BloomFilter.create(options.expectedPartitions, bloomFilterFpChance);
  }

  /** Uncompressed bytes of Data.db so far. */
  get position(): number {
    return this.data.position + this.out.length;
  }

  /**
   * Between two partitions: bytes of the file of Data.db so far, as they are stored; what gathers for the next chunk is not among
   * them. Cassandra: SSTableWriter#getEstimatedOnDiskBytesWritten, by which compactions begin another SSTable.
   */
  storedBytes(): number {
    assert(this.state === 'between', 'what is stored is asked between partitions');
    this.flushData();
    return this.data.storedPosition;
  }

  /** Whether nothing was written: then there is no SSTable, and `abandon` is the way. */
  get isEmpty(): boolean {
    return this.partitions === 0;
  }

  /**
   * Begins a partition of a greater (token, key) than the one before. `deletion` is LIVE for none. Throws UnwritableDeletionError,
   * with nothing of the partition written, where the version can't hold the deletion.
   */
  startPartition(key: Uint8Array, from: number, to: number, deletion: DeletionTime): void {
    assert(this.state === 'between', 'a partition begins after the one before has ended');
    checkWritable(deletion, this.options.version.hasUIntDeletionTime);
    this.state = 'in partition';
    this.keyLength = to - from;
    if (this.key.length < this.keyLength) this.key = new Uint8Array(this.keyLength * 2);
    for (let i = 0; i < this.keyLength; i++) this.key[i] = key[from + i];
    token(this.key, 0, this.keyLength);
    this.tokenHi = tokenWords[0];
    this.tokenLo = tokenWords[1];
    this.hash.set(hash128);
    if (this.partitions > 0) {
      const order =
        compareInt64(this.lastTokenHi, this.lastTokenLo, this.tokenHi, this.tokenLo) ||
        compareBytes(this.lastKey, 0, this.lastKeyLength, this.key, 0, this.keyLength);
      assert(order < 0, 'partitions come in the order of token and key, each once');
    }
    this.partitionStart = this.position;
    this.deletion.set(deletion);
    this.partition.begin(this.key, 0, this.keyLength, deletion);
    this.collector.partitionDeletion(deletion);
  }

  /** The static row: before rows and markers, once at most. An empty one is passed over. */
  addStaticRow(row: Row): void {
    assert(this.state === 'in partition', 'a static row belongs to a partition');
    if (row.isEmpty) return;
    this.partition.addStaticRow(row);
    this.collector.row(row);
  }

  /** A row. An empty one is passed over. */
  addRow(row: Row): void {
    assert(this.state === 'in partition', 'a row belongs to a partition');
    if (row.isEmpty) return;
    this.partition.addRow(row);
    this.collector.row(row);
    if (this.out.length >= FLUSH_BYTES) this.flushData();
  }

  /** A range tombstone marker. Throws UnwritableDeletionError where the row index would have to hold what the version can't. */
  addMarker(marker: RangeTombstoneMarker): void {
    assert(this.state === 'in partition', 'a marker belongs to a partition');
    this.partition.addMarker(marker);
    this.collector.marker(marker);
    if (this.out.length >= FLUSH_BYTES) this.flushData();
  }

  /** Ends the partition and indexes it. */
  endPartition(): void {
    assert(this.state === 'in partition', 'what ends has begun');
    this.state = 'between';
    const { partition, collector, key, keyLength, deletion } = this;
    if (!partition.hasContent) {
      partition.takeBack();
      return;
    }
    collector.partition(key, 0, keyLength, partition.end());
    const { hash, tokenHi, tokenLo, partitionStart: position } = this;
    if (this.filter !== null) this.filter.add(hash[0], hash[1], hash[2], hash[3]);
    const { headerLength, endOffset } = partition;
    this.index.add({ key, keyLength, hash, tokenHi, tokenLo, deletion, position, headerLength, endOffset });
    if (this.out.length >= FLUSH_BYTES) this.flushData();
    if (this.partitions === 0) {
      this.firstKey = key.slice(0, keyLength);
      this.firstTokenHi = this.tokenHi;
      this.firstTokenLo = this.tokenLo;
    }
    this.partitions++;
    const { lastKey } = this;
    this.lastKey = key;
    this.lastKeyLength = keyLength;
    this.key = lastKey;
    this.lastTokenHi = this.tokenHi;
    this.lastTokenLo = this.tokenLo;
  }

  /**
   * Writes what is left of Data.db and its index and then the other components, TOC.txt last. At least one partition must have
   * been written. Making the files durable is the caller's.
   */
  finish(): SSTableStats {
    assert(this.state === 'between', 'the last partition has ended');
    assert(this.partitions > 0, 'an SSTable has a partition: an empty writer is abandoned');
    this.state = 'over';
    const { options, data } = this;
    this.flushData();
    const companion = data.finish();
    const index = this.index.finish();
    const components: Component[] = [Component.DATA, ...index.written, Component.STATISTICS, Component.TOC];
    for (const { component, bytes } of index.whole) {
      this.put(component, bytes);
      components.push(component);
    }
    const out = new ByteWriter(8192);
    if (this.filter !== null) {
      out.clear();
      encodeBloomFilter(out, this.filter);
      this.put(Component.FILTER, out.written());
      components.push(Component.FILTER);
    }
    this.put(data.companion, companion);
    this.put(Component.DIGEST, encodeDigest(data.digest));
    components.push(data.companion, Component.DIGEST);
    const { compressionRatio } = data;
    const statistics = this.collector.finish({
      header: this.header,
      bloomFilterFpChance: options.table.params.bloomFilterFpChance,
      level: options.level ?? 0,
      keyRange: { first: this.firstKey, last: this.lastKey.slice(0, this.lastKeyLength) },
      ...(compressionRatio === undefined ? {} : { compressionRatio }),
    });
    out.clear();
    encodeStatistics(out, statistics, options.version);
    this.put(Component.STATISTICS, out.written());
    components.sort();
    this.put(Component.TOC, encodeToc(components));
    return {
      components,
      partitions: this.partitions,
      dataLength: data.position,
      bytesOnDisk: data.storedPosition + this.index.bytesWritten + this.otherBytes,
      firstKey: this.firstKey,
      lastKey: this.lastKey.slice(0, this.lastKeyLength),
      firstToken: { hi: this.firstTokenHi, lo: this.firstTokenLo },
      lastToken: { hi: this.lastTokenHi, lo: this.lastTokenLo },
      metadata: statistics.stats,
    };
  }

  /** Gives up: nothing more is written. What the sinks have is the caller's to remove. */
  abandon(): void {
    this.state = 'over';
  }

  private put(component: Component, bytes: Uint8Array): void {
    this.options.sink(component).write(bytes);
    this.otherBytes += bytes.length;
  }

  private flushData(): void {
    if (this.out.length === 0) return;
    this.data.write(this.out.written());
    this.partition.emptied();
  }
}
