import { compareBytes } from '@cassette/bytes';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { IndexScanner } from '../index/index.ts';
import type { TokenRange } from '../io/read-command.ts';
import { type Summary, SummaryBuilder } from '../summary/index.ts';
import type { Version } from '../version/index.ts';
import type { CountingSource } from './counting-source.ts';
import type { HashedKey, PartitionHeader } from './partition-header.ts';
import type { PartitionIndex, PartitionRowIndex, PartitionScanner } from './partition-index.ts';
import { RowIndexBlocks } from './row-index-blocks.ts';

/** Partitions by Index.db and Summary.db. Cassandra: big.BigTableReader. */
export class BigPartitionIndex implements PartitionIndex {
  readonly summary: Summary;
  private readonly index: CountingSource;
  private readonly layout: DataLayout;
  private readonly version: Version;

  /** Without a summary one is made, from all of Index.db. Throws CorruptionError. */
  constructor(index: CountingSource, summary: Summary | null, layout: DataLayout, version: Version, minIndexInterval: number) {
    this.index = index;
    this.layout = layout;
    this.version = version;
    this.summary = summary ?? this.summaryOfIndex(minIndexInterval);
  }

  get firstKey(): Uint8Array {
    return this.summary.firstKey;
  }

  get lastKey(): Uint8Array {
    return this.summary.lastKey;
  }

  get bytesRead(): number {
    return this.index.bytesRead;
  }

  find(key: HashedKey, scanner: PartitionScanner | null): PartitionScanner | null {
    const sample = this.summary.floor(key.tokenHi, key.tokenLo, key.key);
    if (sample < 0) return null;
    const found = scanner instanceof BigPartitionScanner ? scanner : this.newScanner();
    // A summary has every so many-th entry: the key is found before the next sample's.
    const end = sample + 1 < this.summary.count ? this.summary.position(sample + 1) : this.index.size;
    found.seek(this.summary.position(sample));
    while (found.next() && found.entryPosition < end) {
      if (found.keyTo - found.keyFrom !== key.key.length) continue;
      if (compareBytes(found.keyBytes, found.keyFrom, found.keyTo, key.key, 0, key.key.length) === 0) return found;
    }
    return null;
  }

  scannerFor(start: TokenRange['start']): PartitionScanner {
    const scanner = this.newScanner();
    if (start !== undefined) {
      const sample = this.summary.floorToken(start.hi, start.lo);
      if (sample >= 0) scanner.seek(this.summary.position(sample));
    }
    return scanner;
  }

  keys(): PartitionScanner {
    return this.newScanner(65536);
  }

  private newScanner(bufferSize = 4096): BigPartitionScanner {
    return new BigPartitionScanner(this.index, this.layout, this.version, bufferSize);
  }

  private summaryOfIndex(minIndexInterval: number): Summary {
    const builder = new SummaryBuilder(minIndexInterval);
    const scanner = this.newScanner(65536);
    while (scanner.next()) builder.add(scanner.keyBytes, scanner.keyFrom, scanner.keyTo, scanner.entryPosition);
    return builder.finish();
  }
}

class BigPartitionScanner extends IndexScanner implements PartitionScanner {
  private readonly comparator: ClusteringComparator;

  constructor(index: CountingSource, layout: DataLayout, version: Version, bufferSize: number) {
    super(index, layout.clusteringFixed, version, bufferSize);
    this.comparator = layout.comparator;
  }

  rowIndex(): PartitionRowIndex {
    const index = this.takeRowIndex();
    return { blocks: (file, from, _rowsFrom, end) => new RowIndexBlocks(index, this.comparator, file, from, end) };
  }

  check(header: PartitionHeader, position: number): void {
    header.mustBe(this.keyBytes, this.keyFrom, this.keyTo, position);
  }
}
