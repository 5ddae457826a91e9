import type { ColumnSpec, ResultSet } from '@cassette/client';
import { cellWriter, type ValueOptions } from './cell-writer.ts';
import type { CopyOptions } from './copy-options.ts';

/** Turns pages of a result into text. */
export interface RowWriter {
  /** What stands before all rows. */
  readonly head: string;
  /** The rows of a page, up to so many. */
  rows(page: ResultSet, most: number): string;
}

/** What of the options decides how rows are written. */
export type RowOptions = ValueOptions & Pick<CopyOptions, 'format' | 'header' | 'delimiter' | 'quote' | 'escapeWith'>;

/** Options of a result that is saved: CSV that loses nothing of numbers, with a line of names. */
export const saveOptions: RowOptions = {
  format: 'csv',
  header: true,
  delimiter: ',',
  quote: '"',
  escapeWith: '"',
  nullText: '',
  dateTimeFormat: null,
  decimalSeparator: '.',
  thousandsSeparator: '',
  booleans: ['True', 'False'],
  floatPrecision: 9,
  doublePrecision: 17,
};

/** Makes a writer for columns. */
export function rowWriter(columns: readonly ColumnSpec[], options: RowOptions): RowWriter {
  return options.format === 'json' ? jsonWriter(columns) : csvWriter(columns, options);
}

/** One object a line, values as SELECT JSON gives them. */
function jsonWriter(columns: readonly ColumnSpec[]): RowWriter {
  const isJson = columns.length === 1 && columns[0].name === '[json]';
  // Names that need quotes in CQL have them inside of the string, as SELECT JSON has it.
  const names = columns.map(({ name }) => JSON.stringify(/^[a-z][a-z0-9_]*$|^[^A-Z"]*$/.test(name) ? name : `"${name}"`));
  return {
    head: '',
    rows(page, most) {
      let text = '';
      for (let row = 0; row < Math.min(page.rowLength, most); row++) {
        if (isJson) text += `${String(page.value(row, 0))}\n`;
        else {
          const fields = columns.map(({ type }, i) => {
            const cell = page.cell(row, i);
            return `${names[i]}: ${cell === null ? 'null' : type.toJson(cell, 0, cell.length)}`;
          });
          text += `{${fields.join(', ')}}\n`;
        }
      }
      return text;
    },
  };
}

function csvWriter(columns: readonly ColumnSpec[], options: RowOptions): RowWriter {
  const { delimiter, quote, escapeWith } = options;
  const writers = columns.map(({ type }) => cellWriter(type, options));
  const special = (characters: string) => new RegExp(`[${characters.replace(/[\\\]^-]/g, '\\$&')}]`, 'g');
  const needsQuotes = new RegExp(`[${(delimiter + quote + escapeWith).replace(/[\\\]^-]/g, '\\$&')}\\r\\n]`);
  const escaped = special(escapeWith === quote ? quote : quote + escapeWith);
  const field = (text: string) => (needsQuotes.test(text) ? quote + text.replace(escaped, (c) => escapeWith + c) + quote : text);
  const line = (fields: readonly string[]) => {
    const text = fields.map(field).join(delimiter);
    // A line with nothing on it would be none.
    return `${text.trim() === '' && fields.length === 1 ? quote + text + quote : text}\r\n`;
  };
  return {
    head: options.header ? line(columns.map(({ name }) => name)) : '',
    rows(page, most) {
      let text = '';
      for (let row = 0; row < Math.min(page.rowLength, most); row++)
        text += line(writers.map((write, i) => write(page.cell(row, i))));
      return text;
    },
  };
}
