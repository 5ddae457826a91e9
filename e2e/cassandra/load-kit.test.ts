// Increments of devices, loaded by the load.sh that is in them, unedited, with the real nodetool and sstableloader: in whatever order they
// come, and however often, a real Cassandra 5.0 answers what the devices do.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Database, type ExportOptions, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judge } from './judge.ts';
import type { CassandraNode } from './node.ts';

const tools = Judge.available();

const SCHEMA = `
CREATE KEYSPACE d WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE d.t (a int, b int, s text static, v int, m map<int, text>, PRIMARY KEY (a, b)) WITH gc_grace_seconds = 1;
CREATE TABLE d."T" (a int PRIMARY KEY, v text);
`;
const QUERIES = [
  'SELECT a, b, s, v, m[1] AS m1, m[2] AS m2, writetime(s) AS ws, writetime(v) AS wv FROM d.t',
  'SELECT a, v, writetime(v) AS wv FROM d."T"',
];

/** Numbers from a seed, so that a failure can be had again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * sides);
  };
}

/** A statement of a device; timestamps go up and down, and none is given twice: ties are another test's. */
function statement(roll: (sides: number) => number, timestamp: number): string {
  const [a, b, v] = [roll(12), roll(6), roll(100)];
  const using = `USING TIMESTAMP ${timestamp}`;
  return [
    () => `INSERT INTO d.t (a, b, v) VALUES (${a}, ${b}, ${v}) ${using} AND TTL ${roll(2) === 0 ? 1 : 100_000}`,
    () => `INSERT INTO d.t (a, b, v, m) VALUES (${a}, ${b}, ${v}, {1: 'x', 2: '${v}'}) ${using}`,
    () => `UPDATE d.t ${using} SET s = '${v}', v = ${v} WHERE a = ${a} AND b = ${b}`,
    () => `DELETE FROM d.t ${using} WHERE a = ${a} AND b = ${b}`,
    () => `DELETE FROM d.t ${using} WHERE a = ${a} AND b > ${b}`,
    () => `DELETE m[1], v FROM d.t ${using} WHERE a = ${a} AND b = ${b}`,
    () => (roll(4) === 0 ? `DELETE FROM d.t ${using} WHERE a = ${a}` : `INSERT INTO d."T" (a, v) VALUES (${a}, '${v}') ${using}`),
    () => `DELETE FROM d."T" ${using} WHERE a = ${a}`,
  ][roll(8)]();
}

const printed = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : (value ?? null));

describe.skipIf(!tools.ok)(`load kits${tools.ok ? '' : ` (skipped: ${tools.why})`}`, () => {
  let folder: string;
  let judge: Judge;
  let node: CassandraNode;
  let commands: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-kits-'));
    judge = await Judge.start();
    node = await judge.startNode();
    commands = { NODETOOL: await command('NodeTool'), SSTABLELOADER: await command('BulkLoader'), CQLSH: await cqlsh() };
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A script that does what `cqlsh -f FILE HOST PORT` does: cqlsh itself is Python and no part of the jars. */
  async function cqlsh(): Promise<string> {
    const path = join(folder, 'cqlsh.mjs');
    const driver = pathToFileURL(createRequire(import.meta.url).resolve('cassandra-driver')).href;
    await writeFile(
      path,
      `import { readFileSync } from 'node:fs';
import cassandra from '${driver}';
const [, file, host, port] = process.argv.slice(2);
const client = new cassandra.Client({ contactPoints: [host + ':' + port], localDataCenter: 'datacenter1' });
// In the files of an export each statement ends a line.
for (const statement of readFileSync(file, 'utf8').split(/;\\s*\\n/)) if (statement.trim()) await client.execute(statement);
await client.shutdown();
`,
    );
    return `${process.execPath} ${path}`;
  }

  /** A script that stands for one of Cassandra's own. */
  async function command(tool: 'NodeTool' | 'BulkLoader'): Promise<string> {
    const path = join(folder, tool);
    const words = node.toolCommand(tool).map((word) => `'${word}'`);
    await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  async function device(): Promise<Database> {
    // What one device deletes the other may have written: no deletion may go before it is exported.
    const config = { compaction: { enabled: false }, keepDeletionsUntilConfirmed: 'always' as const };
    return openDatabase({ storage: new MemoryStorage(), schema: SCHEMA, config });
  }

  /** Exports into a folder of that name. */
  async function exported(database: Database, name: string, options: ExportOptions = {}): Promise<string> {
    const { id } = await database.exportTo(options, {
      add: async (path, _size, content) => {
        const file = join(folder, name, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
      },
      finish: async () => 0,
    });
    return id;
  }

  async function load(name: string, ...args: string[]): Promise<void> {
    const child = spawn('sh', [join(folder, name, 'load.sh'), ...args], {
      env: { ...process.env, ...commands },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    const [code] = await once(child, 'close');
    expect({ name, code, output: code === 0 ? '' : output }).toEqual({ name, code: 0, output: '' });
  }

  const imported = (name: string) => load(name, '--jmx-port', `${node.jmxPort}`, '--', '--extended-verify');

  async function answers(execute: (query: string) => Promise<Iterable<object>>): Promise<string[][]> {
    const all: string[][] = [];
    for (const query of QUERIES) all.push([...(await execute(query))].map((row) => JSON.stringify(row, printed)).sort());
    return all;
  }

  async function fromNode(): Promise<string[][]> {
    return answers(async (query) => {
      const [{ rows }] = await node.cql(query);
      return rows.map((row) => Object.fromEntries(row.keys().map((key) => [key, row.get(key)])));
    });
  }

  async function anew(): Promise<void> {
    // With the devices' gc_grace_seconds the node would purge deletions between two loads, before what they delete has come.
    await node.cql(`DROP KEYSPACE IF EXISTS d; ${SCHEMA.replace('gc_grace_seconds = 1', 'gc_grace_seconds = 864000')}`);
  }

  test('increments of two devices, with deletions that were compacted past gc_grace_seconds, in any order', async () => {
    const roll = dice(20_260_102);
    const everything = await device();
    const names: string[] = [];
    const used = new Set<number>();
    for (const who of ['a', 'b']) {
      const database = await device();
      let since: string | undefined;
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 60; i++) {
          let timestamp = 1 + roll(100_000);
          while (used.has(timestamp)) timestamp++;
          used.add(timestamp);
          const cql = statement(roll, timestamp);
          await database.execute(cql);
          await everything.execute(cql);
          if (roll(20) === 0) await database.flush();
        }
        // Past gc_grace_seconds and the shorter TTL.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        await database.compact();
        const name = `${who}${round}`;
        since = await exported(database, name, { ...(since !== undefined && { since }), compact: round !== 1 });
        if (round === 1) await database.confirmExported(since, { drop: who === 'b' });
        names.push(name);
      }
      await database.close();
    }
    const expected = await answers((query) => everything.execute(query));
    await everything.close();
    expect(expected.map(({ length }) => length > 5)).toEqual([true, true]);

    for (const order of [names, [...names].reverse(), ['b1', 'a2', 'b0', 'a0', 'a1', 'a0', 'b2']]) {
      await anew();
      for (const name of order) await imported(name);
      expect(await fromNode()).toEqual(expected);
    }
  });

  test('SSTables named by UUID, and ranges of tokens that make the ring', async () => {
    const roll = dice(7);
    const database = await device();
    for (let i = 1; i <= 150; i++) await database.execute(statement(roll, i));
    await exported(database, 'low', { ids: 'uuid', tokenRange: { start: '-9223372036854775808', end: 0 } });
    await exported(database, 'high', { ids: 'uuid', tokenRange: { start: 0, end: '5000000000000000000' } });
    await exported(database, 'around', {
      ids: 'uuid',
      tokenRange: { start: '5000000000000000000', end: '-9223372036854775808' },
    });
    // The shorter TTL.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const expected = await answers((query) => database.execute(query));
    await database.close();
    await anew();
    for (const name of ['low', 'high', 'around']) await imported(name);
    expect(await fromNode()).toEqual(expected);
    await anew();
    for (const name of ['around', 'low', 'high']) {
      await load(name, '--sstableloader', '--port', `${node.port}`, '--', '-sp', `${node.storagePort}`);
    }
    expect(await fromNode()).toEqual(expected);
  });

  test('the schema is made and altered by load.sh --schema: an export, ALTER, writes, an export since it, in both orders and twice', async () => {
    const keyspace = "CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";
    const schema = `${keyspace} CREATE TYPE s.p (x int); CREATE TABLE s.t (a int, b int, v int, p frozen<p>, PRIMARY KEY (a, b));`;
    const database = await openDatabase({ storage: new MemoryStorage(), schema });
    for (let i = 0; i < 20; i++) {
      await database.execute(`INSERT INTO s.t (a, b, v, p) VALUES (${i % 5}, ${i}, ${i}, {x: ${i}}) USING TIMESTAMP ${i + 1}`);
    }
    const since = await exported(database, 'before');
    await database.execute('ALTER TYPE s.p ADD y text');
    await database.execute('ALTER TABLE s.t ADD (w set<text>, s int static)');
    await database.execute("ALTER TABLE s.t WITH comment = 'altered' AND default_time_to_live = 5000000");
    await database.execute('CREATE TABLE s.later (a int PRIMARY KEY, p frozen<p>)');
    for (let i = 0; i < 20; i += 3) {
      const values = `${i % 5}, ${i}, {'w${i}'}, ${i}, {x: 1, y: 'y${i}'}`;
      await database.execute(`INSERT INTO s.t (a, b, w, s, p) VALUES (${values}) USING TIMESTAMP ${100 + i} AND TTL 0`);
    }
    await database.execute("INSERT INTO s.later (a, p) VALUES (1, {x: 2, y: 'z'})");
    const middle = await exported(database, 'increment', { since });
    await database.execute('ALTER TABLE s.t ADD z int');
    await database.execute('INSERT INTO s.t (a, b, z) VALUES (1, 1, 7) USING TIMESTAMP 500 AND TTL 0');
    await exported(database, 'last', { since: middle });
    const queries = ['SELECT a, b, s, v, w, z, p.x AS x, p.y AS y FROM s.t', 'SELECT a, p.x AS x, p.y AS y FROM s.later'];
    const rowsOf = async (execute: (query: string) => Promise<Iterable<object>>) => {
      const all: string[][] = [];
      for (const query of queries) all.push([...(await execute(query))].map((row) => JSON.stringify(row, printed)).sort());
      return all;
    };
    const expected = await rowsOf((query) => database.execute(query));
    expect(expected.map(({ length }) => length)).toEqual([20, 1]);
    await database.close();
    const withSchema = ['--schema', '--port', `${node.port}`, '--jmx-port', `${node.jmxPort}`, '--', '--extended-verify'];
    for (const order of [
      ['before', 'increment', 'last', 'increment'],
      ['before', 'last', 'increment'],
    ]) {
      await node.cql('DROP KEYSPACE IF EXISTS s');
      for (const name of order) await load(name, ...withSchema);
      const found = await rowsOf(async (query) => {
        const [{ rows }] = await node.cql(query);
        return rows.map((row) => Object.fromEntries(row.keys().map((key) => [key, row.get(key)])));
      });
      expect(found, order.join()).toEqual(expected);
    }
    const [{ rows }] = await node.cql("SELECT comment FROM system_schema.tables WHERE keyspace_name = 's' AND table_name = 't'");
    expect(rows[0].get('comment')).toBe('altered');
  });
});
