import { ByteReader, CorruptionError, toHex } from '@cassette/bytes';
import {
  decodePartitionPayload,
  decodePartitionsFooter,
  decodeRowsEntry,
  TriePages,
  TrieWalker,
  takeSizedInt,
} from '../bti/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll } from '../reader/counting-source.ts';
import type { Version } from '../version/index.ts';
import { annotateDeletion } from './annotate-index.ts';
import { type Annotation, bytesValue, FieldReader } from './annotation.ts';

const HAS_HASH = 8;
const HAS_OPEN = 8;
const FOOTER = 24;

/** Partitions.db: the nodes of its trie in the order of the file, what fills pages up, keys and footer. Throws CorruptionError. */
export function annotatePartitions(source: ByteSource): Annotation[] {
  const footer = decodePartitionsFooter(source);
  const bytes = readAll(source);
  const pages = new TriePages(source);
  const walker = new TrieWalker(pages);
  const pieces = [...nodesOf(pages, [footer.root])].map((position) =>
    annotateNode(bytes, source.name, walker, position, (fields, flags) => {
      if (flags >= HAS_HASH) fields.u8('hash');
      sizedInt(fields, 'position', flags < HAS_HASH ? flags : flags - HAS_HASH + 1);
    }),
  );
  const input = new ByteReader(bytes, source.name);
  input.position = bytes.length - FOOTER;
  input.position = input.i64Number('position of the keys');
  const fields = new FieldReader(input);
  for (const name of ['firstKey', 'lastKey']) fields.group(name, () => fields.bytes('key', fields.u16('length'), bytesValue));
  fields.group('footer', () => {
    fields.i64('position of the keys');
    fields.i64('partitions');
    fields.i64('root');
  });
  return inOrder([...pieces, ...fields.take()], bytes, source.name);
}

/** Rows.db: the tries of the partitions that have one, the entry behind each, and what fills pages up. Throws CorruptionError. */
export function annotateRows(source: ByteSource, partitions: ByteSource, version: Version): Annotation[] {
  const bytes = readAll(source);
  const entries = entriesOf(partitions);
  const pieces: Annotation[] = [];
  const roots: number[] = [];
  for (const position of entries) {
    const input = new ByteReader(bytes, source.name);
    if (position > bytes.length) throw input.corrupt(`an entry can't be at ${position}`);
    input.position = position;
    const fields = new FieldReader(input);
    fields.group('entry', () => {
      fields.group('key', () => fields.bytes('bytes', fields.u16('length'), bytesValue));
      const { position: at } = input;
      roots.push(decodeRowsEntry(input).root);
      input.position = at;
      fields.vint('dataPosition');
      const root = roots.at(-1) ?? 0;
      fields.field(
        'root',
        () => input.signedVIntNumber('root'),
        () => root,
      );
      fields.field('blockCount', () => input.unsignedVInt32('blockCount'));
      annotateDeletion(fields, 'partition deletion', version);
    });
    pieces.push(...fields.take());
  }
  const pages = new TriePages(source);
  const walker = new TrieWalker(pages);
  for (const node of nodesOf(pages, roots)) {
    pieces.push(
      annotateNode(bytes, source.name, walker, node, (fields, flags) => {
        sizedInt(fields, 'offset', flags & ~HAS_OPEN);
        if ((flags & HAS_OPEN) !== 0) annotateDeletion(fields, 'open deletion', version);
      }),
    );
  }
  return inOrder(pieces, bytes, source.name);
}

/** Places in Rows.db of the entries that the trie of Partitions.db leads to. */
function entriesOf(partitions: ByteSource): Set<number> {
  const pages = new TriePages(partitions);
  const walker = new TrieWalker(pages);
  const found = new Set<number>();
  for (const node of nodesOf(pages, [decodePartitionsFooter(partitions).root])) {
    walker.go(node);
    if (walker.payloadFlags === 0) continue;
    const { position } = decodePartitionPayload(walker.payload(), walker.payloadFlags, 0);
    if (position >= 0) found.add(position);
  }
  return found;
}

/** Places of all nodes below roots. Each is visited once, however many lead to it. */
function nodesOf(pages: TriePages, roots: readonly number[]): Set<number> {
  const walker = new TrieWalker(pages);
  const found = new Set<number>(roots);
  const left = [...found];
  for (let position = left.pop(); position !== undefined; position = left.pop()) {
    walker.go(position);
    for (let slot = 0; slot < walker.slots; slot++) {
      const child = walker.child(slot);
      if (child < 0 || found.has(child)) continue;
      found.add(child);
      left.push(child);
    }
  }
  return found;
}

function annotateNode(
  bytes: Uint8Array,
  file: string,
  walker: TrieWalker,
  position: number,
  payload: (fields: FieldReader, flags: number) => void,
): Annotation {
  walker.go(position);
  const end = walker.payload().filePosition;
  const input = new ByteReader(bytes, file);
  input.position = position;
  const fields = new FieldReader(input);
  const flags = walker.payloadFlags;
  fields.group('node', () => {
    fields.u8('type and payload flags', (byte) => `type ${byte >> 4}, flags ${flags}`);
    if (end - position > 1) fields.bytes('children', end - position - 1, () => childrenOf(walker));
    if (flags !== 0) fields.group('payload', () => payload(fields, flags));
  });
  return fields.take()[0];
}

function childrenOf(walker: TrieWalker): string {
  const children: string[] = [];
  for (let slot = 0; slot < walker.slots; slot++) {
    const child = walker.child(slot);
    if (child >= 0) children.push(`${toHex(Uint8Array.of(walker.transition(slot)))} → ${child}`);
  }
  return children.join(', ');
}

function sizedInt(fields: FieldReader, name: string, size: number): void {
  fields.field(name, () => takeSizedInt(fields.input, size, name));
}

/** The pieces in the order of the file, with what lies between them; throws CorruptionError where two overlap. */
function inOrder(pieces: Annotation[], bytes: Uint8Array, file: string): Annotation[] {
  pieces.sort((a, b) => a.offset - b.offset);
  const all: Annotation[] = [];
  let end = 0;
  const fill = (to: number): void => {
    if (to > end) all.push({ name: 'padding', offset: end, length: to - end, value: bytesValue(bytes.subarray(end, to)) });
  };
  for (const piece of pieces) {
    if (piece.offset < end) throw new CorruptionError(`a ${piece.name} overlaps with what is before it`, file, piece.offset);
    fill(piece.offset);
    all.push(piece);
    end = piece.offset + piece.length;
  }
  fill(bytes.length);
  return all;
}
