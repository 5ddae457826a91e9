import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from './hex.ts';
import { Sha256 } from './sha256.ts';

test('the digest is that of SHA-256, in whatever pieces the bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
      const ours = new Sha256();
      const theirs = createHash('sha256');
      for (const piece of pieces) {
        ours.update(piece);
        theirs.update(piece);
      }
      expect(toHex(ours.digest())).toBe(theirs.digest('hex'));
    }),
    { numRuns: 500 },
  );
});

test('a million letters have the digest that the standard tells', () => {
  const digest = new Sha256().update(new Uint8Array(1_000_000).fill(0x61)).digest();
  expect(toHex(digest)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});
