import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeProgram } from '../program.ts';

const golden = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb/deletes/sstables/g/d');
let folder: string;
let exitCode: typeof process.exitCode;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
  cpSync(golden, folder, { recursive: true });
  exitCode = process.exitCode;
});

afterEach(() => {
  process.exitCode = exitCode;
  rmSync(folder, { recursive: true });
});

/** What a command says of the SSTable: the errors of its verdict, or of what it throws. */
async function told(command: 'dump' | 'verify' | 'metadata', name = 'nb-1-big-Data.db'): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    await makeProgram().parseAsync(['node', 'cassette', command, join(folder, name)]);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return `${error.code}: ${error.message}`;
  } finally {
    write.mockRestore();
  }
  return command === 'verify' ? String(JSON.parse(text).errors.join('\n')) : '';
}

const commands = ['dump', 'verify', 'metadata'] as const;

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
