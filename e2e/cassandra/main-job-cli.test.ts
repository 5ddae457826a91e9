// The main job through the command line: no browser, a process that is killed, and the same judge at the end.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keysOf, keyspace, type Operation, schema, survey } from '../data/survey.ts';
import { checkSurvivors, type ReadRow } from '../data/survey-state.ts';
import { Judge } from './judge.ts';

const cli = fileURLToPath(new URL('../../apps/cli/dist/cassette.js', import.meta.url));
const tools = Judge.available();

/** A bound value as a CQL literal. */
function literal(value: Operation['params'][number], type: 'set' | 'tuple' | 'plain'): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, 'plain')).join(', ');
    return type === 'tuple' ? `(${items})` : `{${items}}`;
  }
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** An operation as text, its values in place of the markers. */
function statement({ cql, params }: Operation): string {
  let next = 0;
  return `${cql.replaceAll('?', () => {
    const value = params[next++];
    return literal(
      value,
      Array.isArray(value) && typeof value[0] === 'number' ? 'tuple' : Array.isArray(value) ? 'set' : 'plain',
    );
  })};\n`;
}

function start(...args: string[]) {
  return spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the command line to its end and gives what it printed. */
async function cassette(...args: string[]): Promise<string> {
  const child = start(...args);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cassette ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

describe.skipIf(!tools.ok)(`the main job through the command line${tools.ok ? '' : ` (skipped: ${tools.why})`}`, () => {
  let folder: string;
  let judge: Judge;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-cli-'));
    judge = await Judge.start();
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const store = () => join(folder, 'store');

  async function script(name: string, text: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  }

  /** Every row of a table as the command line prints it; with write times and TTLs at a standing clock where `now` is given. */
  async function rows(table: keyof typeof keysOf, now?: number): Promise<Record<string, unknown>[]> {
    const all = {
      flights: ['origin', 'departed', 'id', 'airport', 'city', 'latitude', 'longitude', 'delay', 'destination', 'distance'],
      earthquakes: ['network', 'magnitude_type', 'at', 'id', 'felt', 'magnitude', 'place', 'position', 'sources', 'tsunami'],
    }[table];
    const timed = all.filter((name) => !(keysOf[table] as readonly string[]).includes(name));
    const selectors = [...all, ...timed.flatMap((name) => [`WRITETIME(${name}) AS wt_${name}`, `TTL(${name}) AS ttl_${name}`])];
    const file = await script(`select-${table}.cql`, `SELECT ${selectors.join(', ')} FROM ${keyspace}.${table};`);
    const out = await cassette('exec', '--dir', store(), ...(now === undefined ? [] : ['--now', String(now)]), file);
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  test('what was executed survives a kill, and a real Cassandra 5.0 answers the same rows', async () => {
    const operations = survey().slice(0, 12_000);
    const half = 8_000;
    const schemaFile = await script('schema.cql', schema.map((text) => `${text};\n`).join(''));
    await cassette(
      'exec',
      '--dir',
      store(),
      '--schema',
      schemaFile,
      await script('a.cql', operations.slice(0, half).map(statement).join('')),
    );

    // The second part is cut off by SIGKILL; the first one was acknowledged by the end of its process.
    const second = await script('b.cql', operations.slice(half).map(statement).join(''));
    const doomed = start('exec', '--dir', store(), second);
    // Where the machine is quick it has ended by itself before it is killed: nobody would be told of that afterwards.
    const over = once(doomed, 'close');
    const before = await readFile(join(store(), 'catalog'));
    expect(before.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 700));
    doomed.kill('SIGKILL');
    await over;

    const view = (table: keyof typeof keysOf) => async () =>
      (await rows(table)).map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? null : { json: JSON.stringify(value) }]),
        ),
      ) as ReadRow[];
    const survivors = { flights: await view('flights')(), earthquakes: await view('earthquakes')() };
    const acknowledged = new Set(operations.slice(0, half).map((_, index) => index));
    expect(checkSurvivors(operations, acknowledged, survivors)).toEqual([]);

    await cassette('exec', '--dir', store(), second);
    await cassette('flush', '--dir', store());
    const out = join(folder, 'export');
    await cassette('export', '--dir', store(), '--out', out);
    const schemaCql = await readFile(join(out, keyspace, 'schema.cql'), 'utf8');

    const verdicts = await judge.verify({ schemaCql, dir: out });
    expect(verdicts.map(({ ok, errors, warnings }) => ({ ok, errors, warnings }))).toEqual([
      { ok: true, errors: [], warnings: [] },
      { ok: true, errors: [], warnings: [] },
    ]);
    const now = Math.floor(Date.now() / 1000);
    const answered = await judge.rows({ schemaCql, dir: out, now });
    for (const table of ['flights', 'earthquakes'] as const) {
      const ours = await rows(table, now);
      const theirs = answered[`${keyspace}.${table}`].map((row) =>
        Object.fromEntries(
          Object.entries(row).flatMap(([name, cell]) => {
            const value: [string, unknown][] = [[name, cell?.json == null ? null : JSON.parse(cell.json)]];
            if ((keysOf[table] as readonly string[]).includes(name)) return value;
            return [
              ...value,
              [`wt_${name}`, cell?.writetime == null ? null : Number(cell.writetime)],
              [`ttl_${name}`, cell?.ttl ?? null],
            ];
          }),
        ),
      );
      expect(ours).toEqual(theirs);
    }

    // Cassandra's dump of each exported SSTable is ours, letter for letter.
    for (const { sstable, json } of await judge.dump({ schemaCql, dir: out, now })) {
      const ours = JSON.parse(await cassette('dump', '--raw-timestamps', join(out, sstable)));
      expect(ours).toEqual(JSON.parse(json));
    }
  });
});
