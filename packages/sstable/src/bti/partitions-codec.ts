import { type ByteReader, type ByteWriter, CorruptionError } from '@cassette/bytes';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { putSizedInt, sizedIntSize, takeSizedInt } from './sized-int.ts';
import type { PayloadCodec } from './trie-writer.ts';

// Partitions.db: all partitions, in the order of Data.db.
//   trie              of the shortest parts of the partitions' keys (comparable-keys.ts) that no neighbour begins with
//   firstKey          sb
//   lastKey           sb
//   footer            i64 position of firstKey, i64 number of partitions, i64 position of the trie's root
// Payload: flags 8 + bytes of position - 1
//   hash              u8         the lowest byte of the key's Murmur3 hash (of its second half)
//   position          sized int  not negative: of the partition's entry in Rows.db; negative: ~ of the partition in Data.db
//
// Cassandra: bti.PartitionIndex, bti.PartitionIndexBuilder

/** Where a partition is, by its key. */
export interface PartitionPayload {
  /** The lowest byte of the second half of the key's hash. */
  readonly hash: number;
  /** Not negative: of its entry in Rows.db; negative: the complement of its place in Data.db. */
  readonly position: number;
}

const HAS_HASH = 8;
const FOOTER = 24;

/** How {@link PartitionPayload}s are written. */
export const partitionPayloads: PayloadCodec<PartitionPayload> = {
  flags: ({ position }) => HAS_HASH + sizedIntSize(position) - 1,
  size: ({ position }) => 1 + sizedIntSize(position),
  write(out, { hash, position }) {
    out.u8(hash);
    putSizedInt(out, position, sizedIntSize(position));
  },
};

/** The position of a payload; of its hash, whether it is that byte (a payload may have none). Throws CorruptionError. */
export function decodePartitionPayload(input: ByteReader, flags: number, hash: number): { position: number; sameHash: boolean } {
  const sameHash = flags < HAS_HASH || input.u8('hash') === hash;
  return { position: takeSizedInt(input, flags < HAS_HASH ? flags : flags - HAS_HASH + 1, 'partition position'), sameHash };
}

/** What stands behind the trie. */
export interface PartitionsFooter {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  readonly partitions: number;
  readonly root: number;
}

/** Appends what stands behind the trie; `position` is the place of this in the file. */
export function encodePartitionsFooter(out: ByteWriter, position: number, footer: PartitionsFooter): void {
  out.shortBytes(footer.firstKey);
  out.shortBytes(footer.lastKey);
  out.i64Number(position);
  out.i64Number(footer.partitions);
  out.i64Number(footer.root);
}

/** Reads what stands behind the trie of a Partitions.db. Throws CorruptionError. */
export function decodePartitionsFooter(source: ByteSource): PartitionsFooter {
  const { size, name } = source;
  if (size < FOOTER + 5) throw new CorruptionError(`Partitions.db of ${size} bytes has no partition`, name, 0);
  const window = new ByteWindow(source, 4096);
  const footer = window.exactly(size - FOOTER, FOOTER, 'the footer');
  const keysAt = footer.i64Number('position of the keys');
  const partitions = footer.i64Number('number of partitions');
  const root = footer.i64Number('root');
  if (keysAt < 1 || keysAt > size - FOOTER - 4) throw footer.corrupt(`the keys can't be at ${keysAt}`, footer.position - 24);
  if (partitions < 1) throw footer.corrupt(`${partitions} partitions are impossible`, footer.position - 16);
  if (root < 0 || root >= keysAt) throw footer.corrupt(`the root can't be at ${root}`, footer.position - 8);
  if (size - FOOTER - keysAt > 2 * (2 + 0xffff)) throw footer.corrupt('the keys are too long', footer.position - 24);
  const keys = window.exactly(keysAt, size - FOOTER - keysAt, 'the keys');
  const firstKey = keys.shortBytes('first key').slice();
  const lastKey = keys.shortBytes('last key').slice();
  if (keys.remaining !== 0) throw keys.corrupt(`${keys.remaining} bytes too many follow the keys`);
  return { firstKey, lastKey, partitions, root };
}
