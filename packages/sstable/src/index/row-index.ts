import { ByteReader } from '@cassette/bytes';
import { decodeDeletionTime } from '../data/deletion-time-codec.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { Version } from '../version/index.ts';
import { decodeIndexInfo, type IndexInfo } from './index-info.ts';

// The promoted part of an entry of Index.db: the row index of a partition of two blocks or more.
//   headerLength       uv            bytes from the partition's start to its first unfiltered
//   partitionDeletion  DeletionTime
//   blockCount         uv32          ≥ 2
//   blocks             IndexInfo × blockCount
//   offsets            i32 × blockCount, each block's place from the first one's
//
// Cassandra: big.RowIndexEntry

/** The row index of one partition; blocks are decoded when asked for. Cassandra: big.RowIndexEntry. */
export class RowIndex {
  /** Bytes from the partition's start to its first unfiltered: key, deletion, static row. */
  readonly headerLength: number;
  readonly partitionDeletion: DeletionTime;
  readonly blockCount: number;
  private readonly input: ByteReader;
  private readonly blocksAt: number;
  private readonly offsetsAt: number;
  private readonly fixedLengths: Int32Array;
  private readonly version: Version;

  /**
   * On the promoted bytes of an entry, which it keeps. `file` and `base` (their place in Index.db) are for messages.
   * Throws CorruptionError.
   */
  constructor(promoted: Uint8Array, fixedLengths: Int32Array, version: Version, file: string, base = 0) {
    const input = new ByteReader(promoted, file, base);
    this.input = input;
    this.fixedLengths = fixedLengths;
    this.version = version;
    this.headerLength = input.unsignedVIntNumber('headerLength');
    this.partitionDeletion = new DeletionTime();
    decodeDeletionTime(input, this.partitionDeletion, version.hasUIntDeletionTime);
    this.blockCount = input.unsignedVInt32('blockCount');
    // The smallest block takes five bytes and its offset.
    if (this.blockCount < 1 || this.blockCount * 9 > input.remaining) {
      throw input.corrupt(`${this.blockCount} blocks can't be in ${input.remaining} bytes`);
    }
    this.blocksAt = input.position;
    this.offsetsAt = promoted.length - this.blockCount * 4;
    if (this.offsetOf(0) !== 0) throw input.corrupt('the first block does not come first', this.offsetsAt);
    // It ends where the offsets begin: a wrong length of the entry shows there.
    this.block(this.blockCount - 1);
  }

  /** Block `i`, in the order of the file. Throws CorruptionError, also where the blocks are not in order of place. */
  block(i: number): IndexInfo {
    const { input } = this;
    const from = this.offsetOf(i);
    const to = i + 1 < this.blockCount ? this.offsetOf(i + 1) : this.offsetsAt - this.blocksAt;
    if (from < 0 || to <= from || this.blocksAt + to > this.offsetsAt) {
      throw input.corrupt(`block ${i} can't lie at ${from} to ${to}`, this.offsetsAt + 4 * i);
    }
    input.position = this.blocksAt + from;
    input.end = this.blocksAt + to;
    const block = decodeIndexInfo(input, this.fixedLengths, this.version);
    if (input.remaining !== 0) throw input.corrupt(`block ${i} has ${input.remaining} bytes too many`);
    return block;
  }

  private offsetOf(i: number): number {
    const { input } = this;
    input.position = this.offsetsAt + 4 * i;
    input.end = this.offsetsAt + 4 * this.blockCount;
    return input.i32('block place');
  }
}
