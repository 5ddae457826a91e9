import { median } from '../measure/statistics.ts';
import type { SSTableRun } from '../sstable/sstable-run.ts';
import { type Column, printNumber, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'write MB/s', align: 'right' },
  { title: 'rows/s', align: 'right' },
  { title: 'read MB/s', align: 'right' },
  { title: 'rows/s', align: 'right' },
  { title: 'Data.db', align: 'right' },
  { title: 'bytes/row', align: 'right' },
];

/** Rates of SSTable writer and reader as a table for people; `Data.db` is its stored bytes by its uncompressed ones. */
export function printSSTableRun(run: SSTableRun): string {
  const rows = run.figures.map((figure) => [
    `${figure.version}, ${figure.compressor}`,
    printNumber(median(figure.writeMegabytes)),
    printNumber(median(figure.writeRows)),
    printNumber(median(figure.readMegabytes)),
    printNumber(median(figure.readRows)),
    (figure.storedBytes / figure.dataBytes).toFixed(3),
    printNumber(figure.bytesOnDisk / run.rows),
  ]);
  return [
    `SSTables in memory, Node ${run.node}, ${printNumber(run.rows)} rows in ${printNumber(run.partitions)} partitions, chunks of 16 KiB (MB/s: Data.db before compression)`,
    printTable(columns, rows),
  ].join('\n');
}
