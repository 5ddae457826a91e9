/** One row of the benchmark: about 130 bytes of values, the same for every peer. */
export interface SensorRow {
  /** Partition key: one of {@link sensors}, 11 letters. */
  readonly sensorId: string;
  /** Clustering column: milliseconds since the epoch, different for every row. */
  readonly ts: number;
  readonly value: number;
  /** 39 letters. */
  readonly note: string;
  /** 64 bytes. */
  readonly payload: Uint8Array;
}

/** How many partitions the rows fall into. */
export const sensors = 1000;

/** Bytes of a row's values: 11 + 8 + 8 + 39 + 64. */
export const rowBytes = 130;

const firstTs = 1_750_000_000_000;
const words = ['calm', 'rising', 'falling', 'stormy', 'clear', 'drifting', 'anchored', 'unsettled'];

/** The row of that number: nothing but arithmetic, so that every peer and every run gets the same. */
export function sensorRow(index: number): SensorRow {
  // A linear congruential step scatters the sensors as many devices that report in turns would.
  const scattered = (Math.imul(index, 1_664_525) + 1_013_904_223) >>> 0;
  const payload = new Uint8Array(64);
  let state = scattered | 1;
  for (let i = 0; i < payload.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    payload[i] = state;
  }
  return {
    sensorId: `sensor-${String(scattered % sensors).padStart(4, '0')}`,
    ts: firstTs + index * 1000,
    value: (scattered % 100_000) / 100 - 273.25,
    note: `${words[scattered & 7]}, ${words[(scattered >>> 3) & 7]}, station ${index}`.padEnd(39, '.').slice(0, 39),
    payload,
  };
}

/** `count` rows from number `first` on. */
export function sensorRows(first: number, count: number): SensorRow[] {
  const rows = new Array<SensorRow>(count);
  for (let i = 0; i < count; i++) rows[i] = sensorRow(first + i);
  return rows;
}

/** A number that differs where rows differ: summed up over a scan, it tells that all rows came, whole. */
export function rowSum(ts: number, value: number, note: string, payload: Uint8Array): number {
  return (((ts - firstTs) / 1000) * 7 + Math.round(value * 100) + note.charCodeAt(0) + payload[0] * 3 + payload[63]) % 1_000_003;
}
