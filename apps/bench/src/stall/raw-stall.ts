import type { StallSeries } from './stall-run.ts';

/** A large file that a worker writes, and how often it flushes it. */
export interface RawLoad {
  readonly kind: 'load';
  readonly milliseconds: number;
  readonly flushBytes: number;
  readonly megabytesPerSecond: number;
}

/** What the worker is asked. */
export type RawStallRequest = RawLoad | { readonly kind: 'append'; readonly milliseconds: number };

const MIB = 1024 * 1024;

/** What another worker does beside the appends. */
const loads: readonly (readonly [condition: string, load: Pick<RawLoad, 'flushBytes' | 'megabytesPerSecond'> | null])[] = [
  ['nothing else', null],
  ['20 MB/s in another worker, flushed each MiB', { flushBytes: MIB, megabytesPerSecond: 20 }],
  ['as much as it can, flushed each MiB', { flushBytes: MIB, megabytesPerSecond: Number.POSITIVE_INFINITY }],
  ['as much as it can, flushed each 64 MiB', { flushBytes: 64 * MIB, megabytesPerSecond: Number.POSITIVE_INFINITY }],
];

/** The least that another worker's file may take before the appends count, in milliseconds. */
const LEAD = 100;

function ask<T>(worker: Worker, request: RawStallRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ value: T } | { error: string }>) =>
      'error' in data ? reject(new Error(data.error)) : resolve(data.value);
    worker.onerror = ({ message }) => reject(new Error(`The worker of raw OPFS failed: ${message}`));
    worker.postMessage(request);
  });
}

/** What the disk and the browser do to a durable append, without any engine: in a page. */
export async function measureRawStall(
  rounds: number,
  milliseconds: number,
  tell: (line: string) => void,
): Promise<StallSeries[]> {
  const open = () => new Worker(new URL('./raw-stall-worker.ts', import.meta.url), { type: 'module', name: 'raw stall' });
  const [appender, loader] = [open(), open()];
  const times = loads.map(() => [] as number[][]);
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round++) {
    tell(`stall: raw OPFS, round ${round} of ${rounds}`);
    for (let i = 0; i < loads.length; i++) {
      const at = (i + round) % loads.length;
      const [, load] = loads[at];
      const loading = load && ask<number>(loader, { kind: 'load', milliseconds: milliseconds + 2 * LEAD, ...load });
      await new Promise((resolve) => setTimeout(resolve, LEAD));
      const found = await ask<Float64Array>(appender, { kind: 'append', milliseconds });
      await loading;
      if (round > 0) times[at].push([...found]);
    }
  }
  appender.terminate();
  loader.terminate();
  return loads.map(([condition], at) => ({ condition, writers: 1, rounds: times[at] }));
}
