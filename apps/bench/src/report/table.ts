/** A column of a printed table: numbers stand on the right, words on the left. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A table as lines of text, columns two spaces apart. Each of `rows` has a text for each column. */
export function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, c) => Math.max(title.length, ...rows.map((row) => row[c].length)));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, c) => (columns[c].align === 'right' ? text.padStart(widths[c]) : text.padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}

/** A count or a rate: 1,234,567; below 100 with one digit more. */
export function printNumber(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** Milliseconds, or a ratio: three digits that count. */
export function printSmall(value: number): string {
  return value >= 1000 ? printNumber(value) : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
