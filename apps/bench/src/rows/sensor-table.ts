import type { SensorRow } from './sensor-row.ts';

/** The keyspace of the benchmark's tables. */
export const keyspaceCql = "CREATE KEYSPACE bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";

/** A table of {@link SensorRow}s. `options` follow WITH. */
export function tableCql(table: string, options = "compression = {'class': 'LZ4Compressor'}"): string {
  return `CREATE TABLE bench.${table} (sensor_id text, ts timestamp, value double, note text, payload blob, PRIMARY KEY (sensor_id, ts)) WITH ${options}`;
}

/** The statement that writes one row; {@link rowParams} are its parameters. */
export function insertCql(table: string): string {
  return `INSERT INTO bench.${table} (sensor_id, ts, value, note, payload) VALUES (?, ?, ?, ?, ?)`;
}

/** As an app would bind them. */
export function rowParams(row: SensorRow): unknown[] {
  return [row.sensorId, new Date(row.ts), row.value, row.note, row.payload];
}
