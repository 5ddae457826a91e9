import { CorruptionError, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { IndexScanner } from '../index/index.ts';
import type { TokenRange } from '../io/read-command.ts';
import { type Summary, SummaryBuilder } from '../summary/index.ts';
import type { Version } from '../version/index.ts';
import type { CountingSource } from './counting-source.ts';
import type { LeftEntry } from './index-check.ts';
import type { HashedKey, PartitionHeader } from './partition-header.ts';
import type { PartitionIndex, PartitionRowIndex, PartitionScanner } from './partition-index.ts';
import { RowIndexBlocks } from './row-index-blocks.ts';

/** Partitions by Index.db and Summary.db. Cassandra: big.BigTableReader. */
export class BigPartitionIndex implements PartitionIndex {
  readonly summary: Summary;
  steps = 0;
  private readonly index: CountingSource;
  private readonly layout: DataLayout;
  private readonly version: Version;

  /** Without a summary one is made, from all of Index.db. Throws CorruptionError. */
  constructor(index: CountingSource, summary: Summary | null, layout: DataLayout, version: Version, minIndexInterval: number) {
    this.index = index;
    this.layout = layout;
    this.version = version;
    this.summary = summary ?? this.summaryOfIndex(minIndexInterval);
    if (summary !== null) this.checkSummary();
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
    this.goToSample(found, sample);
    do {
      this.steps++;
      if (found.keyTo - found.keyFrom !== key.key.length) continue;
      if (compareBytes(found.keyBytes, found.keyFrom, found.keyTo, key.key, 0, key.key.length) === 0) return found;
    } while (found.next() && found.entryPosition < end);
    return null;
  }

  scannerAt(bookmark: number): PartitionScanner {
    const scanner = this.newScanner();
    scanner.seek(bookmark);
    scanner.next();
    return scanner;
  }

  around({ tokenHi, tokenLo, key }: HashedKey, before: LeftEntry): PartitionScanner | null | undefined {
    const sample = this.summary.floor(tokenHi, tokenLo, key);
    if (sample < 0) return undefined;
    const scanner = this.newScanner();
    this.goToSample(scanner, sample);
    do {
      const { keyBytes, keyFrom, keyTo } = scanner;
      token(keyBytes, keyFrom, keyTo);
      const order =
        compareInt64(tokenWords[0], tokenWords[1], tokenHi, tokenLo) ||
        compareBytes(keyBytes, keyFrom, keyTo, key, 0, key.length);
      if (order > 0) return scanner;
      // It was not found up to the next sample: so that one is not what it says.
      if (order === 0) throw this.misled(sample);
      before.set(scanner, tokenWords[0], tokenWords[1]);
    } while (scanner.next());
    return null;
  }

  scannerFor(start: TokenRange['start']): PartitionScanner {
    const scanner = this.newScanner();
    if (start !== undefined) {
      const sample = this.summary.floorToken(start.hi, start.lo);
      if (sample >= 0) {
        this.goToSample(scanner, sample);
        scanner.seek(this.summary.position(sample));
      }
    }
    return scanner;
  }

  keys(): PartitionScanner {
    return this.newScanner(65536);
  }

  // Moves to the entry that the sample is of.
  private goToSample(scanner: BigPartitionScanner, sample: number): void {
    const key = this.summary.key(sample);
    scanner.seek(this.summary.position(sample));
    if (!scanner.next() || compareBytes(scanner.keyBytes, scanner.keyFrom, scanner.keyTo, key, 0, key.length) !== 0) {
      throw this.misled(sample);
    }
  }

  // That it ends where Index.db does: else partitions would seem not to be there.
  private checkSummary(): void {
    const { summary } = this;
    const { firstKey, lastKey } = summary;
    if (!summary.isAscending) throw new CorruptionError('the samples of the summary are not in order', this.index.name, 0);
    const scanner = this.newScanner();
    if (summary.position(0) !== 0) throw this.misled(0);
    this.goToSample(scanner, 0);
    const { keyBytes, keyFrom, keyTo } = scanner;
    if (compareBytes(keyBytes, keyFrom, keyTo, firstKey, 0, firstKey.length) !== 0) throw this.misled(0);
    this.goToSample(scanner, summary.count - 1);
    let same = false;
    do same = compareBytes(scanner.keyBytes, scanner.keyFrom, scanner.keyTo, lastKey, 0, lastKey.length) === 0;
    while (scanner.next());
    if (!same) throw this.misled(summary.count - 1);
  }

  private misled(sample: number): CorruptionError {
    const position = this.summary.position(sample);
    return new CorruptionError(
      'Index.db and Summary.db do not agree about the entry here: one is damaged',
      this.index.name,
      position,
    );
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

  get bookmark(): number {
    return this.entryPosition;
  }

  constructor(index: CountingSource, layout: DataLayout, version: Version, bufferSize: number) {
    super(index, layout.clusteringFixed, version, bufferSize);
    this.comparator = layout.comparator;
  }

  rowIndex(): PartitionRowIndex {
    const index = this.takeRowIndex();
    return { blocks: (file, from, rowsFrom, end) => new RowIndexBlocks(index, this.comparator, file, from, rowsFrom, end) };
  }

  check(header: PartitionHeader, position: number): void {
    header.mustBe(this.keyBytes, this.keyFrom, this.keyTo, position);
  }
}
