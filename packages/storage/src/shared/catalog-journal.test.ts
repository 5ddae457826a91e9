import { CorruptionError } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { decodeJournal, encodeRecord, encodeSnapshot } from './catalog-journal.ts';

const snapshot = encodeSnapshot(new Map([['a', '1']]));
const second = encodeRecord({ deletes: ['a'], puts: [['b', '{"x":[1,"ü"]}']] });
const third = encodeRecord({ deletes: [], puts: [['c', 'null']] });
const journal = join(snapshot, second, third);
const all = new Map([
  ['b', '{"x":[1,"ü"]}'],
  ['c', 'null'],
]);

test('a record has the bytes that the layout says', () => {
  const record = encodeRecord({ deletes: [], puts: [] });
  expect([...record.subarray(0, 8)]).toEqual([0x7c, 0xa7, 0xa1, 0x06, 0, 0, 0, 22]);
  expect(new TextDecoder().decode(record.subarray(12))).toBe('{"delete":[],"put":[]}');
});

test('a journal gives what its transactions leave', () => {
  expect(decodeJournal(journal, 'catalog')).toEqual({ values: all, validBytes: journal.length });
});

test('a journal cut anywhere gives the transactions that are whole', () => {
  const afterSecond = snapshot.length + second.length;
  for (let length = 8; length < journal.length; length++) {
    const { values, validBytes } = decodeJournal(journal.subarray(0, length), 'catalog');
    const expected =
      length < snapshot.length
        ? { keys: [], validBytes: 8 }
        : length < afterSecond
          ? { keys: ['a'], validBytes: snapshot.length }
          : { keys: ['b'], validBytes: afterSecond };
    expect({ keys: [...values.keys()], validBytes }).toEqual(expected);
  }
});

test('zeros or garbage behind the last record are a torn tail', () => {
  for (const tail of [new Uint8Array(5_000), new Uint8Array(300).fill(0x7c), third.subarray(0, third.length - 1)]) {
    expect(decodeJournal(join(journal, tail), 'catalog')).toEqual({ values: all, validBytes: journal.length });
  }
});

test('any flipped bit before the last record is corruption at the start of its record', () => {
  for (let position = 8; position < snapshot.length + second.length; position++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = journal.slice();
      damaged[position] ^= 1 << bit;
      const start = position < snapshot.length ? 8 : snapshot.length;
      expect(failure(damaged)).toEqual({ file: 'catalog', offset: start });
    }
  }
});

test('any flipped bit of the last record takes only that one away', () => {
  const start = snapshot.length + second.length;
  for (let position = start; position < journal.length; position++) {
    const damaged = journal.slice();
    damaged[position] ^= 0x10;
    expect(decodeJournal(damaged, 'catalog').validBytes).toBe(start);
  }
});

test('a file that does not begin like a catalog is corruption at 0', () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(100), journal.subarray(1)]) {
    expect(failure(bytes)).toEqual({ file: 'catalog', offset: 0 });
  }
});

test('a record with a good checksum and a wrong shape is corruption', () => {
  const wrong = encodeRecord({ deletes: [], puts: [['a', '1],["b"']] });
  expect(failure(join(snapshot, wrong))).toEqual({ file: 'catalog', offset: snapshot.length });
});

function failure(bytes: Uint8Array): { file: string; offset: number } | undefined {
  try {
    decodeJournal(bytes, 'catalog');
    return undefined;
  } catch (error) {
    if (error instanceof CorruptionError) return { file: error.file, offset: error.offset };
    throw error;
  }
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
