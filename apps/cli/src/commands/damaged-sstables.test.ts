import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ran, run } from '../testing/run.ts';

const golden = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb/deletes');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
  cpSync(join(golden, 'sstables'), folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const pathOf = (table: string, component: string) => join(folder, 'g', table, `nb-1-big-${component}`);
const remove = (table: string, component: string) => rmSync(pathOf(table, component));

function verdicts({ out }: Ran): unknown[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ sstable, ok, errors }) => [sstable, ok, errors]);
}

test('verify finds an SSTable by any of its components, and names those that are missing', async () => {
  remove('d', 'Data.db');
  remove('plain', 'Statistics.db');
  const ran = await run('verify', folder);
  expect(verdicts(ran)).toEqual([
    [pathOf('d', 'Data.db'), false, ['components: Data.db is missing', 'components: TOC.txt lists Data.db, which is missing']],
    [
      pathOf('plain', 'Data.db'),
      false,
      ['components: Statistics.db is missing', 'components: TOC.txt lists Statistics.db, which is missing'],
    ],
    [pathOf('simple', 'Data.db'), true, []],
  ]);
  expect([ran.code, ran.err, ran.error]).toEqual([1, '', null]);
});

test('the only SSTable of a folder is told though its Data.db is missing', async () => {
  remove('d', 'Data.db');
  const d = join(folder, 'g/d');
  expect(verdicts(await run('verify', d))).toEqual([
    [pathOf('d', 'Data.db'), false, ['components: Data.db is missing', 'components: TOC.txt lists Data.db, which is missing']],
  ]);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'my-TOC.txt'), 'no component');
  expect((await run('verify', empty)).error).toBe(`NO_SSTABLES: There is no SSTable below ${empty}`);
});

test('metadata tells of the others, and which one has no Statistics.db', async () => {
  remove('d', 'Statistics.db');
  remove('plain', 'Data.db');
  const ran = await run('metadata', folder);
  expect(
    ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).sstable),
  ).toEqual([pathOf('plain', 'Statistics.db'), pathOf('simple', 'Data.db')]);
  expect([ran.code, ran.err]).toEqual([
    1,
    `cassette: nb-1-big-Statistics.db is missing beside ${pathOf('d', 'CompressionInfo.db')}: without it the SSTable can't be read; ` +
      'copy it from where the SSTable comes from, all files whose names begin alike belong to it [MISSING_COMPONENT]\n',
  ]);
  expect((await run('metadata', pathOf('d', 'Data.db'))).error).toBe(ran.err.slice(10, -21).replace(/^/, 'MISSING_COMPONENT: '));
});

test('dump goes on after an SSTable that can not be opened or read, in JSON that is whole', async () => {
  const whole = JSON.parse((await run('dump', folder)).out);
  remove('d', 'Index.db');
  const data = readFileSync(pathOf('plain', 'Data.db'));
  data[data.length - 2] ^= 1;
  writeFileSync(pathOf('plain', 'Data.db'), data);
  const ran = await run('dump', folder);
  const [first, second] = ran.err.trimEnd().split('\n');
  const errorOf = (line: string) => {
    const [, message, code] = /^cassette: (.*) \[(\w+)\]$/.exec(line)!;
    return { error: { code, message } };
  };
  expect(first).toMatch(/^cassette: nb-1-big-Index\.db is missing beside .*\/g\/d\/nb-1-big-Data\.db: .* \[MISSING_COMPONENT\]$/);
  expect(second).toMatch(/^cassette: .*\/g\/plain\/nb-1-big-Data\.db at .* \[CORRUPTION\]$/);
  const dumped = JSON.parse(ran.out);
  expect(dumped).toEqual({
    [pathOf('d', 'Data.db')]: [errorOf(first)],
    [pathOf('plain', 'Data.db')]: expect.any(Array),
    [pathOf('simple', 'Data.db')]: whole[pathOf('simple', 'Data.db')],
  });
  expect(dumped[pathOf('plain', 'Data.db')].at(-1)).toEqual(errorOf(second));
  expect(ran.code).toBe(1);

  const lines = (await run('dump', '--json-lines', folder)).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(Object.values(dumped).flat());

  const alone = await run('dump', pathOf('plain', 'Data.db'));
  expect([JSON.parse(alone.out), alone.error]).toEqual([
    dumped[pathOf('plain', 'Data.db')],
    `CORRUPTION: ${errorOf(second).error.message}`,
  ]);
  const nothing = await run('dump', pathOf('d', 'Data.db'));
  expect([nothing.out, nothing.error]).toEqual(['', `MISSING_COMPONENT: ${errorOf(first).error.message}`]);
});

test('--keys-only heeds --key, --exclude and --json-lines', async () => {
  const file = pathOf('d', 'Data.db');
  const all = JSON.parse((await run('dump', '--keys-only', file)).out) as string[][];
  const [[a], [b]] = all;
  expect(all.length).toBeGreaterThan(2);
  const keys = async (...args: string[]) => JSON.parse((await run('dump', '--keys-only', file, ...args)).out);
  expect(await keys('--key', b, a)).toEqual([[a], [b]]);
  expect(await keys('--exclude', a)).toEqual(all.slice(1));
  expect(await keys('--key', a, b, '--exclude', a)).toEqual([[b]]);
  expect(await keys('--key', '987654')).toEqual([]);
  expect((await run('dump', '--keys-only', '--json-lines', file, '--exclude', a)).out).toBe(
    all
      .slice(1)
      .map(([key]) => `[ ${JSON.stringify(key)} ]\n`)
      .join(''),
  );
});
