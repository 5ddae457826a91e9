import { ByteWriter } from '@cassette/bytes';
import { encodeDeletionTime } from '../data/deletion-time-codec.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { Version } from '../version/index.ts';
import type { BlockSink } from '../writer/index-output.ts';
import { encodeBlockEnd, encodePrefix } from './index-info.ts';

// Index.db: one entry a partition, in the order of Data.db, without header and footer.
//   key           sb
//   position      uv    of the partition in the uncompressed Data.db
//   promotedSize  uv32  bytes that follow in this entry; 0 where the partition has a single block
//   promoted            see row-index.ts
//
// Cassandra: big.BigTableWriter.IndexWriter#append, BigFormatPartitionWriter

/**
 * Gathers the blocks of one partition and then makes its entry of Index.db. Reused: keeps its buffers, no object a block.
 * Memory: what the promoted part takes. Per block: `beginBlock`, then `endBlock`.
 */
export class RowIndexBuilder implements BlockSink {
  /** Blocks of this partition so far. */
  blockCount = 0;
  private readonly version: Version;
  private readonly blocks = new ByteWriter(1024);
  private readonly head = new ByteWriter(64);
  private offsets = new Int32Array(16);

  constructor(version: Version) {
    this.version = version;
  }

  /** Forgets the blocks of the partition before. */
  clear(): void {
    this.blockCount = 0;
    this.blocks.clear();
  }

  /** A block begins with this unfiltered: its kind (CLUSTERING for a row), its values and how many they are. */
  beginBlock(kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    if (this.blockCount === this.offsets.length) {
      const wider = new Int32Array(this.offsets.length * 2);
      wider.set(this.offsets);
      this.offsets = wider;
    }
    this.offsets[this.blockCount++] = this.blocks.length;
    encodePrefix(this.blocks, kind, size, bytes, from, to);
  }

  /**
   * The block ends with this unfiltered. `offset` is the block's place from the partition's start and `width` its length,
   * the last block's with the end-of-partition byte; `openMarker` is the range deletion open behind it, null if none.
   */
  endBlock(
    kind: number,
    size: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    width: number,
    openMarker: DeletionTime | null,
  ): void {
    encodePrefix(this.blocks, kind, size, bytes, from, to);
    encodeBlockEnd(this.blocks, offset, width, openMarker, this.version);
  }

  /**
   * Appends the partition's entry. `position` is the partition's in the uncompressed Data.db, `headerLength` the bytes
   * before its first unfiltered.
   */
  encodeEntry(
    out: ByteWriter,
    key: Uint8Array,
    keyFrom: number,
    keyTo: number,
    position: number,
    headerLength: number,
    partitionDeletion: DeletionTime,
  ): void {
    out.u16(keyTo - keyFrom);
    out.bytesOf(key, keyFrom, keyTo);
    out.unsignedVIntNumber(position);
    if (this.blockCount < 2) {
      out.u8(0);
      return;
    }
    const { head, blocks } = this;
    head.clear();
    head.unsignedVIntNumber(headerLength);
    encodeDeletionTime(head, partitionDeletion, this.version.hasUIntDeletionTime);
    head.unsignedVInt32(this.blockCount);
    out.unsignedVInt32(head.length + blocks.length + 4 * this.blockCount);
    out.bytesOf(head.buffer, 0, head.length);
    out.bytesOf(blocks.buffer, 0, blocks.length);
    for (let i = 0; i < this.blockCount; i++) out.i32(this.offsets[i]);
  }
}
