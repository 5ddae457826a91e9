import { CassettePeer } from '../cassette/cassette-peer.ts';
import { IndexedDbPeer } from '../indexeddb/indexeddb-peer.ts';
import type { Peer } from '../measure/peer.ts';
import { orderOf } from '../measure/statistics.ts';
import { batchRows, type Limits, type Sample, type Workload, workloads } from '../measure/workload.ts';
import { opfsPeers } from '../raw-opfs/opfs-peers.ts';
import type { BrowserRun } from '../report/browser-report.ts';
import { marks } from '../report/hot-spots.ts';
import { sensorRows } from '../rows/sensor-row.ts';

/** What one may choose about a run. */
export interface BrowserOptions {
  /** Measurements of each workload and peer, after one that warms up and does not count. */
  readonly rounds: number;
  /** Milliseconds after which a measurement ends, whatever it has done. */
  readonly milliseconds: number;
  /** Rows in the table that is read. */
  readonly loadedRows: number;
  /** Only these workloads. */
  readonly workloads?: readonly Workload[];
  /** Only peers whose names begin so. */
  readonly peers?: readonly string[];
  /** Where the client's dist/index.js is. */
  readonly clientUrl: string;
}

/** The most rows that a measurement writes; it ends by time where the peer is slow. */
const rowsMax: Readonly<Record<Workload, number>> = {
  single: 10_000,
  concurrent: 20_000,
  batch: 50 * batchRows,
  get: Number.POSITIVE_INFINITY,
  scan: Number.POSITIVE_INFINITY,
};

/** Between two measurements. */
const restMilliseconds = 100;

/** Runs everything. Throws when a peer answers wrongly or has not kept what it acknowledged. */
export async function runBenchmark(options: BrowserOptions, tell: (line: string) => void): Promise<BrowserRun> {
  const all: readonly Peer[] = [new CassettePeer(options.clientUrl), ...opfsPeers(), new IndexedDbPeer()];
  // Compared with Cassette alone, and only when it is asked for.
  const encrypted = new CassettePeer(options.clientUrl, true);
  const peers = (options.peers === undefined ? all : [...all, encrypted]).filter(
    ({ name }) => options.peers?.some((p) => name.startsWith(p)) ?? true,
  );
  const wanted = workloads.filter((workload) => options.workloads?.includes(workload) ?? true);
  const loaded = sensorRows(0, options.loadedRows);
  for (const peer of peers) await peer.open();
  if (wanted.includes('get') || wanted.includes('scan')) {
    for (const peer of peers) {
      tell(`${peer.name}: loading ${options.loadedRows} rows`);
      await peer.load(loaded);
    }
  }
  const written = new Map<Peer, number>(peers.map((peer) => [peer, 0]));
  const samples: BrowserRun['samples'][number][] = [];
  let next = 1_000_000;
  for (const workload of wanted) {
    const reads = workload === 'get' || workload === 'scan';
    const measured = new Map<Peer, Sample[]>(peers.map((peer) => [peer, []]));
    // Round 0 warms up: code is compiled, files have their first blocks.
    for (let round = 0; round <= options.rounds; round++) {
      tell(`${workload}: ${round === 0 ? 'warming up' : `round ${round} of ${options.rounds}`}`);
      const limits: Limits = { rows: rowsMax[workload], milliseconds: round === 0 ? 250 : options.milliseconds };
      const rows = reads ? loaded : sensorRows(next, limits.rows);
      if (!reads) next += rows.length;
      for (const peer of orderOf(peers, round)) {
        if (round > 0) performance.mark(marks.begin);
        const sample = await peer.measure(workload, rows, limits);
        if (round > 0) performance.mark(marks.end);
        if (sample === null) continue;
        if (!reads) written.set(peer, (written.get(peer) ?? 0) + sample.rows);
        if (round > 0) measured.get(peer)?.push(sample);
        await peer.settle();
        // What the browser still writes for one must not slow the next.
        await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
      }
    }
    for (const [peer, rounds] of measured) samples.push({ workload, peer: peer.name, rounds });
  }
  tell('counting what was written');
  await checkWritten(written);
  for (const peer of peers) await peer.close();
  return { userAgent: navigator.userAgent, rounds: options.rounds, loadedRows: options.loadedRows, samples };
}

async function checkWritten(written: ReadonlyMap<Peer, number>): Promise<void> {
  for (const [peer, acknowledged] of written) {
    const there = await peer.countWritten();
    if (there !== acknowledged) throw new Error(`${peer.name} acknowledged ${acknowledged} rows and has ${there}`);
  }
}
