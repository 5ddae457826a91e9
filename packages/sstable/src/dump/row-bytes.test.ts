import { expect, test } from 'vitest';
import { SSTableReader } from '../reader/index.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { JsonBytes } from './json-bytes.ts';
import { cellText, DumpPrinter } from './json-dump.ts';
import { RowBytes } from './row-bytes.ts';

test.each([false, true])('rows are printed letter for letter as they are by way of strings (raw timestamps: %s)', (raw) => {
  let count = 0;
  for (const { descriptor, files } of goldenSSTables()) {
    const reader = SSTableReader.open(descriptor, files.sources());
    const cursor = reader.cursor({ partitions: { range: {} } });
    const printer = new DumpPrinter(cursor, reader.table, { rawTimestamps: raw, nowInSeconds: 0 });
    const out = new JsonBytes();
    const indented = new RowBytes(out, reader.table, { raw, lines: false }, cellText);
    const inLines = new RowBytes(out, reader.table, { raw, lines: true }, cellText);
    while (cursor.nextPartition()) {
      while (cursor.next() !== Unfiltered.END) {
        const { row } = cursor;
        if (!indented.prints(row)) continue;
        const printed = (by: RowBytes) => {
          by.row(row, 42);
          return new TextDecoder().decode(out.take());
        };
        const text = printer.row(row, 42);
        expect(printed(indented)).toBe(text);
        expect(printed(inLines)).toBe(text.replace(/\n */g, ''));
        if (++count > 2000) return;
      }
    }
    cursor.close();
  }
  expect(count).toBeGreaterThan(100);
});
