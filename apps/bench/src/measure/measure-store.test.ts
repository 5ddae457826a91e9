import { expect, test } from 'vitest';
import { type SensorRow, sensorRows } from '../rows/sensor-row.ts';
import { rowsOfWide } from '../rows/wide-rows.ts';
import { measureStore } from './measure-store.ts';
import type { RowStore } from './peer.ts';
import { type Workload, workloads } from './workload.ts';

const loaded = sensorRows(0, 300);
const wide = rowsOfWide();

/** Keeps rows in memory; `distort` makes something else of every row that it gives back. */
function memoryStore(distort: (row: SensorRow) => SensorRow = (row) => row) {
  const written: SensorRow[] = [];
  const store: RowStore = {
    async write(row) {
      written.push(row);
    },
    async writeBatch(rows) {
      written.push(...rows);
    },
    get: async (_row, index) => distort(loaded[index]),
    getMany: async (_rows, indexes) => indexes.map((index) => distort(loaded[index])),
    getIn: async (rows) => rows.map(distort),
    partition: async (sensorId) => wide.filter((row) => row.sensorId === sensorId).map(distort),
    async scan(visit) {
      for (const { ts, value, note, payload } of loaded.map(distort)) visit(ts, value, note, payload);
    },
    syncs: async () => written.length,
  };
  return { store, written };
}

const rowsOf = (workload: Workload) => (workload === 'in' || workload === 'partition' ? wide : loaded);
const limits = { rows: 300, milliseconds: 5 };

test('every workload counts the rows of what it did; those that write have written them', async () => {
  for (const workload of workloads) {
    const { store, written } = memoryStore();
    const sample = await measureStore(store, workload, rowsOf(workload), limits);
    expect(sample?.rows).toBeGreaterThan(0);
    expect(sample?.syncs).toBe(written.length);
    if (workload === 'concurrent') expect(sample?.latencies).toEqual([]);
  }
});

test('a store that gives other rows, or rows in another order, is found out by every workload that reads', async () => {
  const changes: ((row: SensorRow) => SensorRow)[] = [
    (row) => ({ ...row, value: row.value + 1 }),
    (row) => ({ ...row, payload: Uint8Array.from(row.payload, (byte, i) => (i === 63 ? byte ^ 1 : byte)) }),
    (row) => ({ ...row, ts: row.ts + 1000 }),
  ];
  for (const change of changes) {
    for (const workload of ['get', 'gets', 'in', 'partition', 'scan'] as const) {
      const { store } = memoryStore(change);
      await expect(measureStore(store, workload, rowsOf(workload), limits)).rejects.toThrow(/another row|gave 300, sum/);
    }
  }
});

test('a store without statements has no workload IN', async () => {
  const { store } = memoryStore();
  expect(await measureStore({ ...store, getIn: null }, 'in', wide, limits)).toBe(null);
});
