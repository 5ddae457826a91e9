import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ByteWriter, CassetteError } from '@cassette/bytes';
import { decodeStatistics, encodeStatistics, parseFileName } from '@cassette/sstable';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeProgram } from '../program.ts';

const golden = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb/deletes/sstables/g/d');
let base: string;
let folder: string;
let exitCode: typeof process.exitCode;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
  // As Cassandra lays files out: keyspace, table.
  folder = join(base, 'g', 'd');
  cpSync(golden, folder, { recursive: true });
  exitCode = process.exitCode;
});

afterEach(() => {
  process.exitCode = exitCode;
  rmSync(base, { recursive: true });
});

const commands = ['dump', 'verify', 'metadata'] as const;

/** What a command says of the SSTable: the errors of its verdict, or of what it throws. */
async function told(command: (typeof commands)[number], name = 'nb-1-big-Data.db', ...options: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    await makeProgram().parseAsync(['node', 'cassette', command, ...options, join(folder, name)]);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return `${error.code}: ${error.message}`;
  } finally {
    write.mockRestore();
  }
  if (command === 'dump') return '';
  const lines = JSON.parse(text);
  return command === 'verify' ? lines.errors.join('\n') : JSON.stringify({ ...lines, components: null });
}

function changeBytes(name: string, from: string, to: string): void {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  bytes.write(to, bytes.indexOf(from), 'latin1');
  writeFileSync(path, bytes);
}

function schemaFile(text: string): string {
  const path = join(base, 'schema.cql');
  writeFileSync(path, text);
  return path;
}

test.each(commands)('%s names a component that is missing', async (command) => {
  rmSync(join(folder, 'nb-1-big-Statistics.db'));
  expect(await told(command)).toMatch(/Statistics\.db is missing/);
});

test.each(commands)('%s names a file that is something else', async (command) => {
  writeFileSync(
    join(folder, 'nb-1-big-Statistics.db'),
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13),
  );
  expect(await told(command)).toMatch(/nb-1-big-Statistics\.db at \d+/);
});

test.each(commands)('%s names a version that is not known, and those that are', async (command) => {
  renameSync(join(folder, 'nb-1-big-Data.db'), join(folder, 'me-1-big-Data.db'));
  expect(await told(command, 'me-1-big-Data.db')).toMatch(/version me-big is not supported; supported: .*nb-big/);
});

test.each(commands)('%s says what a name of another file should be', async (command) => {
  writeFileSync(join(folder, 'photo.png'), 'no SSTable');
  expect(await told(command, 'photo.png')).toMatch(/"photo\.png" is not the name of an SSTable file/);
});

test.each(['Data.db', 'Index.db', 'Statistics.db', 'CompressionInfo.db'])(
  'dump and verify name the missing %s',
  async (component) => {
    rmSync(join(folder, `nb-1-big-${component}`));
    const missing = new RegExp(`${component.replace('.', '\\.')} is (missing|not there)`);
    expect(await told('dump')).toMatch(missing);
    expect(await told('verify')).toMatch(missing);
  },
);

test.each(['Filter.db', 'Summary.db', 'Digest.crc32', 'TOC.txt'])(
  'dump reads without %s, verify tells that it is missing',
  async (component) => {
    rmSync(join(folder, `nb-1-big-${component}`));
    expect(await told('dump')).toBe('');
    expect(await told('verify')).toMatch(
      component === 'TOC.txt' ? /TOC\.txt is missing/ : `TOC.txt lists ${component}, which is missing`,
    );
  },
);

test('a compressor that is not known is named, with those that are; metadata tells it', async () => {
  changeBytes('nb-1-big-CompressionInfo.db', 'LZ4', 'XYZ');
  expect(await told('dump')).toMatch(/^UNSUPPORTED_COMPRESSOR: .*XYZCompressor.*LZ4Compressor/);
  expect(await told('verify')).toMatch(/XYZCompressor.*LZ4Compressor/);
  expect(await told('metadata')).toMatch(/"class":"XYZCompressor"/);
});

test('a partitioner that is not Murmur3Partitioner is named, and what to do; metadata tells it', async () => {
  const path = join(folder, 'nb-1-big-Statistics.db');
  const { version } = parseFileName('nb-1-big-Statistics.db').descriptor;
  const statistics = decodeStatistics(readFileSync(path), path, version);
  const out = new ByteWriter();
  const partitioner = 'org.apache.cassandra.dht.RandomPartitioner';
  encodeStatistics(out, { ...statistics, validation: { ...statistics.validation, partitioner } }, version);
  writeFileSync(path, out.toBytes());
  expect(await told('dump')).toMatch(
    /^UNSUPPORTED_PARTITIONER: .*RandomPartitioner: only tables of .*Murmur3Partitioner.*; copy the rows/,
  );
  expect(await told('verify')).toMatch(/the partitioner is .*RandomPartitioner, only Murmur3Partitioner is understood/);
  expect(await told('metadata')).toMatch(/"partitioner":"org\.apache\.cassandra\.dht\.RandomPartitioner"/);
});

test.each(['dump', 'verify'] as const)(
  '%s names the column of a schema that does not fit, both types and what to do',
  async (command) => {
    const golden = readFileSync(resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb/deletes/schema.cql'), 'utf8');
    const right = schemaFile(golden);
    expect(await told(command, 'nb-1-big-Data.db', '--schema', right)).toBe('');
    const other = schemaFile(golden.replaceAll(/\bw int\b/g, 'w text'));
    expect(await told(command, 'nb-1-big-Data.db', '--schema', other)).toMatch(
      /column w is regular and of type int in the header of .*nb-1-big-Statistics\.db, and regular and of type text in table g\.d: give the schema/,
    );
    const less = schemaFile(golden.replaceAll(/\bw int,?/g, ''));
    expect(await told(command, 'nb-1-big-Data.db', '--schema', less)).toMatch(
      /column w is .* not there in table g\.d: add it to the schema \(ALTER TABLE g\.d ADD\)/,
    );
  },
);
