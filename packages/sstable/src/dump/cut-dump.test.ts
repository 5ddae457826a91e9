import { CassetteError } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { jsonDump, jsonKeys, jsonOfError } from './index.ts';

const one = goldenSSTables().find(({ name, files }) => name.startsWith('nb/') && files.components.includes(Component.CRC))!;

/** Data.db is cut behind so many bytes, which nobody checks. */
function cut(length: number): SSTableReader {
  const { descriptor, files } = one;
  const copy = new MemoryComponents(descriptor);
  for (const component of files.components) copy.set(component, files.bytes(component));
  copy.set(Component.DATA, files.bytes(Component.DATA).slice(0, length));
  return SSTableReader.open(descriptor, copy.sources([Component.CRC]));
}

/** What was given, and what was thrown behind it. */
function collected(pieces: Iterable<string>): { text: string; error: CassetteError | null } {
  let text = '';
  try {
    for (const piece of pieces) text += piece;
    return { text, error: null };
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return { text, error };
  }
}

test('a dump that an error ends is whole JSON all the same, with the error behind what was read', () => {
  const length = one.files.bytes(Component.DATA).length;
  const lengthsWithRows = new Set<number>();
  for (let kept = 1; kept < length; kept++) {
    for (const lines of [false, true]) {
      const reader = cut(kept);
      const options = { nowInSeconds: 0, rawTimestamps: true, lines };
      const { text, error } = collected(jsonDump(reader.cursor({ partitions: { range: {} } }), reader.table, options));
      const parsed = lines
        ? text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : JSON.parse(text);
      // Where the cut is between two partitions, nothing but the checksums and the index tells of it.
      const told = error === null ? [] : [{ error: { code: 'CORRUPTION', message: error.message } }];
      const partitions = parsed.slice(0, parsed.length - told.length);
      expect(parsed.slice(partitions.length)).toEqual(told);
      expect(partitions.every((item: object) => 'partition' in item)).toBe(true);
      lengthsWithRows.add(parsed.length);
    }
  }
  expect(lengthsWithRows.size).toBeGreaterThan(1);
});

test('of what can not be opened the dump is the error alone', () => {
  const error = new CassetteError('CORRUPTION', 'a "quoted"\nreason');
  const told = { error: { code: 'CORRUPTION', message: 'a "quoted"\nreason' } };
  expect(JSON.parse(jsonOfError(error))).toEqual([told]);
  expect(JSON.parse(jsonOfError(error, { lines: true }))).toEqual(told);
  expect(jsonOfError(error, { lines: true }).split('\n')).toHaveLength(2);
});

test('keys are chosen, and are lines where these are asked for', () => {
  const { descriptor, files } = one;
  const reader = SSTableReader.open(descriptor, files.sources());
  const keys = (options: Parameters<typeof jsonKeys>[3]) =>
    collected(jsonKeys(reader.keys(), reader.table, 'Index.db', options)).text;
  const all = JSON.parse(keys({})) as string[][];
  expect(keys({ lines: true })).toBe(all.map(([key]) => `[ ${JSON.stringify(key)} ]\n`).join(''));
  expect(keys({ includes: () => false })).toBe('[ ]');
  expect(keys({ includes: () => false, lines: true })).toBe('');
  let seen = 0;
  expect(JSON.parse(keys({ includes: () => seen++ === 0 }))).toEqual(all.slice(0, 1));
});
