import { expect, test } from 'vitest';
import { decodeRecord, encodeRecords } from './row-record.ts';
import { rowBytes, sensorRow, sensorRows } from './sensor-row.ts';

test('a record gives back its row', () => {
  const rows = sensorRows(41, 3);
  const bytes = encodeRecords(rows);
  expect(bytes.length).toBe(3 * rowBytes);
  expect([0, 1, 2].map((i) => decodeRecord(bytes, i * rowBytes))).toEqual(rows);
});

test('a row depends on its number only', () => {
  expect(sensorRow(7)).toEqual(sensorRow(7));
  expect(sensorRow(7)).toMatchObject({ sensorId: 'sensor-0898', ts: 1_750_000_007_000 });
});
