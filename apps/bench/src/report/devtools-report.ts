import type { DevtoolsRun } from './devtools-run.ts';
import { spreadOf } from './spread.ts';
import { type Column, printNumber, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'ms', align: 'right' },
  { title: 'min–max', align: 'right' },
];

/** The run as a table for people. */
export function printDevtoolsRun({ firstPaint, ready, longestTask, rowsPerSecond }: DevtoolsRun): string {
  const line = (title: string, milliseconds: readonly number[]) => {
    const { median, min, max } = spreadOf(milliseconds);
    return [title, printNumber(median), `${printNumber(min)}–${printNumber(max)}`];
  };
  const lines = [
    line('until something is painted', firstPaint),
    line('until the worker has opened its store', ready),
    line('the longest task of the page while the engine writes flat out', longestTask),
  ];
  return `The devtools page, in a browser that was just started; rows a second meanwhile: ${printNumber(spreadOf(rowsPerSecond).median)}\n${printTable(columns, lines)}`;
}
