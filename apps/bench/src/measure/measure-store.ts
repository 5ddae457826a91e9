import { rowSum, type SensorRow } from '../rows/sensor-row.ts';
import { wideRows } from '../rows/wide-rows.ts';
import type { RowStore } from './peer.ts';
import { batchRows, getsRows, type Limits, type Sample, type Workload, writers } from './workload.ts';

/**
 * Measures one workload on a store; null where it has no such workload. `rows` are those to write, or those that the table which is read
 * has. Throws when the store answers wrongly.
 */
export async function measureStore(
  store: RowStore,
  workload: Workload,
  rows: readonly SensorRow[],
  limits: Limits,
): Promise<Sample | null> {
  if (workload === 'in' && store.getIn === null) return null;
  const before = await store.syncs();
  const latencies: number[] = [];
  const start = performance.now();
  const done = await run[workload](store, rows, start + limits.milliseconds, latencies);
  const milliseconds = performance.now() - start;
  const after = await store.syncs();
  return { rows: done, milliseconds, latencies, syncs: before === null || after === null ? null : after - before };
}

type Run = (store: RowStore, rows: readonly SensorRow[], end: number, latencies: number[]) => Promise<number>;

/** A stride that has no divisor in common with the number of rows: neighbours in time are strangers in the file. */
const STRIDE = 7919;

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
      const index = (done * STRIDE) % rows.length;
      checkRow(await store.get(rows[index], index), rows[index]);
      last = tick(last, latencies);
    }
    return done;
  },

  async gets(store, rows, end, latencies) {
    let done = 0;
    for (let last = performance.now(); last < end && done < rows.length; done += getsRows) {
      const indexes = Array.from({ length: getsRows }, (_, i) => ((done + i) * STRIDE) % rows.length);
      const wanted = indexes.map((index) => rows[index]);
      checkRows(await store.getMany(wanted, indexes), wanted);
      last = tick(last, latencies);
    }
    return done;
  },

  async in(store, rows, end, latencies) {
    if (store.getIn === null) throw new Error('This store has no statements');
    let done = 0;
    for (let last = performance.now(); last < end; done += getsRows) {
      // Every tenth row of a partition, from another one on each time.
      const call = done / getsRows;
      const first = (call * wideRows) % rows.length;
      const wanted = Array.from({ length: getsRows }, (_, i) => rows[first + i * (wideRows / getsRows) + (call % 10)]);
      checkRows(await store.getIn(wanted), wanted);
      last = tick(last, latencies);
    }
    return done;
  },

  async partition(store, rows, end, latencies) {
    let done = 0;
    for (let last = performance.now(); last < end; done += wideRows) {
      const first = done % rows.length;
      checkRows(await store.partition(rows[first].sensorId, first), rows.slice(first, first + wideRows));
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

function checkRows(found: readonly SensorRow[], wanted: readonly SensorRow[]): void {
  if (found.length !== wanted.length) throw new Error(`Read ${found.length} rows, not ${wanted.length}`);
  for (let i = 0; i < wanted.length; i++) checkRow(found[i], wanted[i]);
}

function checkRow(found: SensorRow, wanted: SensorRow): void {
  if (found.ts !== wanted.ts || sumOf(found) !== sumOf(wanted))
    throw new Error(`Read another row than ${wanted.sensorId} ${wanted.ts}`);
}

function sumOf(row: SensorRow): number {
  return rowSum(row.ts, row.value, row.note, row.payload);
}

function tick(last: number, latencies: number[]): number {
  const now = performance.now();
  latencies.push(now - last);
  return now;
}
