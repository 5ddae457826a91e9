import { ByteWriter } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import { type CounterShard, decodeCounterContext } from '@cassette/sstable';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incrementOf, isContext, mergeContexts, putIncrement, putTotal, shardOf } from './counter-context.ts';

type Kind = CounterShard['kind'];
/** Id (its last byte), clock and count. */
type Shard = readonly [kind: Kind, id: number, clock: bigint, count: bigint];

function contextOf(shards: readonly Shard[]): Uint8Array {
  const listed = shards.flatMap(([kind], i) => (kind === 'remote' ? [] : [kind === 'global' ? i | 0x8000 : i]));
  const out = new ByteWriter();
  out.u16(listed.length);
  for (const entry of listed) out.u16(entry);
  for (const [, id, clock, count] of shards) {
    out.bytes(Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? id : 7)));
    out.bigint64(clock);
    out.bigint64(count);
  }
  return out.toBytes();
}

function shardsOf(bytes: Uint8Array): Shard[] {
  return decodeCounterContext(bytes, 0, bytes.length, 'test').map(({ kind, id, clock, count }) => [kind, id[15], clock, count]);
}

function merged(a: readonly Shard[], b: readonly Shard[]): Shard[] {
  const [x, y] = [contextOf(a), contextOf(b)];
  const result = mergeContexts(x, 0, x.length, y, 0, y.length);
  return shardsOf(result === 'first' ? x : result === 'second' ? y : result);
}

const [global, local, remote] = ['global', 'local', 'remote'] as const;

test.each<[string, Shard[], Shard[], Shard[]]>([
  ['of one id the later global shard counts', [[global, 1, 5n, 10n]], [[global, 1, 6n, 3n]], [[global, 1, 6n, 3n]]],
  ['of one clock the larger count', [[global, 1, 5n, 10n]], [[global, 1, 5n, 3n]], [[global, 1, 5n, 10n]]],
  ['clocks have signs', [[global, 1, -5n, 10n]], [[global, 1, 5n, 3n]], [[global, 1, 5n, 3n]]],
  ['global before local', [[global, 1, 1n, 1n]], [[local, 1, 9n, 9n]], [[global, 1, 1n, 1n]]],
  ['global before remote', [[remote, 1, 9n, 9n]], [[global, 1, 1n, 1n]], [[global, 1, 1n, 1n]]],
  ['local before remote', [[remote, 1, 9n, 9n]], [[local, 1, 1n, 1n]], [[local, 1, 1n, 1n]]],
  ['local ones are added', [[local, 1, 9n, -1n]], [[local, 1, 1n, -2n]], [[local, 1, 10n, -3n]]],
  ['the later remote one', [[remote, 1, 9n, 9n]], [[remote, 1, 1n, 1n]], [[remote, 1, 9n, 9n]]],
  ['negative clocks of remote ones go backwards', [[remote, 1, -9n, 9n]], [[remote, 1, -1n, 1n]], [[remote, 1, -9n, 9n]]],
  [
    'different ids come together, in their order',
    [
      [local, 1, 1n, 1n],
      [global, 3, 3n, 3n],
    ],
    [
      [remote, 2, 2n, 2n],
      [global, 3, 4n, 4n],
    ],
    [
      [local, 1, 1n, 1n],
      [remote, 2, 2n, 2n],
      [global, 3, 4n, 4n],
    ],
  ],
])('contexts are merged: %s', (_, a, b, both) => {
  expect(merged(a, b)).toEqual(both);
  expect(merged(b, a)).toEqual(both);
});

const shard = fc.tuple(fc.constant(global), fc.integer({ min: 0, max: 5 }), fc.bigInt(-3n, 3n), fc.bigInt(-9n, 9n));
const context = fc.uniqueArray(shard, { selector: ([, id]) => id, minLength: 1 }).map((list) => list.sort((a, b) => a[1] - b[1]));

test('merging global shards is the same in any order and however often', () => {
  fc.assert(
    fc.property(context, context, context, (a, b, c) => {
      expect(merged(merged(a, b), c)).toEqual(merged(a, merged(c, b)));
      expect(merged(merged(a, b), b)).toEqual(merged(b, a));
    }),
  );
});

test('the total is the sum of the counts, in 64 bits', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 1 }),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      (ids, count) => {
        const bytes = contextOf(ids.map((id) => [global, id, 1n, count]));
        const out = new ByteWriter();
        putTotal(bytes, 0, bytes.length, out);
        expect(nativeTypes.bigint.decode(out.toBytes(), 0, 8)).toBe(BigInt.asIntN(64, count * BigInt(ids.length)));
        expect(nativeTypes.counter.decode(bytes, 0, bytes.length)).toBe(BigInt.asIntN(64, count * BigInt(ids.length)));
      },
    ),
  );
});

test('increments are contexts that add up and are not to be kept', () => {
  const out = new ByteWriter();
  putIncrement(0, 5, out);
  putIncrement(-1, -7, out);
  const [a, b] = [out.buffer.slice(0, 36), out.buffer.slice(36, 72)];
  const sum = mergeContexts(a, 0, 36, b, 0, 36) as Uint8Array;
  expect(incrementOf(sum, 0, sum.length)).toMatchObject({ countHi: -1, countLo: -2 });
  expect(isContext(sum, 0, sum.length)).toBe(false);
});

test('a shard is found by its id', () => {
  const bytes = contextOf([
    [global, 1, 2n, 3n],
    [global, 4, 5n, -6n],
  ]);
  const id = (last: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? last : 7));
  expect(shardOf(id(4), bytes, 0, bytes.length)).toEqual({ clockHi: 0, clockLo: 5, countHi: -1, countLo: -6 });
  expect(shardOf(id(2), bytes, 0, bytes.length)).toBeNull();
  expect([isContext(bytes, 0, bytes.length), isContext(bytes, 0, bytes.length - 1), isContext(bytes, 0, 8)]).toEqual([
    true,
    false,
    false,
  ]);
});
