import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage } from '@cassette/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;
let store: string;
let secret: string;
let wrong: string;
let key: string;
let script: string;
let query: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-encrypted-'));
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  store = join(folder, 'store');
  secret = file('secret', 'open sesame\nanother line\n');
  wrong = file('wrong', 'open barley\n');
  key = file('key', `${'0f'.repeat(32)}\n`);
  script = file('script.cql', "CREATE TABLE t (k int PRIMARY KEY, v text); INSERT INTO t (k, v) VALUES (1, 'zanzibar');");
  query = file('query.cql', 'SELECT v FROM t;');
});

afterEach(() => rmSync(folder, { recursive: true }));

function textOf(dir: string): string {
  return readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'latin1'))
    .join('');
}

test('a store is encrypted from its first command on, and read with its passphrase alone', async () => {
  expect((await run('exec', '--dir', store, '--passphrase-file', secret, script)).error).toBeNull();
  expect((await run('flush', '--dir', store, '--passphrase-file', secret)).error).toBeNull();
  expect(textOf(store)).not.toContain('zanzibar');
  const read = (...options: string[]) => run('exec', '--dir', store, ...options, query);
  expect((await read('--passphrase-file', secret)).out).toBe('{"v": "zanzibar"}\n');
  expect((await read()).error).toMatch(/^ENCRYPTION_KEY_MISSING: .*--passphrase-file/);
  expect((await read('--passphrase-file', wrong)).error).toMatch(/^ENCRYPTION_KEY_WRONG/);
  expect((await read('--key-file', key)).error).toMatch(/^ENCRYPTION_KEY_WRONG: .*passphrase/);
  expect((await read('--key-file', secret)).error).toMatch(/^INVALID_OPTION/);
  expect((await read('--key-file', key, '--passphrase-file', secret)).error).toMatch(/^USAGE/);
  process.env['CASSETTE_PASSPHRASE'] = 'open sesame';
  try {
    expect((await read()).out).toBe('{"v": "zanzibar"}\n');
  } finally {
    delete process.env['CASSETTE_PASSPHRASE'];
  }
});

test('a restored store counts under an id of its own once it is told so', async () => {
  const counted = join(folder, 'count.cql');
  writeFileSync(
    counted,
    "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; CREATE TABLE k.c (k int PRIMARY KEY, n counter);",
  );
  await run('exec', '--dir', store, counted);
  expect((await run('renew-counter-id', '--dir', store)).out).toBe('{"counterId":null}\n');
  const more = join(folder, 'more.cql');
  writeFileSync(more, 'UPDATE k.c SET n = n + 1 WHERE k = 1; SELECT n FROM k.c;');
  expect((await run('exec', '--dir', store, more)).out).toBe('{"n": 1}\n');
  const first = (await run('renew-counter-id', '--dir', store)).out;
  const second = (await run('renew-counter-id', '--dir', store)).out;
  expect(JSON.parse(first)).toEqual({ counterId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(first).not.toBe(second);
  expect((await run('exec', '--dir', store, more)).out).toBe('{"n": 2}\n');
  expect((await run('renew-counter-id', '--dir', join(folder, 'none'))).error).toMatch(/^NO_STORE/);
});

test('export and salvage of an encrypted store are plain', async () => {
  await run('exec', '--dir', store, '--key-file', key, script);
  const out = join(folder, 'out');
  expect((await run('export', '--dir', store, '--key-file', key, '--out', out)).error).toBeNull();
  expect((await run('verify', out)).error).toBeNull();
  const salvaged = join(folder, 'salvaged');
  expect((await run('salvage', '--dir', store, '--out', salvaged)).error).toMatch(/^ENCRYPTION_KEY_MISSING/);
  rmSync(salvaged, { recursive: true, force: true });
  const { error, out: report } = await run('salvage', '--dir', store, '--out', salvaged, '--key-file', key);
  expect([error, JSON.parse(report).hasCatalog]).toEqual([null, true]);
});

test('what an interrupted copy left is not opened, and replaced by the next one', async () => {
  await run('exec', '--dir', store, script);
  const copied = join(folder, 'copied');
  const remains = new NodeStorage(copied);
  await remains.acquire();
  await remains.catalog.commit({ put: new Map([['copy-under-way', true]]) });
  (await remains.open('nb-1-big-Data.db', { create: true })).close();
  await remains.close();
  for (const options of [[], ['--key-file', key]]) {
    expect((await run('exec', '--dir', copied, ...options, query)).error).toMatch(/^COPY_UNFINISHED/);
    expect((await run('copy', '--dir', copied, '--out', join(folder, 'next'), ...options)).error).toMatch(/^COPY_UNFINISHED/);
  }
  expect((await run('copy', '--dir', store, '--out', copied, '--out-key-file', key)).error).toBeNull();
  expect((await run('exec', '--dir', copied, '--key-file', key, query)).out).toBe('{"v": "zanzibar"}\n');
  expect(readdirSync(copied)).not.toContain('nb-1-big-Data.db');
});

test('a copy that fails leaves nothing, and nothing of another store goes', async () => {
  await run('exec', '--dir', store, '--key-file', key, script);
  await run('flush', '--dir', store, '--key-file', key);
  const data = join(store, readdirSync(store).find((name) => name.endsWith('Data.db'))!);
  const bytes = readFileSync(data);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(data, bytes);
  const [copied, other] = [join(folder, 'copied'), join(folder, 'other')];
  expect((await run('copy', '--dir', store, '--key-file', key, '--out', copied)).error).toMatch(/^CORRUPT/);
  expect(existsSync(copied)).toBe(false);
  await run('exec', '--dir', other, script);
  expect((await run('copy', '--dir', store, '--key-file', key, '--out', other)).error).toMatch(/^STORE_EXISTS/);
  expect((await run('exec', '--dir', other, query)).out).toBe('{"v": "zanzibar"}\n');
});

test('copy encrypts a plain store, and makes a plain one of an encrypted one', async () => {
  await run('exec', '--dir', store, script);
  expect(textOf(store)).toContain('zanzibar');
  const [encrypted, plain] = [join(folder, 'encrypted'), join(folder, 'plain')];
  expect((await run('copy', '--dir', store, '--out', encrypted, '--out-key-file', key)).error).toBeNull();
  expect(textOf(encrypted)).not.toContain('zanzibar');
  expect((await run('exec', '--dir', encrypted, '--key-file', key, query)).out).toBe('{"v": "zanzibar"}\n');
  expect((await run('copy', '--dir', encrypted, '--out', plain)).error).toMatch(/^ENCRYPTION_KEY_MISSING/);
  expect((await run('copy', '--dir', encrypted, '--key-file', key, '--out', plain)).error).toBeNull();
  expect((await run('exec', '--dir', plain, query)).out).toBe('{"v": "zanzibar"}\n');
  expect((await run('copy', '--dir', store, '--out', plain)).error).toMatch(/^STORE_EXISTS/);
  expect((await run('exec', '--dir', plain, '--key-file', key, query)).error).toMatch(/^ENCRYPTION_STORE_PLAIN/);
});

test('others have their turn while a file is copied, an interrupt above all', async () => {
  await run('exec', '--dir', store, script);
  writeFileSync(join(store, 'large'), new Uint8Array(4 << 20));
  const copied = join(folder, 'copied');
  const seen = new Set<number>();
  let isOver = false;
  const look = () => {
    seen.add(statSync(join(copied, 'large'), { throwIfNoEntry: false })?.size ?? 0);
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  expect((await run('copy', '--dir', store, '--out', copied)).error).toBeNull();
  isOver = true;
  expect([1 << 20, 2 << 20, 3 << 20].filter((size) => seen.has(size))).not.toEqual([]);
});

test('an empty CASSETTE_PASSPHRASE is refused, and no store in plain text is made', async () => {
  process.env['CASSETTE_PASSPHRASE'] = '';
  try {
    expect((await run('exec', '--dir', store, script)).error).toMatch(/^INVALID_OPTION: CASSETTE_PASSPHRASE is empty/);
    expect(existsSync(store)).toBe(false);
    // Said otherwise, it is not looked at.
    expect((await run('exec', '--dir', store, '--key-file', key, script)).error).toBeNull();
  } finally {
    delete process.env['CASSETTE_PASSPHRASE'];
  }
});

test('dump, verify and metadata say of an encrypted SSTable that it is one, and how its rows are got', async () => {
  await run('exec', '--dir', store, '--key-file', key, script);
  await run('flush', '--dir', store, '--key-file', key);
  const data = readdirSync(store).find((name) => name.endsWith('-Data.db'))!;
  const told = /is encrypted, as all files of its store\. .*cassette export --dir STORE --passphrase-file F --out OUT/;
  for (const command of ['dump', 'metadata']) {
    const { error } = await run(command, join(store, data));
    expect(error).toMatch(/^ENCRYPTED_SSTABLE: /);
    expect(error).toMatch(told);
  }
  for (const path of [store, join(store, data)]) {
    const { out, code } = await run('verify', path);
    expect([JSON.parse(out).ok, code]).toEqual([false, 1]);
    expect(JSON.parse(out).errors).toEqual([expect.stringMatching(told)]);
  }
});
