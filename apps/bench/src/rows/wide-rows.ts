import { type SensorRow, sensorRow } from './sensor-row.ts';

/** Rows of a partition of the table 'wide': as many as one of 1,000 sensors has in a table of a million. */
export const wideRows = 1000;

/** Partitions of the table 'wide'. */
export const widePartitions = 10;

/** Rows of the table 'wide', partition by partition, in the order of `ts`. */
export function rowsOfWide(): SensorRow[] {
  return Array.from({ length: wideRows * widePartitions }, (_, i) => ({
    ...sensorRow(i),
    sensorId: `sensor-${String(Math.floor(i / wideRows)).padStart(4, '0')}`,
  }));
}
