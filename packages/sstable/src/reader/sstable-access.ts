import { compareBytes, compareInt64 } from '@cassette/bytes';
import type { DataLayout } from '../data/data-layout.ts';
import type { BloomFilter } from '../filter/index.ts';
import { IndexScanner } from '../index/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { TokenRange } from '../io/read-command.ts';
import type { Summary } from '../summary/index.ts';
import type { Version } from '../version/index.ts';
import { type HashedKey, hashKey } from './partition-header.ts';

/** What cursors need of an open SSTable: where its rows and its index are, and how to find a key. */
export class SSTableAccess {
  /** Uncompressed. */
  readonly data: ByteSource;
  readonly layout: DataLayout;
  /** Keys that the bloom filter said are not here, for statistics. */
  filtered = 0;
  private readonly index: ByteSource;
  private readonly version: Version;
  private readonly filter: BloomFilter | null;
  private readonly summary: Summary;

  constructor(
    data: ByteSource,
    index: ByteSource,
    layout: DataLayout,
    version: Version,
    filter: BloomFilter | null,
    summary: Summary,
  ) {
    this.data = data;
    this.index = index;
    this.layout = layout;
    this.version = version;
    this.filter = filter;
    this.summary = summary;
  }

  /** The keys with their tokens, in token order, each once. */
  hashedInOrder(keys: readonly Uint8Array[]): HashedKey[] {
    if (keys.length === 1) return [hashKey(keys[0])];
    const hashed = keys.map(hashKey).sort(compareHashed);
    return hashed.filter((key, i) => i === 0 || compareHashed(hashed[i - 1], key) !== 0);
  }

  /** Whether the key may be here: false is certain. */
  mightContain(key: HashedKey): boolean {
    const [h1Hi, h1Lo, h2Hi, h2Lo] = key.hash;
    return this.filter === null || this.filter.mightContain(h1Hi, h1Lo, h2Hi, h2Lo);
  }

  /** A scanner at the key's entry, or null where the key is not here; `scanner` is used again. */
  find(key: HashedKey, scanner: IndexScanner | null): IndexScanner | null {
    if (!this.mightContain(key)) {
      this.filtered++;
      return null;
    }
    const sample = this.summary.floor(key.tokenHi, key.tokenLo, key.key);
    if (sample < 0) return null;
    const found = scanner ?? this.newScanner();
    // A summary has every so many-th entry: the key is found before the next sample's.
    const end = sample + 1 < this.summary.count ? this.summary.position(sample + 1) : this.index.size;
    found.seek(this.summary.position(sample));
    while (found.next() && found.entryPosition < end) {
      if (found.keyTo - found.keyFrom !== key.key.length) continue;
      if (compareBytes(found.keyBytes, found.keyFrom, found.keyTo, key.key, 0, key.key.length) === 0) return found;
    }
    return null;
  }

  /** A scanner whose next entry is at or before the first that the range can have. */
  scannerFor(start: TokenRange['start']): IndexScanner {
    const scanner = this.newScanner();
    if (start !== undefined) {
      const sample = this.summary.floorToken(start.hi, start.lo);
      if (sample >= 0) scanner.seek(this.summary.position(sample));
    }
    return scanner;
  }

  private newScanner(): IndexScanner {
    return new IndexScanner(this.index, this.layout.clusteringFixed, this.version, 4096);
  }
}

function compareHashed(a: HashedKey, b: HashedKey): number {
  return compareInt64(a.tokenHi, a.tokenLo, b.tokenHi, b.tokenLo) || compareBytes(a.key, 0, a.key.length, b.key, 0, b.key.length);
}
