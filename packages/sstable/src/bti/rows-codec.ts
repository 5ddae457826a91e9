import type { ByteReader, ByteWriter } from '@cassette/bytes';
import { decodeDeletionTime, encodeDeletionTime } from '../data/deletion-time-codec.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { putSizedInt, sizedIntSize, takeSizedInt } from './sized-int.ts';
import type { PayloadCodec } from './trie-writer.ts';

// Rows.db: for each partition of two blocks or more a trie and behind it
//   key                sb
//   dataPosition       uv            of the partition in Data.db
//   root               sv            of the trie, from dataPosition's own place
//   blockCount         uv32
//   partitionDeletion  DeletionTime
// The keys of the trie separate blocks: greater than all of the block before, not greater than the block's first. The first one is empty,
// the last one, behind all blocks, leads to the end of the partition. Payload: flags bytes of offset, + 8 if something is open
//   offset             sized int     of the block, from the partition's start
//   open               DeletionTime  the range deletion open *before* the block
//
// Cassandra: bti.RowIndexReader, bti.TrieIndexEntry

/** A block of the row index. */
export interface BlockPayload {
  /** From the partition's start. */
  readonly offset: number;
  /** The range deletion open before it; null if none. */
  readonly open: DeletionTime | null;
}

const HAS_OPEN = 8;
/** Of a deletion that is not LIVE. */
const DELETION_BYTES = 12;

/** How {@link BlockPayload}s are written. */
export const blockPayloads: PayloadCodec<BlockPayload> = {
  flags: ({ offset, open }) => sizedIntSize(offset) + (open === null ? 0 : HAS_OPEN),
  size: ({ offset, open }) => sizedIntSize(offset) + (open === null ? 0 : DELETION_BYTES),
  write(out, { offset, open }) {
    putSizedInt(out, offset, sizedIntSize(offset));
    if (open !== null) encodeDeletionTime(out, open, true);
  },
};

/** Reads a payload; sets `open`, LIVE if nothing is; returns the offset. Throws CorruptionError. */
export function decodeBlockPayload(input: ByteReader, flags: number, open: DeletionTime): number {
  const size = flags & ~HAS_OPEN;
  const at = input.position;
  if (size === 0) throw input.corrupt('a block has no offset', at);
  const offset = takeSizedInt(input, size, 'block offset');
  if (offset < 0) throw input.corrupt(`a block can't begin at ${offset}`, at);
  if ((flags & HAS_OPEN) === 0) open.setLive();
  else decodeDeletionTime(input, open, true);
  return offset;
}

/** What stands behind the trie of a partition. */
export interface RowsEntry {
  readonly dataPosition: number;
  readonly root: number;
  readonly blockCount: number;
  readonly partitionDeletion: DeletionTime;
}

/** Appends an entry; `position` is the place of this in the file. */
export function encodeRowsEntry(out: ByteWriter, position: number, key: Uint8Array, keyLength: number, entry: RowsEntry): void {
  out.u16(keyLength);
  out.bytesOf(key, 0, keyLength);
  out.unsignedVIntNumber(entry.dataPosition);
  out.signedVIntNumber(entry.root - (position + 2 + keyLength));
  out.unsignedVInt32(entry.blockCount);
  encodeDeletionTime(out, entry.partitionDeletion, true);
}

/** Reads what follows the key of an entry. Throws CorruptionError. */
export function decodeRowsEntry(input: ByteReader): RowsEntry {
  const at = input.position;
  const base = input.filePosition;
  const dataPosition = input.unsignedVIntNumber('dataPosition');
  const root = base + input.signedVIntNumber('root');
  if (root < 0 || root >= base) throw input.corrupt(`the root of a row index can't be at ${root}`, at);
  const blockCount = input.unsignedVInt32('blockCount');
  if (blockCount < 1) throw input.corrupt(`${blockCount} blocks are impossible`, at);
  const partitionDeletion = new DeletionTime();
  decodeDeletionTime(input, partitionDeletion, true);
  return { dataPosition, root, blockCount, partitionDeletion };
}
