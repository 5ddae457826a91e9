import { freemem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import cassandra from 'cassandra-driver';
import type { Build } from './build.ts';
import { JudgeError } from './errors.ts';
import { CassandraNode, canListen, freePorts, type SSTableVersion } from './node.ts';

/** How a cluster is made. */
export interface ClusterOptions {
  /** Version that its nodes write; default `nb`. */
  readonly version?: SSTableVersion;
  /** Tokens of each node, default 4, so that a node's rows lie in many places of the ring. */
  readonly tokens?: number;
  /** Whether nodes name SSTables by UUIDs; default false. */
  readonly uuids?: boolean;
}

const NODES = 3;
const ADDRESSES = Array.from({ length: NODES }, (_, index) => `127.0.0.${index + 1}`);
const MEMORY_NEEDED = 4 * 1024 ** 3;
const SETTLED_WITHIN_MS = 300_000;
const PROBE = 'judge_probe';

/** Three real nodes on 127.0.0.1, 127.0.0.2 and 127.0.0.3, which share the ring; nothing else can reach them. */
export class CassandraCluster {
  readonly nodes: readonly CassandraNode[];

  private constructor(nodes: readonly CassandraNode[]) {
    this.nodes = nodes;
  }

  /** Why this machine can't have one, as a sentence for a skipped test; null if it can. */
  static async missing(): Promise<string | null> {
    if (freemem() < MEMORY_NEEDED) return 'three nodes need 4 GiB of free memory';
    for (const address of ADDRESSES) {
      if (!(await canListen(0, address))) return `there is no loopback address ${address} here`;
    }
    return null;
  }

  /**
   * Starts the nodes at once and waits until each answers for all of them.
   * @throws JudgeError NODE_FAILED, JVM_ENDED; then none is left
   */
  static async start(build: Build, options: ClusterOptions = {}): Promise<CassandraCluster> {
    const { version = 'nb', tokens = 4, uuids = false } = options;
    const [port, storagePort] = await freePorts(2, ADDRESSES);
    const jmxPorts = await freePorts(NODES);
    const started = await Promise.allSettled(
      ADDRESSES.map((address, index) =>
        CassandraNode.startMember(build, version, {
          address,
          seeds: ADDRESSES,
          tokens: tokensOf(index, tokens),
          uuids,
          port,
          storagePort,
          jmxPort: jmxPorts[index],
        }),
      ),
    );
    const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const cluster = new CassandraCluster(nodes);
    try {
      for (const one of started) if (one.status === 'rejected') throw one.reason;
      await cluster.#settle();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** The same nodetool command on every node, side by side. Rejects with NODE_FAILED and its output where one fails. */
  async nodetool(...args: string[]): Promise<void> {
    const ended = await Promise.all(this.nodes.map((node) => node.nodetool(...args)));
    for (const [index, { status, output }] of ended.entries()) {
      if (status === 0) continue;
      throw new JudgeError('NODE_FAILED', `nodetool ${args.join(' ')} ended with ${status} on ${ADDRESSES[index]}: ${output}`);
    }
  }

  /** Ends every node and removes its data. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  /** Waits until the nodes know each other: a table of which each has a replica is read and written through each, at ALL. */
  async #settle(): Promise<void> {
    const until = Date.now() + SETTLED_WITHIN_MS;
    const retried = async (action: () => Promise<unknown>): Promise<void> => {
      for (;;) {
        try {
          await action();
          return;
        } catch (error) {
          if (Date.now() > until) throw new JudgeError('NODE_FAILED', `the nodes did not become a cluster: ${String(error)}`);
          await sleep(200);
        }
      }
    };
    for (const node of this.nodes) {
      await retried(async () => {
        const [{ rows }] = await node.cql('SELECT peer FROM system.peers_v2');
        if (rows.length < NODES - 1) throw new Error(`${node.contactPoint} knows ${rows.length} others`);
      });
    }
    const [first] = this.nodes;
    const replication = `{'class': 'SimpleStrategy', 'replication_factor': ${NODES}}`;
    await first.cql(`CREATE KEYSPACE ${PROBE} WITH replication = ${replication}; CREATE TABLE ${PROBE}.t (a int PRIMARY KEY);`);
    const consistency = cassandra.types.consistencies.all;
    for (const node of this.nodes) await retried(() => node.cql(`INSERT INTO ${PROBE}.t (a) VALUES (1)`, { consistency }));
    await first.cql(`DROP KEYSPACE ${PROBE}`);
  }
}

/** The tokens cut the ring into equal parts, and the nodes take turns. */
function tokensOf(index: number, count: number): bigint[] {
  const part = 2n ** 64n / BigInt(NODES * count);
  return Array.from({ length: count }, (_, at) => -(2n ** 63n) + part * BigInt(at * NODES + index) + 12345n);
}
