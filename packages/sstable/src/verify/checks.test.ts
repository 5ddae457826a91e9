import { expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { verifySSTable } from './index.ts';

const all = goldenSSTables();

/** The checks that a verdict names, without some components of a golden. */
function checksOf(name: string, ...without: readonly Component[]): string[] {
  const { descriptor, files } = all.find((one) => one.name.startsWith(name))!;
  return [...verifySSTable(descriptor, files.sources(without)).checks].sort();
}

const read = ['data', 'header', 'types', 'statistics'];
const small = ['filter', 'filter file', 'index', 'components', 'digest'];

test.each([
  ['nb/deletes/g/d', ['chunks', 'compression', 'summary', 'summary file']],
  ['oa/deletes/g/d', ['chunks', 'compression', 'summary', 'summary file']],
  ['da/deletes/g/d', ['chunks', 'compression']],
])('of %s all that there is was checked', (name, more) => {
  expect(checksOf(name)).toEqual([...read, ...small, ...more].sort());
});

test('what is not there was not checked', () => {
  const name = 'nb/deletes/g/d';
  const rest = [...read, 'chunks', 'compression', 'digest', 'filter', 'filter file'].sort();
  expect(checksOf(name, Component.INDEX)).toEqual([...rest, 'summary file'].sort());
  expect(checksOf(name, Component.INDEX, Component.SUMMARY)).toEqual(rest);
  expect(checksOf(name, Component.FILTER, Component.DIGEST, Component.SUMMARY)).toEqual(
    [...read, 'chunks', 'compression', 'index'].sort(),
  );
  expect(checksOf(name, Component.STATISTICS)).toEqual(['chunks', 'compression', 'digest']);
  expect(checksOf(name, Component.DATA)).toEqual([]);
  expect(checksOf('da/deletes/g/d', Component.PARTITIONS)).toEqual(rest);
});

test('data without chunks that are compressed, and without checksums, has no such checks', () => {
  const name = 'nb/deletes/g/plain';
  const checks = [...read, ...small, 'summary', 'summary file'];
  expect(checksOf(name)).toEqual([...checks, 'chunks'].sort());
  expect(checksOf(name, Component.CRC)).toEqual(checks.filter((one) => one !== 'components').sort());
});
