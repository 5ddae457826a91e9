import type { ResultRows } from './result-rows.ts';

/** A cell of the grid. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** A rectangle of cells: from where it was begun to where it goes. */
export interface Selection {
  readonly from: CellPlace;
  readonly to: CellPlace;
}

/** Cells that are copied at a time. */
const cellsMax = 500_000;

/** The rectangle's edges. */
export function edges({ from, to }: Selection) {
  return {
    top: Math.min(from.row, to.row),
    bottom: Math.max(from.row, to.row),
    left: Math.min(from.column, to.column),
    right: Math.max(from.column, to.column),
  };
}

/** Whether a cell is in the rectangle. */
export function isIn(selection: Selection, row: number, column: number): boolean {
  const { top, bottom, left, right } = edges(selection);
  return row >= top && row <= bottom && column >= left && column <= right;
}

const decoder = new TextDecoder();

/** A cell as it is copied: text as it is, everything else as CQL has it; null and what is not in memory is nothing. */
function copied(rows: ResultRows, row: number, column: number): string {
  const cell = rows.cell(row, column);
  if (cell === null || cell === undefined) return '';
  const { type } = rows.columns[column];
  if (/^(text|ascii|varchar)$/.test(type.cqlName())) return decoder.decode(cell);
  if (cell.length === 0) return '';
  const literal = type.toCqlLiteral(cell, 0, cell.length);
  return /^'.*'$/s.test(literal) ? literal.slice(1, -1).replaceAll("''", "'") : literal;
}

/** What is copied: the text of one cell, or lines with tabs between values, as spreadsheets take them. */
export function copyText(rows: ResultRows, selection: Selection): string {
  const { top, bottom, left, right } = edges(selection);
  if (top === bottom && left === right) return copied(rows, top, left);
  const width = right - left + 1;
  const last = Math.min(bottom, top + Math.floor(cellsMax / width) - 1);
  const lines: string[] = [];
  for (let row = top; row <= last; row++) {
    const values: string[] = [];
    for (let column = left; column <= right; column++) {
      const text = copied(rows, row, column);
      values.push(/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    }
    lines.push(values.join('\t'));
  }
  return lines.join('\n');
}
