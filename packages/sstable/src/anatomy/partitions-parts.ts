import type { CqlType } from '@cassette/cql';
import { decodePartitionsFooter, takeSizedInt } from '../bti/index.ts';
import { PAGE_SIZE } from '../bti/paged-output.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { branch, type PartList, type Words } from './part.ts';
import { evenParts, HeldParts } from './part-lists.ts';
import { explained, type PartReader } from './part-reader.ts';
import { type PayloadShape, TrieParts } from './trie-parts.ts';
import { keyText } from './value-text.ts';

const TRIE: Words = [
  'group',
  'trie',
  'All partition keys, each as far as it differs from its neighbours: a byte of token and key leads from node to node, from the root, which ' +
    'lies at the end.',
];
const PAGE: Words = [
  'group',
  'page',
  'What is read from the disk at once: 4 KiB. The writer lays nodes so that few pages lie on a way down.',
];
const HASH: Words = [
  'checksum',
  'hash',
  'A byte of the key’s hash: nearly all look-ups of keys that are not there end here, without reading more.',
];
const POSITION: Words = [
  'position',
  'position',
  'Of the partition’s entry in Rows.db; or, as the complement of a number, its place in Data.db, where it has no row index.',
];
const FIRST_KEY: Words = ['group', 'first key', 'Of the whole SSTable: which tokens it covers.'];
const LAST_KEY: Words = ['group', 'last key', 'Of the whole SSTable.'];
const KEY_LENGTH: Words = ['length', 'length'];
const KEY: Words = ['key', 'key'];
const FOOTER: Words = ['group', 'footer', 'Where to begin: it is read first.'];
const KEYS_AT: Words = ['position', 'position of the keys'];
const PARTITIONS: Words = ['length', 'partition count'];
const ROOT: Words = ['position', 'root', 'The node that every look-up begins with.'];

/** Bytes of hash of a payload with these flags or greater ones. */
const HAS_HASH = 8;
const FOOTER_BYTES = 24;

const payloads: PayloadShape = {
  size: (_window, _position, flags) => (flags < HAS_HASH ? flags : flags - HAS_HASH + 2),
  parts(reader: PartReader, flags: number): string {
    if (flags >= HAS_HASH) reader.u8(HASH, (hash) => hash.toString(16).padStart(2, '0'));
    const bytes = flags < HAS_HASH ? flags : flags - HAS_HASH + 1;
    return placeText(reader.field(POSITION, bytes, (input) => takeSizedInt(input, bytes, 'position'), placeText));
  },
};

/** Where the payload of a partition leads. */
export function placeText(position: number): string {
  return position < 0 ? `${-1 - position} in Data.db` : `${position} in Rows.db`;
}

/** Partitions.db. Cassandra: io.sstable.format.bti.PartitionIndex. Throws CorruptionError where its footer can't be. */
export function partitionsParts(source: ByteSource, keyType: CqlType): PartList {
  const { partitions } = decodePartitionsFooter(source);
  const trie = new TrieParts(source, payloads);
  const { window } = trie;
  const { size } = source;
  const keysAt = window.exactly(size - FOOTER_BYTES, 8, 'the footer').i64Number('position of the keys');
  const pages = branch(0, keysAt, TRIE, `${partitions} partitions`, () =>
    evenParts(0, keysAt, PAGE_SIZE, (from, to, i) => branch(from, to, PAGE, String(i), () => trie.nodes(from, to))),
  );
  const rest = explained(window, keysAt, size, (reader) => {
    for (const words of [FIRST_KEY, LAST_KEY]) {
      reader.group(words, () => {
        const length = reader.u16(KEY_LENGTH);
        return keyText(
          keyType,
          reader.bytes(KEY, length, (bytes, all) => keyText(keyType, bytes, all)),
          length,
        );
      });
    }
    reader.group(FOOTER, () => {
      reader.i64(KEYS_AT);
      reader.i64(PARTITIONS);
      return `root at ${reader.i64(ROOT)}`;
    });
  });
  return new HeldParts([pages, ...rest]);
}
