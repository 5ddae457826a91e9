import { CorruptionError, compareBytes, compareInt64, hash128, toHex } from '@cassette/bytes';
import { parseMarshalType, type TableMetadata } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { BloomFilter } from '../filter/index.ts';
import type { SerializationHeader } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { PartitionHeader } from '../reader/partition-header.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { isBoundary, isEnd } from '../rows/range-tombstone-marker.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { MetadataCollector } from '../statistics/index.ts';
import type { Findings } from './findings.ts';
import type { PartitionIndexCheck } from './partition-index-check.ts';
import { ValueChecks } from './value-checks.ts';

/** Bytes of rows, uncompressed, between two stops. */
const STEP_BYTES = 128 * 1024;

/** What a scan needs. */
export interface ScanInput {
  /** Uncompressed. */
  readonly data: ByteSource;
  readonly header: SerializationHeader;
  /** Of the header itself, so that nothing is left out. */
  readonly table: TableMetadata;
  readonly layout: DataLayout;
  readonly index: PartitionIndexCheck | null;
  readonly filter: BloomFilter | null;
  readonly findings: Findings;
}

/** What a scan counted. */
export interface ScanResult {
  readonly partitions: number;
  /** Rows, static ones that are not empty included. */
  readonly rows: number;
  /** What the statistics should be; of data that was skipped they lack something. */
  readonly collector: MetadataCollector;
  readonly complete: boolean;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** The bloom filter's bits as its keys set them. */
  readonly filterBits: BloomFilter | null;
  /** Whether some counter has a shard of before Cassandra 2.1. */
  readonly hasLegacyCounterShards: boolean;
}

/**
 * Reads all of Data.db: order of partitions and clusterings, range tombstones, values, deletions, nothing that is empty; and tells
 * the index and the filter of everything. Where a partition can't be read it goes on with the next one that the index knows.
 */
export class DataScan {
  private readonly input: ScanInput;
  private readonly window: ByteWindow;
  private readonly reader: UnfilteredReader;
  private readonly header: PartitionHeader;
  private readonly values: ValueChecks;
  private readonly collector: MetadataCollector;
  private readonly filterBits: BloomFilter | null;
  private readonly openBefore = new DeletionTime();
  private partitions = 0;
  private rows = 0;
  private key = new Uint8Array(0);
  private firstKey = new Uint8Array(0);
  private tokenHi = 0;
  private tokenLo = 0;
  private complete = true;
  private toldAt = 0;
  // The name before, to compare the next one with.
  private names: [Uint8Array, Uint8Array] = [new Uint8Array(64), new Uint8Array(64)];
  private nameLength = 0;
  private nameKind = -1;
  private nameSize = 0;

  constructor(input: ScanInput, emptyFilter: BloomFilter | null) {
    this.input = input;
    this.window = new ByteWindow(input.data);
    this.reader = new UnfilteredReader(this.window, input.layout);
    this.header = new PartitionHeader(this.window, this.reader, input.layout);
    this.values = new ValueChecks(input.table, input.data.name);
    this.collector = new MetadataCollector(input.layout.comparator, input.table.isCounter);
    this.filterBits = emptyFilter;
  }

  /**
   * Scans to the end, or until there are too many errors; stops now and then to let its caller do something else, and tells how far it
   * is: a share from 0 to 1.
   */
  *run(): Generator<number, ScanResult, void> {
    const { data, index, findings } = this.input;
    const keyType = parseMarshalType(this.input.header.keyType);
    for (let position = 0; position < data.size && !findings.isFull; ) {
      try {
        this.header.read(position);
        const { keyBytes, keyTo } = this.header;
        this.values.value(keyType, 'the partition key', keyBytes, 0, keyTo, position);
        this.beginPartition(position);
        position = yield* this.readPartition(position);
      } catch (error) {
        findings.caught('data', error);
        this.complete = false;
        const next = index?.skipPartition() ?? -1;
        if (next <= position) break;
        position = next;
      }
    }
    if (this.complete) index?.finish();
    if (this.partitions === 0) findings.error('data: there is no partition');
    return {
      partitions: this.partitions,
      rows: this.rows,
      collector: this.collector,
      complete: this.complete && !findings.isFull,
      firstKey: this.firstKey,
      lastKey: this.key,
      filterBits: this.filterBits,
      hasLegacyCounterShards: this.values.hasLegacyCounterShards,
    };
  }

  private beginPartition(position: number): void {
    const { header } = this;
    const { filter, findings, index, data } = this.input;
    const { keyBytes, keyTo, tokenHi, tokenLo, deletion, rowsFrom } = header;
    // The hash of the key is what the header's token was made of, and nothing was hashed since.
    const [h1Hi, h1Lo, h2Hi, h2Lo] = hash128;
    if (filter !== null) {
      if (!filter.mightContain(h1Hi, h1Lo, h2Hi, h2Lo)) {
        findings.error(`filter: the partition ${toHex(keyBytes.subarray(0, keyTo))} is denied`);
      }
      this.filterBits?.add(h1Hi, h1Lo, h2Hi, h2Lo);
    }
    const order =
      this.partitions === 0
        ? -1
        : compareInt64(this.tokenHi, this.tokenLo, tokenHi, tokenLo) ||
          compareBytes(this.key, 0, this.key.length, keyBytes, 0, keyTo);
    if (order >= 0) {
      findings.error(`data: the partition at ${position} ${order === 0 ? 'was there before' : 'is out of order'} (${data.name})`);
    }
    this.key = keyBytes.slice(0, keyTo);
    if (this.partitions === 0) this.firstKey = this.key;
    this.tokenHi = tokenHi;
    this.tokenLo = tokenLo;
    this.partitions++;
    index?.beginPartition({ key: keyBytes, keyTo, tokenHi, tokenLo, hash: h2Lo, position, deletion, rowsFrom });
  }

  private *readPartition(position: number): Generator<number, number, void> {
    const { header, reader, collector, values } = this;
    const { index, data, findings } = this.input;
    values.deletion(header.deletion, 'a partition deletion', position);
    collector.partitionDeletion(header.deletion);
    let isEmpty = header.deletion.isLive;
    if (header.staticRow !== null) {
      isEmpty = false;
      values.row(header.staticRow, position);
      collector.row(header.staticRow);
      this.rows++;
    }
    reader.seek(header.rowsFrom, data.size);
    this.nameKind = -1;
    for (;;) {
      const at = reader.position;
      if (at - this.toldAt > STEP_BYTES) {
        this.toldAt = at;
        yield at / data.size;
      }
      const found = reader.peek();
      if (found === Unfiltered.END) break;
      isEmpty = false;
      const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = reader;
      this.name(at);
      index?.beginUnfiltered(at, kind, size, clusteringBytes, clusteringFrom, clusteringTo);
      this.openBefore.set(reader.open);
      values.clustering(size, clusteringBytes, clusteringFrom, clusteringTo, at);
      reader.read();
      if (found === Unfiltered.ROW) {
        const { row } = reader;
        if (row.isEmpty) findings.error(`data: an empty row (${data.name} at ${at})`);
        values.row(row, at);
        collector.row(row);
        this.rows++;
      } else this.marker(at);
      index?.endUnfiltered(reader.position, reader.open);
    }
    if (isEmpty) findings.error(`data: the partition at ${position} holds nothing (${data.name})`);
    collector.partition(header.keyBytes, 0, header.keyTo, reader.end - position);
    index?.endPartition(reader.end);
    return reader.end;
  }

  private marker(at: number): void {
    const { marker } = this.reader;
    const { data, findings } = this.input;
    this.values.deletion(marker.closing, 'a range tombstone', at);
    this.values.deletion(marker.opening, 'a range tombstone', at);
    if (isEnd(marker.kind) && !marker.closing.equals(this.openBefore)) {
      throw new CorruptionError('another range tombstone is closed than was open', data.name, at);
    }
    if (!isEnd(marker.kind) || isBoundary(marker.kind)) {
      if (marker.opening.isLive) throw new CorruptionError('a range tombstone that deletes nothing', data.name, at);
    }
    if (isBoundary(marker.kind) && marker.closing.equals(marker.opening)) {
      findings.warn(`data: a boundary between equal deletions (${data.name} at ${at})`);
    }
    this.collector.marker(marker);
  }

  // Every name is greater than the one before.
  private name(at: number): void {
    const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = this.reader;
    const { comparator } = this.input.layout;
    const [before, spare] = this.names;
    if (this.nameKind >= 0) {
      const order = comparator.comparePrefixes(
        ...([this.nameKind, this.nameSize, before, 0, this.nameLength] as const),
        ...([kind, size, clusteringBytes, clusteringFrom, clusteringTo] as const),
      );
      if (order >= 0) throw new CorruptionError('rows and markers are not in the order of their names', this.input.data.name, at);
    }
    const length = clusteringTo - clusteringFrom;
    const kept = spare.length >= length ? spare : new Uint8Array(length * 2);
    kept.set(clusteringBytes.subarray(clusteringFrom, clusteringTo));
    this.names = [kept, before];
    this.nameLength = length;
    this.nameKind = kind;
    this.nameSize = size;
  }
}
