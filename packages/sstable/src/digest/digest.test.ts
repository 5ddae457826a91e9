import { CorruptionError, fromHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { tinyDataHex } from '../testing/tiny-table.ts';
import { decodeDigest, digestOf, encodeDigest, verifyDigest } from './index.ts';

const text = (t: string) => new TextEncoder().encode(t);

test('the digest of the tiny table is the one that Cassandra wrote', () => {
  const data = bytesSource(fromHex(tinyDataHex)!, 'nb-1-big-Data.db');
  expect(digestOf(data)).toBe(1370116053);
  expect(new TextDecoder().decode(encodeDigest(1370116053))).toBe('1370116053');
  verifyDigest(data, decodeDigest(text('1370116053\n'), 'nb-1-big-Digest.crc32'));
});

test('a wrong byte is found', () => {
  const data = fromHex(tinyDataHex)!;
  data[20] ^= 1;
  expect(() => verifyDigest(bytesSource(data, 'nb-1-big-Data.db'), 1370116053)).toThrow(CorruptionError);
});

test.each(['', '-1', '4294967296', '12x', ' 1', '0x10', '99999999999999'])('%j is no digest', (digest) => {
  expect(() => decodeDigest(text(digest), 'd')).toThrow(CorruptionError);
});
