// Cassandra itself, where Java and Maven are: a JVM that does the same with the same rows, step by step beside Node.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cache, root } from '../../../scripts/tools/workspace.mjs';
import { sensorRow } from '../dist/lib/rows/sensor-row.js';
import { keyspaceCql, tableCql } from '../dist/lib/rows/sensor-table.js';

const folder = join(root, 'apps/bench/java');

/** The JVM's arguments up to the main class; null, with the reason, where it can't run. */
export function findCassandra() {
  const version = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(version.stderr ?? '')?.[1] ?? 0);
  if (major < 17) return { args: null, why: 'Java 17 is needed' };
  const built = build();
  if (built.why) return { args: null, why: built.why };
  const classPath = readFileSync(join(built.at, 'classpath.txt'), 'utf8').trim();
  // What Cassandra opens of Java's modules is said once, where it is judged; assertions and the quick compiler alone are the judge's.
  const judge = readFileSync(join(root, 'e2e/cassandra/jvm.options'), 'utf8').split('\n');
  const opened = judge.filter((line) => /^(--add-|-Djdk\.|-Dio\.)/.test(line));
  const guard = major > 17 ? ['-Djava.security.manager=allow'] : [];
  return { args: [...opened, ...guard, '-XX:+UseG1GC', '-Xmx3g', '-cp', `${join(built.at, 'bench.jar')}:${classPath}`] };
}

/** Builds it with Maven into the cache, unless that was done. */
function build() {
  const hash = createHash('sha256');
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of sources.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(file).update(readFileSync(file));
  const at = join(cache, 'bench-java', hash.digest('hex').slice(0, 16));
  if (existsSync(join(at, 'ready'))) return { at };
  mkdirSync(at, { recursive: true });
  const made = spawnSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), `-Dbench.build=${at}`, 'package'], {
    encoding: 'utf8',
  });
  if (made.error) return { why: 'Maven is needed' };
  if (made.status !== 0) return { why: `Maven failed: ${made.stdout.slice(-500)}` };
  writeFileSync(join(at, 'ready'), '');
  return { at };
}

/** A process that answers lines with lines, one after the other; its first line says that it is ready. */
class Stepper {
  constructor(command, args, env = {}) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.resolve(line));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    const end = (why) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`${command} ${why}`));
    };
    this.child.on('error', (error) => end(error.message));
    this.child.on('close', (code, signal) => end(`ended with ${signal ?? code}`));
  }

  answer() {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  async step(line) {
    this.child.stdin.write(`${line}\n`);
    const [seconds, bytes] = (await this.answer()).split(' ').map(Number);
    return { seconds, bytes };
  }

  async stop() {
    this.child.stdin.end();
    await this.ended;
  }
}

/** What each does, by the words of both programs. */
const steps = [
  { op: 'unsorted', compression: 'lz4' },
  { op: 'unsorted', compression: 'none' },
  { op: 'sorted', compression: 'lz4', onlyJava: true },
  { op: 'flush', compression: 'lz4' },
  { op: 'flush', compression: 'none' },
  { op: 'compact', compression: 'lz4' },
  { op: 'compact', compression: 'none' },
];

/**
 * Node, and Cassandra beside it where it is. Both do each step `warmUps` times that do not count, then once a round, one after the other
 * in changing order, each in one process that was started before.
 * @returns {Promise<import('../src/report/pair-run.ts').PairRun>}
 */
export async function measurePairs({ main, scratch, rounds, warmUps, rows, loadRows }, say) {
  const cassandra = findCassandra();
  if (cassandra.args === null) say(`Cassandra is left out: ${cassandra.why}`);
  const data = join(scratch, 'cassandra');
  const node = new Stepper(process.execPath, [main, 'pairs', '1', String(rows)], { TMPDIR: scratch, TEMP: scratch });
  const started = [node.answer()];
  const java =
    cassandra.args === null ? null : new Stepper('java', [...cassandra.args, 'cassette.bench.Main', data, String(rows)]);
  if (java) started.push(java.answer());
  await Promise.all(started);
  const figures = [];
  const tools = [];
  try {
    for (const { op, compression, onlyJava } of steps) {
      const figure = { op, compression, cassette: [], cassandra: [], cassetteBytes: 0, cassandraBytes: 0 };
      for (let round = 0; round < warmUps + rounds; round++) {
        say(`${op}, ${compression}: ${round < warmUps ? 'warming up' : `round ${round - warmUps + 1} of ${rounds}`}`);
        const both = [...(onlyJava ? [] : [['cassette', node]]), ...(java ? [['cassandra', java]] : [])];
        for (const [name, stepper] of round % 2 === 0 ? both : both.reverse()) {
          const { seconds, bytes } = await stepper.step(`${op} ${compression}`);
          if (round >= warmUps) figure[name].push(rows / seconds);
          figure[`${name}Bytes`] = bytes;
        }
      }
      figures.push(figure);
    }
    if (java) {
      tools.push(await measureLoad(java, scratch, { rows, loadRows, rounds: Math.min(rounds, 3) }, say));
      await java.step('keep lz4');
    }
  } finally {
    await node.stop();
    await java?.stop();
  }
  if (java) tools.push(...(await measureTools(cassandra.args, data, Math.min(rounds, 3), say)));
  return {
    rows,
    node: process.version,
    rounds,
    warmUps,
    figures,
    tools,
    loadRows,
    missing: cassandra.args === null ? cassandra.why : null,
  };
}

/** The command line's `load`, from the start of its process to its end, and CQLSSTableWriter in a JVM that runs already, as many rows. */
async function measureLoad(java, scratch, { rows, loadRows, rounds }, say) {
  const input = join(scratch, 'rows.ndjson');
  const schema = join(scratch, 'schema.cql');
  const out = join(scratch, 'loaded');
  writeFileSync(schema, `${keyspaceCql};\n${tableCql('readings')};\n`);
  say(`load: writing ${loadRows} rows as JSON lines`);
  writeLines(input, loadRows);
  const measured = { name: 'load', cassette: [], cassandra: [] };
  const acts = [
    async () => {
      rmSync(out, { recursive: true, force: true });
      const args = [join(root, 'apps/cli/dist/cassette.js'), 'load', '--schema', schema, '--out', out, input];
      measured.cassette.push(await secondsOf(process.execPath, args));
    },
    async () => measured.cassandra.push(((await java.step('unsorted lz4')).seconds * loadRows) / rows),
  ];
  for (let round = 0; round < rounds; round++) {
    say(`load: round ${round + 1} of ${rounds}`);
    for (const act of round % 2 === 0 ? acts : [...acts].reverse()) await act();
  }
  rmSync(input);
  rmSync(out, { recursive: true });
  return measured;
}

/** Rows as SELECT JSON prints them, in the order of their numbers: sensors in turns, so sorted by nothing that a table is. */
function writeLines(path, rows) {
  const file = openSync(path, 'w');
  for (let from = 0; from < rows; from += 1000) {
    const lines = Array.from({ length: Math.min(1000, rows - from) }, (_, i) => {
      const { sensorId, ts, value, note, payload } = sensorRow(from + i);
      const time = new Date(ts).toISOString().replace('T', ' ');
      const blob = `0x${Buffer.from(payload).toString('hex')}`;
      return `${JSON.stringify({ sensor_id: sensorId, ts: time, value, note, payload: blob })}\n`;
    });
    writeSync(file, lines.join(''));
  }
  closeSync(file);
}

/** Whole processes, from start to end, over the SSTable that the node left. */
async function measureTools(jvmArgs, data, rounds, say) {
  const table = readdirSync(join(data, 'data/bench')).find((name) => name.startsWith('readings'));
  const directory = join(data, 'data/bench', table);
  const file = join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('-Data.db')),
  );
  const cli = join(root, 'apps/cli/dist/cassette.js');
  const java = [...jvmArgs, `-Dcassandra.config=file://${join(data, 'cassandra.yaml')}`, `-Dcassandra.storagedir=${data}`];
  const tools = [
    { name: 'dump', ours: [cli, 'dump', file], theirs: ['org.apache.cassandra.tools.SSTableExport', file] },
    {
      name: 'verify',
      ours: [cli, 'verify', file],
      theirs: ['org.apache.cassandra.tools.StandaloneVerifier', '-f', '-e', 'bench', 'readings'],
    },
  ];
  const measured = [];
  for (const { name, ours, theirs } of tools) {
    const one = { name, cassette: [], cassandra: [] };
    for (let round = 0; round < rounds; round++) {
      say(`${name}: round ${round + 1} of ${rounds}`);
      const both = [
        ['cassette', process.execPath, ours],
        ['cassandra', 'java', [...java, ...theirs]],
      ];
      for (const [who, command, args] of round % 2 === 0 ? both : both.reverse()) one[who].push(await secondsOf(command, args));
    }
    measured.push(one);
  }
  return measured;
}

/** Seconds of a process whose output is read and thrown away, as a pipe would. */
function secondsOf(command, args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stdout.on('data', () => undefined);
    child.stderr.on('data', (chunk) => {
      told = `${told}${chunk}`.slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve((performance.now() - start) / 1000);
      else reject(new Error(`${command} ${args.at(-1)} ended with ${code}: ${told}`));
    });
  });
}
