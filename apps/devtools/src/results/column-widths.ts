import { cellText } from './cell-text.ts';
import type { ResultRows } from './result-rows.ts';

/** Rows that decide the widths of the columns. */
const measuredRows = 200;

/** Widths of columns in characters, from their names and the first rows. */
export function measuredWidths(rows: ResultRows): number[] {
  return rows.columns.map((column, c) => {
    let characters = Math.max(column.name.length, Math.min(column.type.cqlName().length, 24));
    for (let r = 0; r < Math.min(rows.length, measuredRows); r++) {
      characters = Math.max(characters, cellText(column, rows.cell(r, c), 60).text.length);
    }
    return Math.min(characters, 44) + 3;
  });
}

/** The columns of the grid as the style sheet takes them. */
export function template(rowCount: number, widths: readonly number[]): string {
  return `${Math.max(String(rowCount).length, 2) + 3}ch ${widths.map((width) => `${width.toFixed(1)}ch`).join(' ')} minmax(0, 1fr)`;
}
