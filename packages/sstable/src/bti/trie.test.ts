import { ByteReader, ByteWriter, CassetteError, CorruptionError, compareBytes, fromHex, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { bytesSink } from '../testing/bytes-io.ts';
import {
  encodeNode,
  nodeSizeOf,
  nodeTypeFor,
  PAGE_SIZE,
  PagedOutput,
  type PayloadCodec,
  putSizedInt,
  sizedIntSize,
  TrieCursor,
  TriePages,
  TrieWriter,
  takeSizedInt,
} from './index.ts';

/** A number from 1 on, and as many bytes of filling as its flags say. */
const payloads: PayloadCodec<number> = {
  flags: (n) => 1 + (n % 15),
  size: (n) => 4 + (n % 15),
  write(out, n) {
    out.i32(n);
    out.bytes(new Uint8Array(n % 15).fill(0xee));
  },
};

/** A file with a trie of those keys, after `before` bytes; the payload of the i-th is i. */
function trieOf(keys: readonly Uint8Array[], before = 0): { bytes: Uint8Array; root: number } {
  const sink = bytesSink();
  const output = new PagedOutput(sink);
  output.out.bytes(new Uint8Array(before));
  const writer = new TrieWriter(payloads, output);
  keys.forEach((key, i) => {
    writer.add(key, key.length, i);
  });
  const root = writer.finish();
  output.flush();
  return { bytes: sink.bytes(), root };
}

function cursorOf({ bytes, root }: { bytes: Uint8Array; root: number }): TrieCursor {
  return new TrieCursor(new TriePages(bytesSource(bytes, 'trie')), root);
}

function current(cursor: TrieCursor): number {
  const n = cursor.payload().i32('payload');
  expect(cursor.flags).toBe(1 + (n % 15));
  return n;
}

function sorted(keys: readonly Uint8Array[]): Uint8Array[] {
  const order = (a: Uint8Array, b: Uint8Array) => compareBytes(a, 0, a.length, b, 0, b.length);
  return [...keys].sort(order).filter((key, i, all) => i === 0 || order(all[i - 1], key) !== 0);
}

// Few letters make deep tries with many branches, all letters make wide ones.
const keySets = fc.oneof(
  fc.array(fc.uint8Array({ max: 3, maxLength: 12 }), { minLength: 1, maxLength: 300 }),
  fc.array(fc.uint8Array({ maxLength: 6 }), { minLength: 1, maxLength: 300 }),
  fc.array(fc.uint8Array({ min: 250, minLength: 1, maxLength: 2000, size: 'max' }), { minLength: 1, maxLength: 12 }),
);

describe('a trie that was written', () => {
  test('is walked over forward and backward, wherever it lies in its file', () => {
    fc.assert(
      fc.property(keySets, fc.nat(2 * PAGE_SIZE), (anyKeys, before) => {
        const keys = sorted(anyKeys);
        const cursor = cursorOf(trieOf(keys, before));
        cursor.first();
        const forward = [current(cursor)];
        while (cursor.next()) forward.push(current(cursor));
        expect(forward).toEqual(keys.map((_, i) => i));
        const backward = [current(cursor)];
        while (cursor.previous()) backward.push(current(cursor));
        expect(backward).toEqual(forward.reverse());
      }),
      { numRuns: 150 },
    );
  });

  test('finds the greatest key that is not greater, and goes on from there', () => {
    fc.assert(
      fc.property(keySets, fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 20 }), (anyKeys, others) => {
        const keys = sorted(anyKeys);
        const cursor = cursorOf(trieOf(keys));
        for (const wanted of [...others, ...keys.slice(0, 20), ...keys.slice(-20).map((key) => key.slice(0, key.length >> 1))]) {
          const floor = keys.findLastIndex((key) => compareBytes(key, 0, key.length, wanted, 0, wanted.length) <= 0);
          expect(cursor.floor(wanted, wanted.length)).toBe(floor >= 0);
          if (floor < 0) continue;
          expect(current(cursor)).toBe(floor);
          if (floor + 1 < keys.length) {
            expect(cursor.next()).toBe(true);
            expect(current(cursor)).toBe(floor + 1);
            cursor.previous();
            expect(current(cursor)).toBe(floor);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('has a candidate for what begins with one of its keys', () => {
    const cursor = cursorOf(trieOf(['', '10', '1020', '30ff'].map((hex) => fromHex(hex)!)));
    const candidate = (hex: string) => (cursor.candidate(fromHex(hex)!, hex.length / 2) ? current(cursor) : null);
    expect(['', '10', '1020', '102030', '30ffff', '1030', '20', '30'].map(candidate)).toEqual([0, 1, 2, 2, 3, null, null, null]);
  });

  test('has no node that goes beyond its page, however many keys', () => {
    const keys = Array.from({ length: 20000 }, (_, i) => {
      const out = new ByteWriter();
      out.i32(Math.imul(i, 0x9e3779b1));
      return out.toBytes();
    });
    const trie = trieOf(sorted(keys));
    expect(trie.bytes.length).toBeGreaterThan(40 * PAGE_SIZE);
    const cursor = cursorOf(trie);
    cursor.first();
    let count = 1;
    while (cursor.next()) count++;
    expect(count).toBe(20000);
  });

  test('wants its keys in order', () => {
    expect(() => trieOf([Uint8Array.of(2), Uint8Array.of(1)])).toThrow(/ascending order/);
    expect(() => trieOf([Uint8Array.of(2), Uint8Array.of(2)])).toThrow(/ascending order/);
  });
});

describe('a trie that is damaged', () => {
  test('gives an error with its place, or other keys, and ends', () => {
    const keys = sorted(Array.from({ length: 400 }, (_, i) => Uint8Array.of(i % 7, (i * 37) & 0xff, (i * 11) & 0xff)));
    const good = trieOf(keys);
    for (let at = 0; at < good.bytes.length; at++) {
      const bytes = good.bytes.slice();
      bytes[at] ^= 1 << (at & 7);
      const cursor = cursorOf({ bytes, root: good.root });
      try {
        cursor.first();
        // Branches may be shared now, but every way down is short.
        for (let steps = 0; steps < 2000 && cursor.next(); steps++);
        cursor.floor(keys[at % keys.length], 3);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
      }
    }
  });

  test('is refused where a child is not before its parent, a branch has no end, or the root is outside', () => {
    const walk = (hex: string, root: number) => {
      const cursor = cursorOf({ bytes: fromHex(hex)!, root });
      cursor.first();
    };
    expect(() => walk('01ee2041ff', 2)).toThrow(/before its parent/);
    expect(() => walk('001041', 1)).toThrow(/before its parent/);
    expect(() => walk('001141', 1)).toThrow(/without a payload/);
    expect(() => walk('01ee', 2)).toThrow(CorruptionError);
    expect(() => walk('01ee', -1)).toThrow(CorruptionError);
    expect(() => walk('5000', 0)).toThrow(/no children/);
    expect(() => walk('f000ff', 0)).toThrow(CassetteError);
  });
});

describe('a node', () => {
  test('is of the smallest type that reaches its children', () => {
    const single = (distance: number, payload: boolean) => nodeTypeFor(1, 1, distance, payload);
    expect([15, 16, 255, 256, 4095, 4096, 65535, 65536, 2 ** 24, 2 ** 32, 2 ** 40].map((d) => single(d, false))).toEqual([
      1, 2, 2, 3, 3, 4, 4, 12, 13, 14, 15,
    ]);
    expect([15, 300].map((d) => single(d, true))).toEqual([2, 4]);
    expect([nodeTypeFor(0, 0, 0, true), nodeTypeFor(2, 200, 10, true), nodeTypeFor(2, 2, 10, true)]).toEqual([0, 5, 10]);
    expect([nodeTypeFor(30, 30, 10, false), nodeTypeFor(30, 30, 70000, false), nodeTypeFor(2, 250, 2 ** 33, false)]).toEqual([
      10, 12, 9,
    ]);
  });

  test('takes as many bytes as reckoned', () => {
    for (const [transitions, distances] of [
      [[7], [9]],
      [
        [3, 7, 9],
        [9, 5, 2],
      ],
      [
        [3, 4, 5, 7],
        [9, 5, 4, 2],
      ],
    ]) {
      const range = transitions[transitions.length - 1] - transitions[0] + 1;
      for (let type = transitions.length === 1 ? 1 : 5; type < 16; type++) {
        const out = new ByteWriter();
        encodeNode(out, type, type === 1 || type === 3 ? 0 : 5, transitions, distances);
        expect([type, out.length]).toEqual([type, nodeSizeOf(type, transitions.length, range)]);
      }
    }
  });

  test('has the bytes of the format', () => {
    const bytesOf = (type: number, transitions: number[], distances: number[]) => {
      const out = new ByteWriter();
      encodeNode(out, type, 9, transitions, distances);
      return toHex(out.written());
    };
    expect(bytesOf(1, [0x41], [7])).toBe('1741');
    expect(bytesOf(3, [0x41], [0x123])).toBe('312341');
    expect(bytesOf(4, [0x41], [0x1234])).toBe('49411234');
    expect(bytesOf(6, [1, 2, 9], [0x123, 0x45, 6])).toBe('69030102091230450060');
    expect(bytesOf(10, [1, 3], [0x123, 0x45])).toBe('a901021230000450');
    expect(bytesOf(13, [5], [0x1234567])).toBe('d9050001234567');
  });
});

test('sized integers are as short as can be, and come back', () => {
  expect([0, 127, 128, -1, -128, -129, 32767, 2 ** 53 - 1].map(sizedIntSize)).toEqual([1, 1, 2, 1, 1, 2, 2, 7]);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const out = new ByteWriter();
      putSizedInt(out, value, sizedIntSize(value));
      expect(takeSizedInt(new ByteReader(out.toBytes()), out.length, 'n')).toBe(value);
    }),
  );
  expect(() => takeSizedInt(new ByteReader(fromHex('7fffffffffffffff')!), 8, 'n')).toThrow(/too large/);
});
