import { nativeTypes } from '@cassette/cql';
import { expect, test } from 'vitest';
import { cellText, hexdump } from './cell-text.ts';

test('a hexdump has sixteen bytes a line, and says what it leaves out', () => {
  expect(hexdump(Uint8Array.of(0, 0x41, 0x7f, 0xff))).toBe('000000  00 41 7f ff                                      ·A··');
  expect(hexdump(new Uint8Array(40).fill(0x2e), 32).split('\n')).toEqual([
    '000000  2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e  ................',
    '000010  2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e  ................',
    '… 8 bytes more',
  ]);
});

test('null, empty and what is not in memory are told apart, and characters that are not seen are shown', () => {
  const of = (type: 'text' | 'int' | 'timestamp') => ({ keyspace: 'k', table: 't', name: 'v', type: nativeTypes[type] });
  const text = (value: string) => cellText(of('text'), new TextEncoder().encode(value));
  expect(cellText(of('text'), null)).toEqual({ text: 'null', look: 'null' });
  expect(cellText(of('text'), new Uint8Array(0))).toEqual({ text: "''", look: 'empty' });
  expect(cellText(of('int'), new Uint8Array(0))).toEqual({ text: '(empty)', look: 'empty' });
  expect(cellText(of('int'), undefined)).toEqual({ text: '…', look: 'absent' });
  expect(text('null')).toEqual({ text: 'null', look: 'text' });
  expect(text('a\nb\u202ec\u0007').text).toBe('a↵b\\u202ec\\u0007');
  expect(text('x'.repeat(400)).text).toBe(`${'x'.repeat(300)}…`);
});
