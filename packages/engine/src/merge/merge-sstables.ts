import { compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { type EncodingStats, NO_DELETION_TIME, NO_STATS, type PartitionScanner, type SSTableReader } from '@cassette/sstable';

/**
 * What an SSTable that is merged from others writes its times as differences to: minima over the inputs, where "none" says
 * nothing. Cassandra: SerializationHeader#make.
 */
export function encodingStatsOf(readers: readonly SSTableReader[]): EncodingStats {
  let minTimestamp: bigint | null = null;
  let minLocalDeletionTime: number | null = null;
  let minTtl: number | null = null;
  for (const { stats } of readers) {
    if (stats.minTimestamp !== -(2n ** 63n) && (minTimestamp === null || stats.minTimestamp < minTimestamp))
      minTimestamp = stats.minTimestamp;
    const deleted = stats.minLocalDeletionTime;
    if (deleted !== NO_DELETION_TIME && (minLocalDeletionTime === null || deleted < minLocalDeletionTime))
      minLocalDeletionTime = deleted;
    if (minTtl === null || stats.minTtl < minTtl) minTtl = stats.minTtl;
  }
  return {
    minTimestamp: minTimestamp ?? NO_STATS.minTimestamp,
    minLocalDeletionTime: minLocalDeletionTime ?? NO_STATS.minLocalDeletionTime,
    minTtl: minTtl ?? NO_STATS.minTtl,
  };
}

/** Columns of the table that any of the inputs has, in storage order; what was dropped since is not among them. */
export function columnsOf(
  table: TableMetadata,
  readers: readonly SSTableReader[],
): { readonly statics: ColumnMetadata[]; readonly regulars: ColumnMetadata[] } {
  const names = new Set(
    readers.flatMap(({ header }) => [...header.staticColumns, ...header.regularColumns].map(({ name }) => name)),
  );
  const among = (columns: readonly ColumnMetadata[]) => columns.filter(({ name }) => names.has(name));
  return { statics: among(table.staticColumns), regulars: among(table.regularColumns) };
}

/**
 * Whether an SSTable has columns that its table has no more, for Cassandra refuses to open one that it can't match to a schema; or cells of
 * a column that was dropped and added again, perhaps, that are from before: whoever knows nothing of the drop would take them for alive.
 */
export function hasDroppedColumns(table: TableMetadata, { header, stats }: SSTableReader): boolean {
  return [...header.staticColumns, ...header.regularColumns].some(({ name }) => {
    const dropped = table.droppedColumns.get(name);
    return table.column(name) === undefined || (dropped !== undefined && stats.minTimestamp <= dropped.droppedTime);
  });
}

/**
 * Whether compressed data ends exactly at the end of a chunk: Cassandra 5.0.9 reads such a file, but its verification, and so
 * `nodetool import --extended-verify`, ends in an EOFException. Written anew it has the empty chunk that helps.
 */
export function endsInFullChunk({ compression, dataLength }: SSTableReader): boolean {
  return (
    compression !== null &&
    dataLength % compression.chunkLength === 0 &&
    compression.chunkOffsets.length === dataLength / compression.chunkLength
  );
}

/** Partitions: two milliseconds of thirty SSTables. */
const COUNTED_AT_A_TIME = 500;

/**
 * How many different partitions SSTables have together, told from their indexes alone: a bloom filter is made for the keys
 * that are in the file, not for the sum of those that went in. Every key of every index is looked at, so that it stops after each few hundred
 * for others to have their turn.
 */
export function* countPartitions(readers: readonly SSTableReader[]): Generator<void, number, void> {
  const heads = readers.map((reader) => new Head(reader.keys())).filter((head) => head.next());
  let count = 0;
  while (heads.length > 0) {
    let least = heads[0];
    for (const head of heads) if (head.compare(least) < 0) least = head;
    count++;
    const same = heads.filter((head) => head.compare(least) === 0);
    for (const head of same) if (!head.next()) heads.splice(heads.indexOf(head), 1);
    if (count % COUNTED_AT_A_TIME === 0) yield;
  }
  return count;
}

/** Where one index stands. */
class Head {
  private readonly scanner: PartitionScanner;
  private hi = 0;
  private lo = 0;

  constructor(scanner: PartitionScanner) {
    this.scanner = scanner;
  }

  next(): boolean {
    const { scanner } = this;
    if (!scanner.next()) return false;
    token(scanner.keyBytes, scanner.keyFrom, scanner.keyTo);
    this.hi = tokenWords[0];
    this.lo = tokenWords[1];
    return true;
  }

  compare(other: Head): number {
    const a = this.scanner;
    const b = other.scanner;
    return (
      compareInt64(this.hi, this.lo, other.hi, other.lo) ||
      compareBytes(a.keyBytes, a.keyFrom, a.keyTo, b.keyBytes, b.keyFrom, b.keyTo)
    );
  }
}
