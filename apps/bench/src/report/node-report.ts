import { median } from '../measure/statistics.ts';
import type { NodeRun } from '../node/node-run.ts';
import { type Column, printNumber, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'rows/s', align: 'right' },
  { title: 'min–max', align: 'right' },
  { title: 'MB/s', align: 'right' },
];

/** A run of Node as a table for people; `title` says of what. */
export function printNodeRun(run: NodeRun, title = 'MB/s: Data.db before compression'): string {
  const rows = run.figures.map(({ name, rowsPerSecond, megabytesPerSecond }) => [
    name,
    printNumber(median(rowsPerSecond)),
    `${printNumber(Math.min(...rowsPerSecond))}–${printNumber(Math.max(...rowsPerSecond))}`,
    megabytesPerSecond === null ? '' : printNumber(median(megabytesPerSecond)),
  ]);
  const sizes = Object.entries(run.bytesPerRow).map(([name, bytes]) => `${name}: ${printNumber(bytes)}`);
  return [
    `Node ${run.node}, ${printNumber(run.rows)} rows (${title})`,
    printTable(columns, rows),
    ...(sizes.length === 0 ? [] : [`Bytes on disk a row: ${sizes.join('; ')}`]),
  ].join('\n');
}
