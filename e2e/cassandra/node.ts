import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cassandra from 'cassandra-driver';
import type { Build } from './build.ts';
import { splitCql } from './cql-script.ts';
import { JudgeError } from './errors.ts';
import { Jvm } from './jvm.ts';
import type { CellView, RowView } from './rows.ts';

/** The version that a node writes; what it reads depends on it too: a node of `nb` (the default of 5.0) takes nb and da, not oa. */
export type SSTableVersion = 'nb' | 'oa' | 'da';

/** Where a node is in its cluster; see cluster.ts. */
export interface NodePlace {
  /** A loopback address that is its own. */
  readonly address: string;
  /** Of the nodes that it asks for the others. */
  readonly seeds: readonly string[];
  readonly tokens: readonly bigint[];
  /** Whether it names SSTables by UUIDs, as nodes can from 4.1 on, and not by numbers. */
  readonly uuids: boolean;
  /** The same of all nodes. */
  readonly port: number;
  readonly storagePort: number;
  readonly jmxPort: number;
}

// Of a node in a cluster; many of them share a machine.
const MEMBER_HEAP = '-Xmx512m';

/**
 * A real CassandraDaemon in a process of its own, listening on 127.0.0.1 only, or as one of a cluster on a loopback address of its own; its data
 * is gone when it stops.
 */
export class CassandraNode {
  readonly contactPoint: string;
  /** Of the native protocol. */
  readonly port: number;
  readonly jmxPort: number;
  /** Of what nodes say to each other, and of what sstableloader streams. */
  readonly storagePort: number;
  readonly #build: Build;
  readonly #jvm: Jvm;
  readonly #storage: string;
  readonly #clients: cassandra.Client[] = [];
  #shared: cassandra.Client | undefined;

  private constructor(
    build: Build,
    jvm: Jvm,
    storage: string,
    { address, port, storagePort, jmxPort }: Pick<NodePlace, 'address' | 'port' | 'storagePort' | 'jmxPort'>,
  ) {
    this.#build = build;
    this.#jvm = jvm;
    this.#storage = storage;
    this.contactPoint = address;
    this.port = port;
    this.storagePort = storagePort;
    this.jmxPort = jmxPort;
  }

  /** Starts a fresh node and waits until it serves the native protocol. */
  static async start(build: Build, version: SSTableVersion): Promise<CassandraNode> {
    const storage = await mkdtemp(join(tmpdir(), 'cassette-node-'));
    const [port, storagePort, jmxPort] = await freePorts(3);
    const jvm = await Jvm.start(build, ['daemon', storage, version, `${port}`, `${storagePort}`, `${jmxPort}`]);
    return new CassandraNode(build, jvm, storage, { address: '127.0.0.1', port, storagePort, jmxPort });
  }

  /** Starts a fresh node of a cluster and waits until it serves the native protocol; the others may not know it yet. */
  static async startMember(build: Build, version: SSTableVersion, place: NodePlace): Promise<CassandraNode> {
    const { address, seeds, tokens, uuids, port, storagePort, jmxPort } = place;
    const storage = await mkdtemp(join(tmpdir(), 'cassette-node-'));
    const member = [address, seeds.join(','), tokens.join(','), `${uuids}`];
    // The last of two sizes counts.
    const small = { java: build.java, jvmArgs: [...build.jvmArgs, MEMBER_HEAP] };
    const jvm = await Jvm.start(small, ['daemon', storage, version, `${port}`, `${storagePort}`, `${jmxPort}`, ...member]);
    return new CassandraNode(build, jvm, storage, place);
  }

  /** A driver's client for this node, which alone coordinates what it asks for; shut down with the node. 64-bit integers are `bigint`. */
  client(options: Partial<cassandra.ClientOptions> = {}): cassandra.Client {
    const { AllowListPolicy, RoundRobinPolicy } = cassandra.policies.loadBalancing;
    const client = new cassandra.Client({
      contactPoints: [`${this.contactPoint}:${this.port}`],
      policies: { loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [`${this.contactPoint}:${this.port}`]) },
      localDataCenter: 'datacenter1',
      encoding: { useBigIntAsLong: true, useBigIntAsVarint: true },
      socketOptions: { readTimeout: 120_000 },
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Executes statements one after the other over the native protocol; a result for each. USE holds for what follows. */
  async cql(text: string, options: cassandra.QueryOptions = {}): Promise<cassandra.types.ResultSet[]> {
    this.#shared ??= this.client();
    const results: cassandra.types.ResultSet[] = [];
    for (const statement of splitCql(text)) results.push(await this.#shared.execute(statement, [], options));
    return results;
  }

  /**
   * Loads `DIR/keyspace/table` with the real `nodetool import --extended-verify`; the table must be there. Works on a copy, because an import
   * rewrites Statistics.db where it lies and then moves the files. Returns how many SSTables arrived: an import that takes none of
   * them, because it does not read their version, reports success all the same.
   *
   * @throws JudgeError IMPORT_FAILED with nodetool's output and the node's log, also if not all SSTables arrived
   */
  async import(dir: string, keyspace: string, table: string): Promise<number> {
    const scratch = await mkdtemp(join(tmpdir(), 'cassette-import-'));
    try {
      const copy = join(scratch, keyspace, table);
      await mkdir(copy, { recursive: true });
      await cp(join(dir, keyspace, table), copy, { recursive: true });
      const given = await dataFiles(copy);
      if (given.length === 0) throw new JudgeError('IMPORT_FAILED', `no *-Data.db in ${join(dir, keyspace, table)}`);
      const before = await this.#liveDataFiles(keyspace, table);
      const { status, output } = await this.nodetool('import', '--extended-verify', keyspace, table, copy);
      if (status !== 0) {
        throw new JudgeError('IMPORT_FAILED', `nodetool import ended with ${status}: ${output}\n${this.#jvm.log.slice(-4000)}`);
      }
      const left = await dataFiles(copy);
      const arrived = (await this.#liveDataFiles(keyspace, table)).filter((file) => !before.includes(file));
      if (left.length > 0 || arrived.length === 0) {
        const took = given.length - left.length;
        throw new JudgeError('IMPORT_FAILED', `nodetool import reported success but took ${took} of ${given.length} SSTables`);
      }
      return given.length;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Makes the schema, then imports every table below DIR. Returns SSTables by `keyspace.table`. */
  async importAll(source: { readonly schemaCql: string; readonly dir: string }): Promise<Record<string, number>> {
    await this.cql(source.schemaCql);
    const arrived: Record<string, number> = {};
    for (const keyspace of await folders(source.dir)) {
      for (const table of await folders(join(source.dir, keyspace))) {
        arrived[`${keyspace}.${table}`] = await this.import(source.dir, keyspace, table);
      }
    }
    return arrived;
  }

  /** Every row of a table over the native protocol, in token order, with write time and TTL of every cell. */
  async select(keyspace: string, table: string): Promise<RowView[]> {
    this.#shared ??= this.client();
    const columns = await this.#columns(keyspace, table);
    const terms = columns.flatMap(({ name, timed }) => {
      const quoted = quote(name);
      return [`to_json(${quoted})`, ...(timed ? [`WRITETIME(${quoted})`, `TTL(${quoted})`] : [])];
    });
    const query = `SELECT ${terms.join(', ')} FROM ${quote(keyspace)}.${quote(table)}`;
    const rows: RowView[] = [];
    for await (const row of await this.#shared.execute(query, [], { prepare: true, fetchSize: 1000 })) {
      const values = row.values() as unknown[];
      let at = 0;
      const view: Record<string, CellView | null> = {};
      for (const { name, timed } of columns) {
        const json = values[at++] as string | null;
        const [writetime, ttl] = timed ? [values[at++], values[at++]] : [];
        // to_json prints "null" where there is no value
        const absent = json === null || (json === 'null' && (writetime ?? null) === null);
        const times = { writetime: decimal(writetime), ttl: (ttl ?? null) as number | number[] | null };
        view[name] = absent ? null : timed ? { json, ...times } : { json };
      }
      rows.push(view);
    }
    return rows;
  }

  /** The command, without arguments of its own, that runs one of Cassandra's tools as this node's installation would: a class of its `tools`. */
  toolCommand(tool: 'NodeTool' | 'BulkLoader'): [java: string, ...options: string[]] {
    const properties = [`-Duser.home=${this.#storage}`, `-Dcassandra.config=file://${this.#storage}/cassandra.yaml`];
    const [options, ...rest] = this.#build.jvmArgs;
    return [this.#build.java, options, ...properties, ...rest, `org.apache.cassandra.tools.${tool}`];
  }

  /** The real nodetool against this node, in a process of its own; what it printed, and its exit status. */
  async nodetool(...args: string[]): Promise<{ status: number | null; output: string }> {
    const [java, ...options] = this.toolCommand('NodeTool');
    const child = spawn(java, [...options, '-h', '127.0.0.1', '-p', `${this.jmxPort}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return { status, output: output.trim() };
  }

  /** Where its SSTables lie, as `keyspace/table-id/`; what is in memory is not there before a `nodetool flush`. */
  get data(): string {
    return join(this.#storage, 'data');
  }

  /** Shuts the clients down, ends the node at once and removes its data. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.shutdown()));
    this.#shared = undefined;
    await this.#jvm.stop();
    await rm(this.#storage, { recursive: true, force: true });
  }

  async #columns(keyspace: string, table: string): Promise<{ name: string; timed: boolean }[]> {
    const query =
      'SELECT column_name, kind, type, position FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?';
    const { rows } = await (this.#shared as cassandra.Client).execute(query, [keyspace, table], { prepare: true });
    if (rows.length === 0) throw new JudgeError('REQUEST_FAILED', `the node has no table ${keyspace}.${table}`);
    const kinds = ['partition_key', 'clustering', 'static', 'regular'];
    const rank = (row: cassandra.types.Row): number => kinds.indexOf(row['kind']);
    // The names come sorted by the server; a stable sort by kind and position gives the order of SELECT *.
    return rows
      .sort((a, b) => rank(a) - rank(b) || a['position'] - b['position'])
      .map((row) => ({ name: row['column_name'] as string, timed: rank(row) >= 2 && row['type'] !== 'counter' }));
  }

  async #liveDataFiles(keyspace: string, table: string): Promise<string[]> {
    const data = join(this.#storage, 'data', keyspace);
    const own = (await readdir(data)).filter((name) => name.replace(/-[0-9a-f]{32}$/, '') === table);
    return (await Promise.all(own.map((folder) => dataFiles(join(data, folder))))).flat();
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function decimal(value: unknown): (CellView['writetime'] & {}) | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map((each) => (each === null ? null : String(each))) : String(value);
}

async function dataFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('-Data.db')).sort();
}

async function folders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/**
 * Ports that nobody listens on at these addresses, and that were not given before. They lie below those that systems give to connections, so that
 * in the seconds between this and a node that listens none is taken by one; each worker of Vitest has a range of its own, for the same reason.
 */
export async function freePorts(count: number, addresses: readonly string[] = ['127.0.0.1']): Promise<number[]> {
  const ports: number[] = [];
  const least = PORT_MIN + (Number(process.env['VITEST_POOL_ID'] ?? 0) % RANGES) * RANGE;
  for (let attempt = 0; attempt < 1000 && ports.length < count; attempt++) {
    const port = least + Math.floor(Math.random() * RANGE);
    if (given.has(port)) continue;
    given.add(port);
    const free = await Promise.all(addresses.map((address) => canListen(port, address)));
    if (free.every(Boolean)) ports.push(port);
  }
  if (ports.length < count) throw new JudgeError('NODE_FAILED', `no ports are free on ${addresses.join(', ')}`);
  return ports;
}

const PORT_MIN = 20_000;
const RANGES = 4;
const RANGE = 3000;
const given = new Set<number>();

/** Whether one could. */
export function canListen(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
