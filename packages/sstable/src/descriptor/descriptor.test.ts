import { expect, test } from 'vitest';
import { nb, UnsupportedVersionError } from '../version/index.ts';
import { generationOf, InvalidFileNameError, isComponentName, parseFileName, printFileName } from './index.ts';

test('a name with a generation is taken apart and put together again', () => {
  const parsed = parseFileName('nb-17-big-CompressionInfo.db');
  expect(parsed).toEqual({ descriptor: { version: nb, id: '17' }, component: 'CompressionInfo.db' });
  expect(generationOf(parsed.descriptor)).toBe(17);
  expect(printFileName(parsed.descriptor, parsed.component)).toBe('nb-17-big-CompressionInfo.db');
});

test('a name with a UUID keeps it', () => {
  const parsed = parseFileName('nb-3gz5_0v3p_00kzq1mflo1d2wtkpb-big-Data.db');
  expect(parsed.descriptor.id).toBe('3gz5_0v3p_00kzq1mflo1d2wtkpb');
  expect(generationOf(parsed.descriptor)).toBe(null);
});

test('an index component is a custom one', () => {
  expect(parseFileName('nb-1-big-SAI+aa+idx+Meta.db').component).toBe('SAI+aa+idx+Meta.db');
});

test.each([
  'Data.db',
  'nb-1-big',
  'nb-1-big-Data.db-tmp',
  'nb--1-big-Data.db',
  'nb-01-big-Data.db',
  'nb-2147483648-big-Data.db',
  'nb-1e3-big-Data.db',
  'nb-1-big-',
  'nb-1-big-..',
  'nb-1-big-../Data.db',
  'nb-1-big-a/b',
  'nb-1-big-a\\b',
  'nb-1-big-.hidden',
  'nb-1-big-Data.db.tmp',
  'nb-1-big-Data\u0000.db',
  '../nb-1-big-Data.db',
  `nb-1-big-${'a'.repeat(300)}`,
  'NB-1-big-Data.db',
])('%j is refused', (name) => {
  expect(() => parseFileName(name)).toThrow(InvalidFileNameError);
});

test('a name of another version says which', () => {
  expect(() => parseFileName('me-1-big-Data.db')).toThrow(UnsupportedVersionError);
  expect(() => parseFileName('la-1-big-Data.db')).toThrow('SSTable version la-big is not supported');
  expect(() => parseFileName('pa-3gz5_0v3p_00kzq1mflo1d2wtkpb-big-Data.db')).toThrow('SSTable version pa-big is not supported');
  expect(() => parseFileName('ks-some_table-ka-1-Data.db')).toThrow('SSTable version ka-big is not supported');
  expect(() => parseFileName('ks-t.index-jb-12-CompressionInfo.db')).toThrow('SSTable version jb-big is not supported');
});

test('nothing harmful is printed', () => {
  expect(() => printFileName({ version: nb, id: '../1' }, 'Data.db')).toThrow(InvalidFileNameError);
  expect(() => printFileName({ version: nb, id: '1' }, '../Data.db')).toThrow(InvalidFileNameError);
  expect(isComponentName('a..b')).toBe(false);
});
