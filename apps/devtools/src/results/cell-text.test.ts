import { expect, test } from 'vitest';
import { hexdump } from './cell-text.ts';

test('a hexdump has sixteen bytes a line, and says what it leaves out', () => {
  expect(hexdump(Uint8Array.of(0, 0x41, 0x7f, 0xff))).toBe('000000  00 41 7f ff                                      ·A··');
  expect(hexdump(new Uint8Array(40).fill(0x2e), 32).split('\n')).toEqual([
    '000000  2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e  ................',
    '000010  2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e  ................',
    '… 8 bytes more',
  ]);
});
