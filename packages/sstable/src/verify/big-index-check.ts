import { compareBytes } from '@cassette/bytes';
import { type ClusteringPrefix, type IndexInfo, IndexScanner, type RowIndex } from '../index/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { BASE_SAMPLING_LEVEL, type Summary } from '../summary/index.ts';
import type { Version } from '../version/index.ts';
import type { Findings } from './findings.ts';
import type { PartitionBegin, PartitionIndexCheck } from './partition-index-check.ts';

/**
 * Index.db and Summary.db against Data.db: the same keys in the same order at the places where they are; blocks that begin and end
 * at unfiltereds, have their names, lie one behind the other and fill the partition, and know what is open behind them; samples that
 * are entries. Memory: the row index of one partition.
 */
export class BigIndexCheck implements PartitionIndexCheck {
  private readonly scanner: IndexScanner;
  private readonly indexSize: number;
  private readonly summary: Summary | null;
  private readonly findings: Findings;
  private more: boolean;
  private partitions = 0;
  private samples = 0;
  private lastKey = new Uint8Array(64);
  private lastKeyLength = 0;
  private partition = 0;
  private rowIndex: RowIndex | null = null;
  private block = 0;
  private info: IndexInfo | null = null;
  private isBlockStart = false;

  /** `summary` is null where there is none. Throws CorruptionError. */
  constructor(index: ByteSource, fixedLengths: Int32Array, version: Version, summary: Summary | null, findings: Findings) {
    this.scanner = new IndexScanner(index, fixedLengths, version, 65536);
    this.indexSize = index.size;
    this.summary = summary;
    this.findings = findings;
    this.more = this.scanner.next();
  }

  beginPartition(begin: PartitionBegin): void {
    const { scanner, findings } = this;
    this.rowIndex = null;
    this.info = null;
    this.partition = begin.position;
    if (this.lastKey.length < begin.keyTo) this.lastKey = new Uint8Array(begin.keyTo * 2);
    this.lastKey.set(begin.key.subarray(0, begin.keyTo));
    this.lastKeyLength = begin.keyTo;
    if (!this.more) {
      findings.error(`index: the partition at ${begin.position} has no entry`);
      return;
    }
    const { keyBytes, keyFrom, keyTo, dataPosition, entryPosition } = scanner;
    if (compareBytes(keyBytes, keyFrom, keyTo, begin.key, 0, begin.keyTo) !== 0) {
      findings.error(`index: the entry at ${entryPosition} has another key than the partition at ${begin.position}`);
    }
    if (dataPosition !== begin.position) {
      findings.error(`index: the entry at ${entryPosition} says ${dataPosition}, the partition is at ${begin.position}`);
    }
    this.sample(begin, entryPosition);
    this.partitions++;
    if (!scanner.hasRowIndex) return;
    const rowIndex = scanner.takeRowIndex();
    this.rowIndex = rowIndex;
    const header = begin.rowsFrom - begin.position;
    if (rowIndex.headerLength !== header) this.wrong(`says ${rowIndex.headerLength} bytes before the rows, there are ${header}`);
    if (!rowIndex.partitionDeletion.equals(begin.deletion)) this.wrong('has another partition deletion');
    if (rowIndex.blockCount < 2) this.wrong('has a single block');
    this.enter(0, header);
  }

  beginUnfiltered(_position: number, kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    const { info } = this;
    if (info === null) return;
    if (this.isBlockStart && !isSame(info.first, kind, size, bytes, from, to)) {
      this.wrong(`has a first name of block ${this.block} that is not that of the unfiltered there`);
    }
    this.isBlockStart = false;
    this.last = isSame(info.last, kind, size, bytes, from, to);
  }

  // Whether the unfiltered that was begun has the last name of the block.
  private last = false;

  endUnfiltered(position: number, open: DeletionTime): void {
    const { info, rowIndex, block } = this;
    if (info === null || rowIndex === null) return;
    const end = info.offset + info.width;
    const at = position - this.partition;
    // The last block's width counts the byte that ends the partition.
    const isLast = block === rowIndex.blockCount - 1;
    if (at < (isLast ? end - 1 : end)) return;
    if (at > end) {
      this.wrong(`has a block ${block} that ends at ${end}, inside an unfiltered`);
      this.info = null;
      return;
    }
    if (!this.last) this.wrong(`has a last name of block ${block} that is not that of the unfiltered there`);
    const { openMarker } = info;
    if (openMarker === null ? !open.isLive : !openMarker.equals(open))
      this.wrong(`has another deletion open behind block ${block}`);
    if (!isLast) this.enter(block + 1, end);
  }

  endPartition(position: number): void {
    const { rowIndex, info } = this;
    if (rowIndex !== null && info !== null) {
      const end = info.offset + info.width;
      if (this.block < rowIndex.blockCount - 1)
        this.wrong(`has ${rowIndex.blockCount} blocks, the rows end in block ${this.block}`);
      // Where the last row filled its block, the byte that ends the partition is in none.
      else if (end !== position - this.partition && end !== position - this.partition - 1)
        this.wrong(`ends at ${end}, the partition at ${position - this.partition}`);
    }
    this.more = this.more && this.scanner.next();
  }

  skipPartition(): number {
    this.more = this.more && this.scanner.next();
    return this.more && this.scanner.dataPosition > this.partition ? this.scanner.dataPosition : -1;
  }

  finish(): void {
    const { findings, scanner, summary } = this;
    if (this.more) findings.error(`index: the entry at ${scanner.entryPosition} is of no partition`);
    if (summary === null || this.partitions === 0) return;
    if (this.samples < summary.count) {
      findings.error(
        `summary: sample ${this.samples} points at ${summary.position(this.samples)} of ${this.indexSize} bytes, where no entry is`,
      );
    }
    if (compareBytes(this.lastKey, 0, this.lastKeyLength, summary.lastKey, 0, summary.lastKey.length) !== 0) {
      findings.error('summary: the last key is not the last partition’s');
    }
    const full = Math.ceil(this.partitions / summary.minIndexInterval);
    if (summary.sizeAtFullSampling !== full)
      findings.error(`summary: ${summary.sizeAtFullSampling} samples at full sampling, not ${full}`);
    if (summary.samplingLevel === BASE_SAMPLING_LEVEL && summary.count !== full) {
      findings.error(
        `summary: ${summary.count} samples of ${this.partitions} partitions, one in ${summary.minIndexInterval} makes ${full}`,
      );
    }
  }

  private sample(begin: PartitionBegin, entryPosition: number): void {
    const { summary, findings } = this;
    if (summary === null) return;
    if (this.partitions === 0 && compareBytes(begin.key, 0, begin.keyTo, summary.firstKey, 0, summary.firstKey.length) !== 0) {
      findings.error('summary: the first key is not the first partition’s');
    }
    const i = this.samples;
    const isDue = summary.samplingLevel === BASE_SAMPLING_LEVEL && this.partitions % summary.minIndexInterval === 0;
    if (i >= summary.count || summary.position(i) > entryPosition) {
      if (isDue) findings.error(`summary: the entry at ${entryPosition} is not among the samples`);
      return;
    }
    this.samples++;
    if (summary.position(i) < entryPosition) {
      findings.error(`summary: sample ${i} points at ${summary.position(i)}, where no entry begins`);
      return;
    }
    const key = summary.key(i);
    if (compareBytes(begin.key, 0, begin.keyTo, key, 0, key.length) !== 0) findings.error(`summary: sample ${i} has another key`);
  }

  private enter(block: number, offset: number): void {
    const info = this.rowIndex!.block(block);
    this.block = block;
    this.info = info;
    this.isBlockStart = true;
    if (info.offset !== offset) {
      this.wrong(`has block ${block} at ${info.offset}, where ${offset} is due`);
      this.info = null;
    }
  }

  private wrong(what: string): void {
    this.findings.error(`index: the row index of the partition at ${this.partition} ${what}`);
  }
}

function isSame(prefix: ClusteringPrefix, kind: number, size: number, bytes: Uint8Array, from: number, to: number): boolean {
  if (prefix.kind !== kind || (kind !== BoundKind.CLUSTERING && prefix.size !== size)) return false;
  return compareBytes(prefix.bytes, 0, prefix.bytes.length, bytes, from, to) === 0;
}
