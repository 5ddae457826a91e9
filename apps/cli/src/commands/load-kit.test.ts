import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;
let kit: string;

// A folder whose name a careless script would take apart.
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cassette kit's $HOME "));
  kit = join(folder, 'a kit');
  writeFileSync(
    join(folder, 'script.cql'),
    `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
     CREATE TABLE k.t (a int PRIMARY KEY, v int); CREATE TABLE k."T" (a int PRIMARY KEY, v int); CREATE TABLE k.empty (a int PRIMARY KEY);
     INSERT INTO k.t (a, v) VALUES (1, 1); INSERT INTO k."T" (a, v) VALUES (1, 2);`,
  );
  expect((await run('exec', '--dir', join(folder, 's'), join(folder, 'script.cql'))).error).toBe(null);
  expect((await run('export', '--dir', join(folder, 's'), '--out', kit)).error).toBe(null);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A command that writes down how it was called and, of the last argument, the files there, and ends with `status`. */
function stub(name: string, body: string): string {
  const path = join(folder, name).replaceAll(' ', '_').replaceAll("'", '_').replaceAll('$', '_');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nfor last; do :; done\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const written: string[] = [];
afterEach(() => {
  for (const path of written.splice(0)) rmSync(path, { recursive: true, force: true });
});

function load(
  commands: Record<string, string>,
  ...args: string[]
): { code: number | null; out: string; err: string; calls: string[] } {
  const log = join(folder, 'calls');
  rmSync(log, { force: true });
  const env: Record<string, string> = { PATH: process.env['PATH']!, LOG: log, TMPDIR: folder };
  for (const [name, body] of Object.entries(commands)) {
    env[name] = stub(name, body);
    written.push(env[name], join(env[name], '..'));
  }
  const { status, stdout, stderr } = spawnSync('sh', [join(kit, 'load.sh'), ...args], { env, cwd: '/', encoding: 'utf8' });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { code: status, out: stdout, err: stderr, calls };
}

const TAKES = `case "$*" in
  *version) echo 'ReleaseVersion: 5.0.9' ;;
  *) echo "$*" >>"$LOG"; ls "$last" | grep -c . >>"$LOG"; rm "$last"/* ;;
esac`;

test('the manifest and SHA256SUMS name every file with its size and digest', () => {
  const manifest = JSON.parse(readFileSync(join(kit, 'manifest.json'), 'utf8'));
  const named = [...manifest.files, ...manifest.sstables.flatMap(({ components }: { components: object[] }) => components)];
  const found = (readdirSync(kit, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(kit.length + 1));
  const kitFiles = ['README.md', 'SHA256SUMS', 'load.sh', 'manifest.json'];
  expect(named.map(({ name }) => name).sort()).toEqual(found.filter((name) => !kitFiles.includes(name)).sort());
  for (const { name, size, sha256 } of named) {
    const bytes = readFileSync(join(kit, name));
    expect([size, sha256]).toEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')]);
  }
  expect(manifest).toMatchObject({
    kind: 'cassette-export',
    since: null,
    format: 'nb',
    tables: [
      { keyspace: 'k', table: 't', folder: 'k/t' },
      { keyspace: 'k', table: 'T', folder: expect.stringMatching(/^k\/T-[0-9a-f]{32}$/) },
      { keyspace: 'k', table: 'empty', folder: 'k/empty' },
    ],
    sstables: [
      { table: 't', rows: 1, partitions: 1, firstToken: '-4069959284402364209', lastToken: '-4069959284402364209' },
      { table: 'T', rows: 1 },
    ],
  });
});

test('load.sh gives copies of the SSTables of each table to nodetool import', () => {
  const { code, out, err, calls } = load(
    { NODETOOL: TAKES },
    '--host',
    '10.0.0.1',
    '--jmx-port',
    '7199',
    '--',
    '--extended-verify',
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(calls.map((call) => call.replace(/\S* kit's \$HOME \S*\/cassette-load\.\w+/, 'COPY'))).toEqual([
    '-h 10.0.0.1 -p 7199 import --extended-verify k t COPY/k/t',
    '8',
    '-h 10.0.0.1 -p 7199 import --extended-verify k T COPY/k/T',
    '8',
  ]);
  expect(out).toBe('k.t\nk.T\nLoaded 2 tables.\n');
  expect(load({}, '--check')).toMatchObject({ code: 0, out: 'All files are what was exported.\n' });
  expect(readdirSync(folder).filter((name) => name.startsWith('cassette-load'))).toEqual([]);
});

test('load.sh runs cqlsh first if asked, and sstableloader on the folders as they are', () => {
  const says = (name: string) => `echo "${name} $*" >>"$LOG"`;
  const { code, calls } = load(
    { CQLSH: says('cqlsh'), SSTABLELOADER: says('loader') },
    '--sstableloader',
    '--schema',
    '--port',
    '9042',
  );
  expect(code).toBe(0);
  expect(calls).toEqual([
    `cqlsh -f ${kit}/k/schema.cql 127.0.0.1 9042`,
    `loader -d 127.0.0.1 -p 9042 ${kit}/k/t`,
    expect.stringMatching(/^loader -d 127\.0\.0\.1 -p 9042 .*\/k\/T-[0-9a-f]{32}$/),
  ]);
});

test('load.sh gives a node of many the rows of all, and has it remove those of others', () => {
  const takes = TAKES.replace('*version)', `*cleanup*) echo "$*" >>"$LOG" ;;\n  *version)`);
  const { code, out, calls } = load({ NODETOOL: takes }, '--every-node', '--jmx-port', '7199', '--', '--extended-verify');
  expect(code).toBe(0);
  expect(calls.map((call) => call.replace(/\S* kit's \$HOME \S*\/cassette-load\.\w+/, 'COPY'))).toEqual([
    '-p 7199 import --no-tokens --extended-verify k t COPY/k/t',
    '8',
    '-p 7199 import --no-tokens --extended-verify k T COPY/k/T',
    '8',
    '-p 7199 cleanup k t T',
  ]);
  expect(out).toBe('k.t\nk.T\nLoaded 2 tables.\n');
});

test('load.sh fails where sstableloader does, and where it passes over files', () => {
  expect(load({ SSTABLELOADER: 'echo "$*" >>"$LOG"; exit 1' }, '--sstableloader')).toMatchObject({
    code: 1,
    err: 'load.sh: sstableloader failed for k.t\n',
    calls: [expect.stringMatching(/k\/t$/)],
  });
  const skips = `echo "Skipping file nb-1-big-Data.db: table k.t doesn't exist"`;
  expect(load({ SSTABLELOADER: skips }, '--sstableloader')).toMatchObject({
    code: 1,
    out: expect.stringContaining("table k.t doesn't exist"),
    err: 'load.sh: sstableloader skipped files of k.t and says above why\n',
  });
  expect(readdirSync(folder).filter((name) => name.startsWith('cassette-load'))).toEqual([]);
});

test('load.sh numbers SSTables for a node of 4.0, and for sstableloader on request', async () => {
  expect((await run('export', '--dir', join(folder, 's'), '--out', kit, '--ids', 'uuid', '--table', 'k.t')).error).toBe(null);
  const names = `ls "$last" | sort | tr '\\n' ' ' >>"$LOG"`;
  const { calls } = load({
    NODETOOL: `case "$*" in version) echo 'ReleaseVersion: 4.0.11' ;; *) ${names}; rm "$last"/* ;; esac`,
  });
  const numbered = [
    'CompressionInfo.db',
    'Data.db',
    'Digest.crc32',
    'Filter.db',
    'Index.db',
    'Statistics.db',
    'Summary.db',
    'TOC.txt',
  ];
  const expected = numbered.map((name) => `nb-1-big-${name}`).join(' ');
  expect(calls.join('')).toBe(expected);
  expect(load({ SSTABLELOADER: names }, '--sstableloader', '--numbers').calls.join('')).toBe(expected);
  expect(load({ SSTABLELOADER: names }, '--sstableloader').calls.join('')).toMatch(
    /^nb-\w{4}_\w{4}_\w{18}-big-CompressionInfo\.db /,
  );
});

test('load.sh tells what went wrong and loads nothing of what is damaged', () => {
  const leaves = `case "$*" in *version) echo 'ReleaseVersion: 5.0.9' ;; esac`;
  expect(load({ NODETOOL: leaves })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/the node did not take nb-\d+-big-Data\.db of k\.t/),
  });
  expect(load({ NODETOOL: 'exit 3' })).toMatchObject({ code: 1, err: 'load.sh: nodetool does not reach the node\n' });
  expect(load({ NODETOOL: TAKES, CQLSH: 'exit 2' }, '--schema')).toMatchObject({ code: 1, calls: [] });
  expect(load({ NODETOOL: TAKES }, '--wrong')).toMatchObject({ code: 2, calls: [] });
  const data = readdirSync(join(kit, 'k/t')).find((name) => name.endsWith('-Data.db'))!;
  appendFileSync(join(kit, 'k/t', data), 'x');
  const damaged = load({ NODETOOL: TAKES });
  expect(damaged).toMatchObject({ code: 1, calls: [] });
  expect(damaged.err).toContain(`k/t/${data}: FAILED`);
  expect(readdirSync(folder).filter((name) => name.startsWith('cassette-load'))).toEqual([]);
});
