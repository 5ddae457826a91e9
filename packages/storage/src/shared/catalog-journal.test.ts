import { CorruptionError } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { decodeJournal, encodeRecord, encodeSnapshot, encodeTransaction } from './catalog-journal.ts';

const snapshot = encodeSnapshot(new Map([['a', '1']]));
const second = encodeTransaction({ deletes: ['a'], puts: [['b', '{"x":[1,"ü"]}']] });
const third = encodeTransaction({ deletes: [], puts: [['c', 'null']] });
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

test('a transaction is a record and a copy that differs in its marker', () => {
  const changes = { deletes: ['a'], puts: [] };
  const record = encodeRecord(changes);
  const copy = record.slice();
  copy[3] = 0x07;
  expect(encodeTransaction(changes)).toEqual(join(record, copy));
});

test('a journal gives what its transactions leave', () => {
  expect(decodeJournal(journal, 'catalog')).toEqual({ values: all, validBytes: journal.length, damage: null });
  // As it was written before there were copies.
  const single = join(snapshot.subarray(0, 8 + (snapshot.length - 8) / 2), second.subarray(0, second.length / 2));
  expect(decodeJournal(single, 'catalog')).toEqual({
    values: new Map([['b', '{"x":[1,"ü"]}']]),
    validBytes: single.length,
    damage: null,
  });
});

test('a journal cut anywhere gives the transactions of which one record is whole, and tells of the rest', () => {
  // Where each record ends, and what a journal that is whole up to there holds.
  const ends: { end: number; keys: string[]; copyIsNext: boolean }[] = [{ end: 8, keys: [], copyIsNext: false }];
  for (const [bytes, keys] of [
    [snapshot.subarray(8), ['a']],
    [second, ['b']],
    [third, ['b', 'c']],
  ] as const) {
    const from = ends.at(-1)!.end;
    ends.push({ end: from + bytes.length / 2, keys: [...keys], copyIsNext: true });
    ends.push({ end: from + bytes.length, keys: [...keys], copyIsNext: false });
  }
  for (let length = 8; length < journal.length; length++) {
    const { values, validBytes, damage } = decodeJournal(journal.subarray(0, length), 'catalog');
    const { end, keys, copyIsNext } = ends.findLast((record) => record.end <= length)!;
    const torn = { file: 'catalog', offset: end, size: length - end, atEnd: true, mayHaveLost: !copyIsNext };
    expect({ keys: [...values.keys()], validBytes, damage }).toEqual({
      keys,
      validBytes: end,
      damage: length === end ? null : torn,
    });
  }
});

test('zeros or garbage behind the last record are a torn tail', () => {
  for (const tail of [new Uint8Array(5_000), new Uint8Array(300).fill(0x7c), third.subarray(0, third.length / 2 - 1)]) {
    const damage = { file: 'catalog', offset: journal.length, size: tail.length, atEnd: true, mayHaveLost: true };
    expect(decodeJournal(join(journal, tail), 'catalog')).toEqual({ values: all, validBytes: journal.length, damage });
  }
});

test('any flipped bit behind the magic is told and takes nothing away: of each transaction another record is good', () => {
  const lastCopy = journal.length - third.length / 2;
  for (let position = 8; position < journal.length; position++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = journal.slice();
      damaged[position] ^= 1 << bit;
      const { values, damage } = decodeJournal(damaged, 'catalog');
      expect(values).toEqual(all);
      // A record that passes for a copy, or a copy for a record, says what it said before.
      if (damage !== null) expect(damage).toMatchObject({ atEnd: position >= lastCopy, mayHaveLost: false });
    }
  }
});

test('a transaction that is damaged in both of its records is corruption at its start, and the last one a torn tail', () => {
  const parts = [snapshot.subarray(8), second, third];
  let start = 8;
  for (const part of parts) {
    for (let position = 0; position < part.length / 2; position += 3) {
      const damaged = journal.slice();
      damaged[start + position] ^= 0x10;
      damaged[start + part.length - 1 - position] ^= 0x10;
      if (part !== third) expect(failure(damaged)).toEqual({ file: 'catalog', offset: start });
      else {
        expect(decodeJournal(damaged, 'catalog').damage).toEqual({
          file: 'catalog',
          offset: start,
          size: third.length,
          atEnd: true,
          mayHaveLost: true,
        });
      }
    }
    start += part.length;
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
