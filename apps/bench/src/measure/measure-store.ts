import { rowSum, type SensorRow } from '../rows/sensor-row.ts';
import type { RowStore } from './peer.ts';
import { batchRows, type Limits, type Sample, type Workload, writers } from './workload.ts';

/** Measures one workload on a store. Throws when the store answers wrongly. */
export async function measureStore(
  store: RowStore,
  workload: Workload,
  rows: readonly SensorRow[],
  limits: Limits,
): Promise<Sample> {
  const before = await store.syncs();
  const latencies: number[] = [];
  const start = performance.now();
  const done = await run[workload](store, rows, start + limits.milliseconds, latencies);
  const milliseconds = performance.now() - start;
  const after = await store.syncs();
  return { rows: done, milliseconds, latencies, syncs: before === null || after === null ? null : after - before };
}

type Run = (store: RowStore, rows: readonly SensorRow[], end: number, latencies: number[]) => Promise<number>;

const run: Readonly<Record<Workload, Run>> = {
  async single(store, rows, end, latencies) {
    let done = 0;
    for (let last = performance.now(); done < rows.length && last < end; done++) {
      await store.write(rows[done]);
      last = tick(last, latencies);
    }
    return done;
  },

  async concurrent(store, rows, end) {
    let next = 0;
    const writer = async () => {
      while (next < rows.length && performance.now() < end) await store.write(rows[next++]);
    };
    await Promise.all(Array.from({ length: writers }, writer));
    return next;
  },

  async batch(store, rows, end, latencies) {
    let done = 0;
    for (let last = performance.now(); done < rows.length && last < end; done += batchRows) {
      await store.writeBatch(rows.slice(done, done + batchRows));
      last = tick(last, latencies);
    }
    return done;
  },

  async get(store, rows, end, latencies) {
    let done = 0;
    for (let last = performance.now(); last < end && done < rows.length; done++) {
      // A stride that has no divisor in common with the number of rows: neighbours in time are strangers in the file.
      const index = (done * 7919) % rows.length;
      const row = await store.get(rows[index], index);
      if (sumOf(row) !== sumOf(rows[index])) throw new Error(`Read another row than ${rows[index].sensorId} ${rows[index].ts}`);
      last = tick(last, latencies);
    }
    return done;
  },

  async scan(store, rows) {
    let count = 0;
    let sum = 0;
    await store.scan((ts, value, note, payload) => {
      count++;
      sum += rowSum(ts, value, note, payload);
    });
    const wanted = rows.reduce((total, row) => total + sumOf(row), 0);
    if (count !== rows.length || sum !== wanted)
      throw new Error(`A scan of ${rows.length} rows gave ${count}, sum ${sum} not ${wanted}`);
    return count;
  },
};

function sumOf(row: SensorRow): number {
  return rowSum(row.ts, row.value, row.note, row.payload);
}

function tick(last: number, latencies: number[]): number {
  const now = performance.now();
  latencies.push(now - last);
  return now;
}
