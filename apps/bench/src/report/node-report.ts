import { median } from '../measure/statistics.ts';
import type { NodeRun } from '../node/node-run.ts';
import { type Column, printNumber, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'rows/s', align: 'right' },
  { title: 'min–max', align: 'right' },
  { title: 'MB/s', align: 'right' },
];

/** Node's run as a table for people. */
export function printNodeRun(run: NodeRun): string {
  const rows = run.figures.map(({ name, rowsPerSecond, megabytesPerSecond }) => [
    name,
    printNumber(median(rowsPerSecond)),
    `${printNumber(Math.min(...rowsPerSecond))}–${printNumber(Math.max(...rowsPerSecond))}`,
    megabytesPerSecond === null ? '' : printNumber(median(megabytesPerSecond)),
  ]);
  const sizes = Object.entries(run.bytesPerRow).map(([name, bytes]) => `${name}: ${printNumber(bytes)}`);
  return [
    `Node ${run.node}, ${printNumber(run.rows)} rows (MB/s: Data.db before compression)`,
    printTable(columns, rows),
    `Bytes on disk a row: ${sizes.join('; ')}`,
  ].join('\n');
}
