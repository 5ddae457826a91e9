import { ByteWriter } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import { expect, test } from 'vitest';
import { TimeUuidGenerator } from './time-uuid-generator.ts';

const { timeuuid } = nativeTypes;

function made(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(16);
  write(out);
  return out.toBytes();
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return timeuuid.compare(a, 0, 16, b, 0, 16);
}

test('a UUID is of version 1, of its moment, with a multicast node', () => {
  const generator = new TimeUuidGenerator(
    () => 1_700_000_000_123_456,
    (target) => target.fill(0xff),
  );
  // As Python's uuid module has it: 1700000000123456 · 10 + 0x01b21dd213814000 ticks of 100 ns since 1582.
  expect(
    String(
      timeuuid.decode(
        made((out) => generator.next(out)),
        0,
        16,
      ),
    ),
  ).toBe('04c29680-833b-11ee-bfff-ffffffffffff');
});

test('each is greater than the one before, also when the clock stands still or goes back', () => {
  let micros = 1_700_000_000_000_000;
  const generator = new TimeUuidGenerator(
    () => micros,
    (target) => target.fill(0),
  );
  let last = made((out) => generator.next(out));
  for (let i = 0; i < 100; i++) {
    if (i === 50) micros -= 1_000_000;
    const next = made((out) => generator.next(out));
    expect(compare(last, next)).toBeLessThan(0);
    last = next;
  }
});

test('what is reserved for prepending lies below everything reserved before, ascending in itself', () => {
  const generator = new TimeUuidGenerator(
    () => 1_700_000_000_000_000,
    (target) => target.fill(0),
  );
  const first = generator.reserveForPrepend(3);
  const second = generator.reserveForPrepend(2);
  const uuids = [second, second + 1, first, first + 1, first + 2].map((micros) => made((out) => generator.write(out, micros)));
  for (let i = 1; i < uuids.length; i++) expect(compare(uuids[i - 1], uuids[i])).toBeLessThan(0);
  expect(
    compare(
      uuids[4],
      made((out) => generator.next(out)),
    ),
  ).toBeLessThan(0);
});
