import { ByteWriter, CorruptionError, fromHex, toHex, token, tokenWords } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { tinySummaryHex } from '../testing/tiny-table.ts';
import { decodeSummary, encodeSummary, type Summary, SummaryBuilder } from './index.ts';

const key = (text: string) => new TextEncoder().encode(text);

function encoded(summary: Summary): string {
  const out = new ByteWriter();
  encodeSummary(out, summary);
  return toHex(out.written());
}

// Keys in token order, each with the position 10 × its place.
function sampled(n: number, interval: number): { keys: Uint8Array[]; summary: Summary } {
  const keys = Array.from({ length: n }, (_, i) => key(`key ${i}`));
  const tokens = new Map(keys.map((k) => [k, tokenOf(k)]));
  keys.sort((a, b) => (tokens.get(a)! < tokens.get(b)! ? -1 : 1));
  const builder = new SummaryBuilder(interval);
  keys.forEach((k, i) => {
    builder.add(k, 0, k.length, 10 * i);
  });
  return { keys, summary: builder.finish() };
}

function tokenOf(k: Uint8Array): bigint {
  token(k);
  return (BigInt(tokenWords[0]) << 32n) | BigInt(tokenWords[1] >>> 0);
}

test('the summary of the tiny table is the one that Cassandra wrote', () => {
  const builder = new SummaryBuilder(128);
  builder.add(key('a'), 0, 1, 0);
  builder.add(key('b'), 0, 1, 5);
  const summary = builder.finish();
  expect(encoded(summary)).toBe(tinySummaryHex);
  expect(decodeSummary(fromHex(tinySummaryHex)!, 's')).toEqual(summary);
});

test('every interval-th partition is sampled', () => {
  const { keys, summary } = sampled(10, 4);
  expect([summary.count, summary.sizeAtFullSampling]).toEqual([3, 3]);
  expect([0, 1, 2].map((i) => [toHex(summary.key(i)), summary.position(i)])).toEqual(
    [0, 4, 8].map((i) => [toHex(keys[i]), 10 * i]),
  );
  expect(summary.lastKey).toEqual(keys[9]);
  expect(decodeSummary(fromHex(encoded(summary))!, 's')).toEqual(summary);
});

test('a search begins at the last sample that is not greater', () => {
  const { keys, summary } = sampled(300, 7);
  keys.forEach((k, i) => {
    token(k);
    const [hi, lo] = tokenWords;
    expect(summary.floor(hi, lo, k)).toBe(Math.floor(i / 7));
    expect(summary.floorToken(hi, lo)).toBe(Math.ceil(i / 7) - 1);
  });
  expect(summary.floor(-0x80000000, 0, new Uint8Array(0))).toBe(-1);
  expect(summary.floor(0x7fffffff, -1, new Uint8Array(0))).toBe(summary.count - 1);
});

test('cut and inconsistent bytes are corrupt', () => {
  const bytes = fromHex(encoded(sampled(10, 4).summary))!;
  for (let cut = 0; cut < bytes.length; cut++) {
    expect(() => decodeSummary(bytes.subarray(0, cut), 's')).toThrow(CorruptionError);
  }
  // min interval, count, memory size, level, and the offsets of the first entries.
  for (const at of [0, 4, 8, 12, 16, 27, 28, 32]) {
    const wrong = bytes.slice();
    wrong[at] ^= 0xff;
    expect(() => decodeSummary(wrong, 's'), `byte ${at}`).toThrow(CorruptionError);
  }
});
