import { CassettePeer } from '../cassette/cassette-peer.ts';
import type { Peer } from '../measure/peer.ts';
import { orderOf } from '../measure/statistics.ts';
import { batchRows, isWriting, type Limits, type Sample, type Workload, workloads } from '../measure/workload.ts';
import { allPeers } from '../peers/all-peers.ts';
import type { BrowserRun } from '../report/browser-run.ts';
import { marks } from '../report/hot-spots.ts';
import { type SensorRow, sensorRows } from '../rows/sensor-row.ts';
import { rowsOfWide } from '../rows/wide-rows.ts';

/** What one may choose about a run. */
export interface BrowserOptions {
  /** Measurements of each workload and peer, after one that warms up and does not count. */
  readonly rounds: number;
  /** Milliseconds after which a measurement ends, whatever it has done. */
  readonly milliseconds: number;
  /** Milliseconds between two measurements; 100 if not said. */
  readonly restMilliseconds?: number;
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
  gets: Number.POSITIVE_INFINITY,
  in: Number.POSITIVE_INFINITY,
  partition: Number.POSITIVE_INFINITY,
  scan: Number.POSITIVE_INFINITY,
};

/** Milliseconds of a measurement that warms up. */
const WARM_UP = 250;

/** Runs everything. Throws when a peer answers wrongly or has not kept what it acknowledged. */
export async function runBenchmark(options: BrowserOptions, tell: (line: string) => void): Promise<BrowserRun> {
  const { peers, missing } = await openPeers(options, tell);
  const wanted = workloads.filter((workload) => options.workloads?.includes(workload) ?? true);
  const { rounds, milliseconds, loadedRows } = options;
  const loaded = sensorRows(0, loadedRows);
  const wide = rowsOfWide();
  const readers: readonly Workload[] = wanted.filter((workload) => !isWriting(workload));
  for (const peer of readers.length > 0 ? peers : []) {
    tell(`${peer.name}: loading ${loadedRows} rows`);
    await peer.load('loaded', loaded);
    await peer.load('wide', wide);
  }
  const written = new Map<Peer, number>(peers.map((peer) => [peer, 0]));
  const samples: BrowserRun['samples'][number][] = [];
  let next = 1_000_000;
  for (const workload of wanted) {
    const writes = isWriting(workload);
    const measured = new Map<Peer, Sample[]>(peers.map((peer) => [peer, []]));
    // Round 0 warms up: code is compiled, files have their first blocks.
    for (let round = 0; round <= rounds; round++) {
      tell(`${workload}: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
      const limits: Limits = {
        rows: rowsMax[workload],
        milliseconds: round === 0 ? Math.min(WARM_UP, milliseconds) : milliseconds,
      };
      const read: readonly SensorRow[] = workload === 'in' || workload === 'partition' ? wide : loaded;
      const rows = writes ? sensorRows(next, limits.rows) : read;
      if (writes) next += rows.length;
      for (const peer of orderOf(peers, round)) {
        if (round > 0) performance.mark(marks.begin);
        const sample = await peer.measure(workload, rows, limits);
        if (round > 0) performance.mark(marks.end);
        if (sample === null) continue;
        if (writes) written.set(peer, (written.get(peer) ?? 0) + sample.rows);
        if (round > 0) measured.get(peer)?.push(sample);
        await peer.settle();
        // What the browser still writes for one must not slow the next.
        await new Promise((resolve) => setTimeout(resolve, options.restMilliseconds ?? 100));
      }
    }
    for (const [peer, of] of measured) samples.push({ workload, peer: peer.name, rounds: of });
  }
  tell('counting what was written');
  await checkWritten(written);
  const sizes: BrowserRun['sizes'][number][] = [];
  for (const peer of peers) {
    tell(`${peer.name}: tidying up`);
    const bytes = readers.length > 0 ? await peer.loadedBytes() : null;
    if (bytes !== null) sizes.push({ peer: peer.name, bytesPerRow: bytes / loaded.length });
    await peer.close();
  }
  return { userAgent: navigator.userAgent, rounds, loadedRows, samples, sizes, missing };
}

/** Opens those that were chosen. One that this browser can't have is left out, and told why; all but Cassette. */
async function openPeers(
  options: BrowserOptions,
  tell: (line: string) => void,
): Promise<{ peers: Peer[]; missing: BrowserRun['missing'][number][] }> {
  const all = allPeers(options.clientUrl);
  // Compared with Cassette alone, and only when it is asked for.
  const encrypted = new CassettePeer(options.clientUrl, true);
  const chosen = (options.peers === undefined ? all : [...all, encrypted]).filter(
    ({ name }) => options.peers?.some((p) => name.startsWith(p)) ?? true,
  );
  const peers: Peer[] = [];
  const missing: BrowserRun['missing'][number][] = [];
  for (const peer of chosen) {
    tell(`${peer.name}: opening`);
    try {
      await peer.open();
      peers.push(peer);
    } catch (error) {
      if (peer instanceof CassettePeer) throw error;
      missing.push({ peer: peer.name, why: String(error) });
    }
  }
  return { peers, missing };
}

async function checkWritten(written: ReadonlyMap<Peer, number>): Promise<void> {
  for (const [peer, acknowledged] of written) {
    const there = await peer.countWritten();
    if (there !== acknowledged) throw new Error(`${peer.name} acknowledged ${acknowledged} rows and has ${there}`);
  }
}
