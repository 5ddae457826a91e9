import { ByteWriter, compareBytes, hash128, toHex, token, tokenWords } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import { expect, test } from 'vitest';
import { encodeClustering } from '../clustering/index.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { comparePrefix, Dice, modelTable, type Prefix, prefix } from '../testing/model-table.ts';
import { putClusteringKey, putDecoratedKey } from './index.ts';

const { int, text } = nativeTypes;

function formOf({ kind, size, bytes }: Prefix): Uint8Array {
  const out = new ByteWriter();
  putClusteringKey(out, modelTable.clustering, kind, size, bytes, 0, bytes.length);
  return out.toBytes();
}

test('partition keys begin with their token', () => {
  const formOfKey = (...key: number[]) => {
    token(Uint8Array.from(key));
    const out = new ByteWriter();
    putDecoratedKey(out, tokenWords[0], tokenWords[1], Uint8Array.from(key), 0, key.length);
    return toHex(out.written());
  };
  expect(formOfKey(0x61)).toBe('4005555565f659788940610038');
  expect(formOfKey(0, 0, 0, 1)).toBe('40478499982ae4e0cf4000fefeff010038');
  expect(hash128.length).toBe(4);
});

test('clusterings and bounds are ordered as Cassandra orders them', () => {
  const dice = new Dice(4711);
  const kinds = Object.values(BoundKind).filter((kind) => kind !== BoundKind.STATIC_CLUSTERING);
  const any = (): Prefix => {
    const kind = kinds[dice.below(kinds.length)];
    const size = kind === BoundKind.CLUSTERING ? 2 : dice.below(3);
    const b = ['', '\u0000', '\u0000\u0000', '\u0000a', 'a', 'ab', 'b', '\u{10ffff}'][dice.below(8)];
    return prefix(kind, size > 0 ? dice.below(4) - 2 : undefined, size > 1 ? b : undefined);
  };
  for (let i = 0; i < 20000; i++) {
    const x = any();
    const y = any();
    const a = formOf(x);
    const b = formOf(y);
    const order = Math.sign(compareBytes(a, 0, a.length, b, 0, b.length));
    expect(order, `${JSON.stringify(x)} ${JSON.stringify(y)}`).toBe(Math.sign(comparePrefix(x, y)));
    // No form is the beginning of another: a trie has each in a leaf.
    if (order !== 0) expect(toHex(b).startsWith(toHex(a))).toBe(false);
  }
});

test('empty and null values have bytes of their own', () => {
  const columns = [
    { type: int, descending: false },
    { type: int, descending: true },
    { type: text, descending: true },
    { type: int, descending: true },
  ];
  const values = new ByteWriter();
  const empty = new Uint8Array(0);
  encodeClustering(values, columns, [empty, empty, empty, null]);
  const out = new ByteWriter();
  putClusteringKey(out, columns, BoundKind.CLUSTERING, 4, values.buffer, 0, values.length);
  expect(toHex(out.written())).toBe('3f4140ff3e38');
});
