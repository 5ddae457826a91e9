import { rowBytes, type SensorRow } from './sensor-row.ts';

// A row as raw OPFS keeps it, all records of one size. Integers little-endian, as the platform likes them.
//   sensor id   11 letters
//   ts          f64
//   value       f64
//   note        39 letters
//   payload     64 bytes

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes `row` at `at`; {@link rowBytes} long. `view` and `bytes` are of one buffer. */
export function encodeRecord(row: SensorRow, bytes: Uint8Array, view: DataView, at: number): void {
  encoder.encodeInto(row.sensorId, bytes.subarray(at, at + 11));
  view.setFloat64(at + 11, row.ts, true);
  view.setFloat64(at + 19, row.value, true);
  encoder.encodeInto(row.note, bytes.subarray(at + 27, at + 66));
  bytes.set(row.payload, at + 66);
}

/** Rows, one record after the other. */
export function encodeRecords(rows: readonly SensorRow[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(rows.length * rowBytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < rows.length; i++) encodeRecord(rows[i], bytes, view, i * rowBytes);
  return bytes;
}

/** The row at `at`. Its payload is a copy. */
export function decodeRecord(bytes: Uint8Array, at: number): SensorRow {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    sensorId: decoder.decode(bytes.subarray(at, at + 11)),
    ts: view.getFloat64(at + 11, true),
    value: view.getFloat64(at + 19, true),
    note: decoder.decode(bytes.subarray(at + 27, at + 66)),
    payload: bytes.slice(at + 66, at + rowBytes),
  };
}

/** All rows of records that lie one after the other. */
export function decodeRecords(bytes: Uint8Array): SensorRow[] {
  return Array.from({ length: bytes.length / rowBytes }, (_, i) => decodeRecord(bytes, i * rowBytes));
}
