import { RefusedValue } from './refused-value.ts';

/** How the values of CSV are kept apart: one character each. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Around values that hold delimiters, quotes or ends of lines. */
  readonly quote: string;
  /**
   * What takes the meaning from the character behind it: the quote itself as RFC 4180 has it (then it does so to quotes alone, and only within
   * a value in quotes), a backslash as cqlsh's COPY writes it.
   */
  readonly escapeWith: string;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * The records of CSV that comes in pieces: a record may go on in the next one. What quotes and escapes mean is what Python's csv reader, with which
 * cqlsh reads, makes of them; a carriage return before a line feed is part of the end of a line.
 */
export class CsvRecords {
  private readonly delimiter: number;
  private readonly quote: number;
  /** -1 where quotes are doubled. */
  private readonly escape: number;
  private readonly joint: string;
  private readonly quoteText: string;
  /** Pieces of the record that is not whole yet, joined once there is something in one that may end it. */
  private rest: string[] = [];
  /** Whether that record ends within quotes so far. */
  private isQuoted = false;
  private input = '';
  private at = 0;

  constructor({ delimiter, quote, escapeWith }: CsvDialect) {
    this.joint = delimiter;
    this.quoteText = quote;
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote.charCodeAt(0);
    this.escape = escapeWith === quote ? -1 : escapeWith.charCodeAt(0);
  }

  /** The records that are whole by now; empty lines are none. Throws RefusedValue where a quote is never closed. */
  take(text: string, isLast: boolean): string[][] {
    this.rest.push(text);
    // A long record would be read from its beginning with each piece.
    if (!isLast && !text.includes(this.isQuoted ? this.quoteText : '\n')) return [];
    this.input = this.rest.join('');
    this.at = 0;
    const records: string[][] = [];
    for (;;) {
      const start = this.at;
      this.isQuoted = false;
      const record = start < this.input.length ? this.record(isLast) : null;
      if (record === null) {
        this.rest = [this.input.slice(start)];
        this.input = '';
        return records;
      }
      if (record.length > 1 || record[0].trim() !== '') records.push(record);
    }
  }

  /** How values are written side by side, for messages. */
  join(names: readonly string[]): string {
    return names.join(this.joint);
  }

  /** The record at `at`; null where more text has to come first. */
  private record(isLast: boolean): string[] | null {
    const fields: string[] = [];
    for (;;) {
      const field = this.field(isLast);
      if (field === null) return null;
      fields.push(field);
      if (this.at >= this.input.length) return fields;
      if (this.input.charCodeAt(this.at++) === newline) return fields;
      // A delimiter is the last character: what is behind it may yet come, or is nothing.
      if (this.at >= this.input.length) {
        if (!isLast) return null;
        fields.push('');
        return fields;
      }
    }
  }

  /** The value at `at`, up to its delimiter or end of line; null where more text has to come first. */
  private field(isLast: boolean): string | null {
    const { input, delimiter, escape: escapeCode } = this;
    let text = '';
    if (input.charCodeAt(this.at) === this.quote) {
      const quoted = this.quoted(isLast);
      if (quoted === null) return null;
      text = quoted;
    }
    let from = this.at;
    for (;;) {
      const c = this.at < input.length ? input.charCodeAt(this.at) : -1;
      if (c === delimiter) return text + input.slice(from, this.at);
      if (c === newline) {
        const isReturn = this.at > from && input.charCodeAt(this.at - 1) === carriageReturn;
        return text + input.slice(from, isReturn ? this.at - 1 : this.at);
      }
      if (c === -1) {
        if (!isLast) return null;
        const rest = input.slice(from, this.at);
        return text + (rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      }
      if (c === escapeCode && this.at + 1 < input.length) {
        text += input.slice(from, this.at);
        from = this.at + 1;
        this.at++;
      }
      this.at++;
    }
  }

  /** What is in the quotes that begin at `at`; then `at` is behind them. */
  private quoted(isLast: boolean): string | null {
    const { input, quote, escape: escapeCode } = this;
    let text = '';
    let from = this.at + 1;
    for (let at = from; at < input.length; at++) {
      const c = input.charCodeAt(at);
      if (c === escapeCode) {
        text += input.slice(from, at);
        from = at + 1;
        at++;
      } else if (c === quote) {
        if (at + 1 >= input.length && !isLast) return null;
        text += input.slice(from, at);
        if (escapeCode >= 0 || input.charCodeAt(at + 1) !== quote) {
          this.at = at + 1;
          return text;
        }
        from = at + 1;
        at++;
      }
    }
    if (isLast) throw new RefusedValue('Quoted field unterminated');
    this.isQuoted = true;
    return null;
  }
}
