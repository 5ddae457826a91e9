import { expect, test } from 'vitest';
import { da, na, nb, oa, UnsupportedVersionError, versionOf } from './index.ts';

test.each([na, nb, oa, da])('$name-$format is known', (version) => {
  expect(versionOf(version.name, version.format)).toBe(version);
});

const older = 'run nodetool upgradesstables (or sstableupgrade) of Cassandra 4.0, 4.1 or 5.0 on it';
const none = 'It is of a later Cassandra or of none: load it there, and export it in one of these';

test.each([
  ['me', 'big', `Cassandra 3.0.25 or 3.11.11 and later wrote it: ${older}`],
  ['md', 'big', `Cassandra 3.0 to 3.11 wrote it: ${older}`],
  ['mc', 'big', `Cassandra 3.0 to 3.11 wrote it: ${older}`],
  ['mb', 'big', `Cassandra 3.0 to 3.11 wrote it: ${older}`],
  ['ma', 'big', `Cassandra 3.0 to 3.11 wrote it: ${older}`],
  ['la', 'big', `Cassandra 2.2 wrote it: ${older}`],
  ['ka', 'big', `Cassandra 2.1 wrote it: ${older}`],
  ['jb', 'big', `Cassandra 2.0 or older wrote it: ${older}`],
  ['nc', 'big', none],
  ['ob', 'big', none],
  ['pa', 'big', none],
  ['db', 'bti', none],
  ['zz', 'big', none],
  ['oa', 'bti', 'oa is of the format big: its files have been renamed'],
  ['da', 'big', 'da is of the format bti: its files have been renamed'],
  ['nb', 'bti', 'nb is of the format big: its files have been renamed'],
])('%s-%s is refused by name, with what to do', (name, format, advice) => {
  expect(() => versionOf(name, format)).toThrow(UnsupportedVersionError);
  expect(() => versionOf(name, format)).toThrow(
    `SSTable version ${name}-${format} is not supported; supported: na-big, nb-big, oa-big, da-bti. ${advice}`,
  );
});
