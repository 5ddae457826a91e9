// Five devices and a cluster of three nodes, each of which writes, deletes and lets expire what the others have too: exports are loaded with the
// load.sh that is in them, by nodetool import on every node and by sstableloader, what Cassandra wrote is imported into every device, and
// everybody answers what a model says, values, write times and times of expiry; then again with what was written since.

import { type ChildProcess, spawn } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type Database, type ExportOptions, type ImportFile, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import cassandra from 'cassandra-driver';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answers, nowInSeconds, ofDevice, ofModel, ofNode } from './cluster/answers.ts';
import { dice, Model, type Roll, SCHEMA, statement, type Writer } from './cluster/workload.ts';
import { CassandraCluster } from './cluster.ts';
import { Judge } from './judge.ts';
import type { SSTableVersion } from './node.ts';

const tools = Judge.available();
const why = tools.ok ? await CassandraCluster.missing() : tools.why;

/** By hand: other statements and another order, and other clusters. */
const seed = Number(process.env['CASSETTE_CLUSTER_SEED'] ?? 20_261_123);
const version = (process.env['CASSETTE_CLUSTER_VERSION'] ?? 'nb') as SSTableVersion;
const tokens = Number(process.env['CASSETTE_CLUSTER_TOKENS'] ?? 4);
const uuids = process.env['CASSETTE_CLUSTER_UUIDS'] === '1';

const STATEMENTS = 150;
/** Seconds by which the clock of each device is wrong. */
const CLOCKS = [-86_000, -3000, 0, 3000, 86_000];
const { all, quorum } = cassandra.types.consistencies;

/** A device: a store, and a clock that stands. */
interface Device {
  readonly name: string;
  readonly database: Database;
  readonly writer: Writer;
  /** Its last export. */
  exported?: string;
}

describe.skipIf(why !== null)(why === null ? `a cluster, seed ${seed}` : `a cluster (skipped: ${why})`, () => {
  let folder: string;
  let judge: Judge;
  let cluster: CassandraCluster;
  let commands: NodeJS.ProcessEnv;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-cluster-'));
    judge = await Judge.start();
    cluster = await judge.startCluster({ version, tokens, uuids });
    commands = { NODETOOL: await command('NodeTool'), SSTABLELOADER: await command('BulkLoader') };
  });
  afterEach(() => {
    for (const child of children) child.kill();
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A script that stands for one of Cassandra's own. */
  async function command(tool: 'NodeTool' | 'BulkLoader'): Promise<string> {
    const path = join(folder, tool);
    const words = cluster.nodes[0].toolCommand(tool).map((word) => `'${word}'`);
    await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  async function exported(device: Device, name: string, options: ExportOptions): Promise<void> {
    const { id } = await device.database.exportTo(options, {
      add: async (path, _size, content) => {
        const file = join(folder, name, path);
        const chunks: Uint8Array[] = [];
        for await (const chunk of content) chunks.push(chunk.slice());
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, Buffer.concat(chunks));
      },
      finish: async () => 0,
    });
    device.exported = id;
  }

  async function run(name: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn('sh', [join(folder, name, 'load.sh'), ...args], {
      env: { ...process.env, ...commands },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    children.delete(child);
    return { code, output };
  }

  async function load(name: string, ...args: string[]): Promise<void> {
    const { code, output } = await run(name, ...args);
    expect({ name, code, output: code === 0 ? '' : output }).toEqual({ name, code: 0, output: '' });
  }

  /** Into each node what it owns. */
  async function importEverywhere(name: string): Promise<void> {
    const loads = cluster.nodes.map(({ jmxPort }) =>
      load(name, '--every-node', '--jmx-port', `${jmxPort}`, '--', '--extended-verify'),
    );
    await Promise.all(loads);
  }

  function stream(name: string, roll: Roll): Promise<void> {
    const { contactPoint, port, storagePort } = cluster.nodes[roll(cluster.nodes.length)];
    return load(name, '--sstableloader', '--host', contactPoint, '--port', `${port}`, '--', '-sp', `${storagePort}`);
  }

  /** The SSTables of every node, each in a folder of its own, as snapshots lie in a node's directories. */
  async function snapshot(name: string): Promise<ImportFile[]> {
    await cluster.nodetool('snapshot', '-t', name, 'k', 'c');
    const files: ImportFile[] = [];
    for (const [index, { data }] of cluster.nodes.entries()) {
      for (const keyspace of ['k', 'c']) {
        for (const table of await readdir(join(data, keyspace))) {
          const from = join(data, keyspace, table, 'snapshots', name);
          const to = join(folder, name, `node${index}`, keyspace, table, 'snapshots', name);
          await cp(from, to, { recursive: true });
          for (const file of await readdir(to)) {
            const path = join(to, file);
            files.push({ name: relative(join(folder, name), path).replaceAll('\\', '/'), blob: await openAsBlob(path) });
          }
        }
      }
    }
    return files;
  }

  test('exports of five devices, and what the nodes wrote, are everywhere what the model says; then again', async () => {
    const roll = dice(seed);
    const model = new Model();
    const began = Math.floor(nowInSeconds() / 1000) * 1000;
    const devices: Device[] = [];
    for (const [index, wrong] of CLOCKS.entries()) {
      const clock = { nowMicros: () => (began + wrong) * 1_000_000 };
      const random = seededRandom(seed + index);
      const config = { compaction: { enabled: false } };
      const database = await openDatabase({ storage: new MemoryStorage(), schema: SCHEMA, clock, random, config });
      devices.push({
        name: `device${index}`,
        database,
        writer: { now: () => began + wrong, around: began + wrong, began, roll },
      });
    }
    const nodes: Writer = { now: nowInSeconds, around: began, began, roll };

    const expectEverywhere = async (when: string) => {
      const expected = ofModel(model);
      expect(expected.length).toBeGreaterThan(20);
      for (const node of cluster.nodes) {
        expect([when, node.contactPoint, ...(await ofNode(node, roll(2) === 0 ? all : quorum))]).toEqual([
          when,
          node.contactPoint,
          ...expected,
        ]);
      }
      return expected;
    };
    const expectDevices = async (when: string, expected: Answers) => {
      for (const { name, database } of devices) {
        expect([when, name, ...(await ofDevice(database))]).toEqual([when, name, ...expected]);
      }
    };

    await cluster.nodes[0].cql(SCHEMA);
    for (let round = 1; round <= 2; round++) {
      for (const { database, writer } of devices) {
        for (let i = 0; i < STATEMENTS; i++) {
          await database.execute(statement(writer, model));
          if (roll(40) === 0) await database.flush();
          if (roll(100) === 0) await database.compact();
        }
      }
      const loads: (() => Promise<void>)[] = [];
      for (const [index, device] of devices.entries()) {
        const name = `${device.name}-round${round}`;
        const isStreamed = round === 1 ? index > 2 : index > 0;
        // A node that does not write oa or da does not import oa, but takes it as a stream.
        const formats = isStreamed || version !== 'nb' ? (['nb', 'oa', 'da'] as const) : (['nb', 'da'] as const);
        await exported(device, name, {
          format: formats[roll(formats.length)],
          ids: (['number', 'uuid', 'generation'] as const)[roll(3)],
          compact: roll(2) === 0,
          ...(device.exported !== undefined && { since: device.exported }),
        });
        loads.push(() => (isStreamed ? stream(name, roll) : importEverywhere(name)));
      }
      if (round === 1) {
        const { code, output } = await run('device0-round1', '--jmx-port', `${cluster.nodes[0].jmxPort}`);
        expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('--every-node on every node') });
        expect(await ofNode(cluster.nodes[1], all)).toEqual([]);
      }
      while (loads.length > 0) await loads.splice(roll(loads.length), 1)[0]();
      await expectEverywhere(`loaded ${round}`);

      for (let i = 0; i < STATEMENTS; i++) {
        await cluster.nodes[roll(3)].cql(statement(nodes, model), { consistency: all });
        if (i === STATEMENTS / 2) await cluster.nodetool('flush', 'k');
      }
      await cluster.nodetool('flush');
      const changed = await expectEverywhere(`changed ${round}`);
      const files = await snapshot(`round${round}`);
      for (const { database } of devices) {
        if (roll(2) === 0) await database.import(files);
        else {
          for (const node of ['node0', 'node1', 'node2']) {
            await database.import(files.filter(({ name }) => name.startsWith(node)));
          }
        }
        if (roll(2) === 0) await database.compact();
      }
      await expectDevices(`imported ${round}`, changed);
    }
    for (const { database } of devices) await database.close();

    // Every node has what it owns and nothing else.
    await cluster.nodetool('verify', '--force', '--extended-verify', '--check-tokens', 'k');
    await cluster.nodetool('repair', '--full', '--partitioner-range', 'k');
    await expectEverywhere('repaired');
    await cluster.nodetool('compact');
    await cluster.nodetool('verify', '--force', '--extended-verify', '--check-tokens', 'k');
    await expectEverywhere('compacted');
  }, 1_800_000);
});
