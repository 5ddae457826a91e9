import { readdir } from 'node:fs/promises';
import { type Build, ensureBuilt } from './build.ts';
import { CassandraCluster, type ClusterOptions } from './cluster.ts';
import { parseScript, splitCql } from './cql-script.ts';
import { JudgeError } from './errors.ts';
import { Jvm } from './jvm.ts';
import { CassandraNode, type SSTableVersion } from './node.ts';
import type { RowView } from './rows.ts';
import type { SessionAnswer, SessionStep } from './session.ts';
import { findToolchain, type NoToolchain, type Toolchain } from './toolchain.ts';

export { JudgeError, type JudgeErrorCode } from './errors.ts';
export { CassandraNode, type SSTableVersion } from './node.ts';
export type { CellView, RowView } from './rows.ts';
export type { SessionAnswer, SessionStep } from './session.ts';

/**
 * SSTables in `DIR/<keyspace>/<table>/<version>-<generation>-<format>-Data.db` and beside it, and the CQL that makes their tables.
 * The folder of a table may carry the 32 digits of its id, as Cassandra names its own.
 */
export interface SSTableSource {
  readonly schemaCql: string;
  readonly dir: string;
}

/** What the judge says of one SSTable. */
export interface SSTableVerdict {
  /** Its Data.db, relative to the folder that was asked about. */
  readonly sstable: string;
  /** Whether there are no errors. */
  readonly ok: boolean;
  /** Wrong data, or data that a read could miss. */
  readonly errors: readonly string[];
  /** What Cassandra would not have written, but lives with: an estimate that differs, say. Its own SSTables have none. */
  readonly warnings: readonly string[];
  /** The checks that passed. */
  readonly checks: readonly string[];
  readonly partitions?: number;
  readonly rows?: number;
  readonly ms: number;
}

/** sstabledump's JSON of one SSTable with raw timestamps: text, because numbers in it may need more than a double. */
export interface SSTableDump {
  readonly sstable: string;
  readonly json: string;
}

/** What sstablemetadata tells of one SSTable; the names are those of StatsMetadata, 64-bit figures are text. */
export type SSTableMetadata = Readonly<Record<string, unknown>> & { readonly sstable: string; readonly version: string };

/** SSTables of a table, told by their figures alone. */
export interface ChoiceCase {
  /** The table's `compaction`, as CQL has it. */
  readonly compaction: string;
  /** Bytes of Data.db that flushes of the table made so far, an average; absent: there was none. */
  readonly meanFlush?: number;
  /** Sizes in bytes, timestamps in microseconds, tokens; 64-bit ones as text. */
  readonly sstables: readonly {
    readonly size: number;
    readonly level: number;
    readonly maxTimestamp: string;
    readonly first: string;
    readonly last: string;
  }[];
}

/** What a strategy compacts next. */
export interface Choice {
  /** Places in the list of SSTables, ascending. */
  readonly chosen: readonly number[];
  readonly level: number;
  /** Whether nothing but the level changes. */
  readonly inPlace: boolean;
  /** Of the unified strategy: into how many parts of the ring what comes out is split. */
  readonly shards?: number;
  /** The same of what is flushed. */
  readonly flushShards?: number;
}

/**
 * The real Apache Cassandra 5.0 as the judge of SSTables. Its JVMs start on first use, answer one request after the other, listen on
 * 127.0.0.1 if at all, and end with `stop` or with this process.
 *
 * @example
 * const judge = await Judge.start();
 * const verdicts = await judge.verify({ schemaCql, dir });
 * await judge.stop();
 */
export class Judge {
  readonly #build: Build;
  readonly #jvms = new Map<string, Promise<Jvm>>();
  readonly #nodes: (CassandraNode | CassandraCluster)[] = [];

  private constructor(build: Build) {
    this.#build = build;
  }

  /** Whether this machine has what the judge needs: Java 17 or newer, and Maven. `why` is a sentence for a skipped test. */
  static available(): Toolchain | NoToolchain {
    return findToolchain();
  }

  /**
   * Builds the judge if need be (the first time fetches 69 MB with Maven).
   * @throws JudgeError NO_TOOLCHAIN, BUILD_FAILED
   */
  static async start(): Promise<Judge> {
    const tools = Judge.available();
    if (!tools.ok) throw new JudgeError('NO_TOOLCHAIN', tools.why);
    return new Judge(await ensureBuilt(tools));
  }

  /**
   * Cassandra's extended verification (IVerifier) of every SSTable below a folder, then what it leaves out: checksums of every chunk, a scan of
   * everything, every key by exact look-up, bloom filter, summary, reads by key and slice, and the statistics recomputed by Cassandra.
   */
  async verify(source: SSTableSource): Promise<SSTableVerdict[]> {
    return (await this.#ask(await offlineMode(source.dir), 'verify', located(source))) as SSTableVerdict[];
  }

  /**
   * sstabledump of every SSTable below a folder; without a schema, names and types come from the SSTable's own header. `now` (seconds of the
   * epoch, by default the system's time) decides what the dump calls expired.
   */
  async dump(source: { dir: string; schemaCql?: string; now?: number }): Promise<SSTableDump[]> {
    const schema = source.schemaCql === undefined ? null : splitCql(source.schemaCql);
    const request = { schema, dir: source.dir, now: source.now ?? null };
    return (await this.#ask(await offlineMode(source.dir), 'dump', request)) as SSTableDump[];
  }

  /** sstablemetadata of every SSTable below a folder; what was deleted until `gcBefore`, in seconds, counts as droppable. */
  async metadata(dir: string, gcBefore: number | null = null): Promise<SSTableMetadata[]> {
    return (await this.#ask(await offlineMode(dir), 'metadata', { dir, gcBefore })) as SSTableMetadata[];
  }

  /** Which SSTables, told by their figures alone, Cassandra's strategies choose; null where they have nothing to do. */
  async choose(cases: readonly ChoiceCase[]): Promise<(Choice | null)[]> {
    return (await this.#ask('embedded nb', 'choose', { cases })) as (Choice | null)[];
  }

  /**
   * Executes a script (see cql-script.ts) in an embedded node and copies its SSTables to `out/<keyspace>/<table>/`. Tables do not compact
   * by themselves, and what is left in memory is flushed at the end. Returns the Data.db files, relative to `out`.
   */
  async generate(job: { schemaCql: string; script: string; out: string; version?: SSTableVersion }): Promise<string[]> {
    const request = { schema: splitCql(job.schemaCql), steps: parseScript(job.script), out: job.out };
    return (await this.#ask(`embedded ${job.version ?? 'nb'}`, 'generate', request)) as string[];
  }

  /**
   * Imports a folder into an embedded node (what nodetool import calls) and selects every row of every table, with write time and TTL of
   * every cell, while the clock stands at `now` (seconds of the epoch; without it, the system's time). By `keyspace.table`.
   */
  async rows(source: SSTableSource & { now?: number; version?: SSTableVersion }): Promise<Record<string, RowView[]>> {
    const request = { ...located(source), now: source.now ?? null };
    return (await this.#ask(`embedded ${source.version ?? 'nb'}`, 'rows', request)) as Record<string, RowView[]>;
  }

  /**
   * What an embedded node answers a client to each step, errors included; the keyspaces that the steps make are dropped after the last.
   * Tables do not compact by themselves.
   */
  async session(steps: readonly SessionStep[], version: SSTableVersion = 'nb'): Promise<SessionAnswer[]> {
    return (await this.#ask(`embedded ${version}`, 'session', { steps })) as SessionAnswer[];
  }

  /** A fresh real node; `nb` (storage_compatibility_mode CASSANDRA_4) is what a 5.0 node is by default. It stops with the judge. */
  async startNode(options: { version?: SSTableVersion } = {}): Promise<CassandraNode> {
    const node = await CassandraNode.start(this.#build, options.version ?? 'nb');
    this.#nodes.push(node);
    return node;
  }

  /** Three fresh real nodes as one cluster; it stops with the judge. See {@link CassandraCluster.missing} for what it needs. */
  async startCluster(options: ClusterOptions = {}): Promise<CassandraCluster> {
    const cluster = await CassandraCluster.start(this.#build, options);
    this.#nodes.push(cluster);
    return cluster;
  }

  /** Ends every JVM and node that this judge started. */
  async stop(): Promise<void> {
    const jvms = [...this.#jvms.values()];
    this.#jvms.clear();
    await Promise.all([...this.#nodes.splice(0).map((node) => node.stop()), ...jvms.map(async (jvm) => (await jvm).stop())]);
  }

  async #ask(mode: string, op: string, request: object): Promise<unknown> {
    let jvm = this.#jvms.get(mode);
    if (!jvm) {
      jvm = Jvm.start(this.#build, mode.split(' '));
      this.#jvms.set(mode, jvm);
      // One that did not start is not asked again.
      jvm.catch(() => this.#jvms.delete(mode));
    }
    return (await jvm).request(op, request);
  }
}

/** Which of the two JVMs judges a folder: in the mode that writes nb, Cassandra does not read oa; in the other it calls nb outdated. */
async function offlineMode(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true });
  return names.some((name) => /(^|[/\\])o\w-[^/\\]*-Data\.db$/.test(name)) ? 'offline oa' : 'offline nb';
}

function located(source: SSTableSource): object {
  return { schema: splitCql(source.schemaCql), dir: source.dir };
}
