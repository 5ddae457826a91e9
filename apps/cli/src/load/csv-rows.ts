import { ByteWriter, CassetteError } from '@cassette/bytes';
import {
  type ColumnMetadata,
  CqlSyntaxError,
  encodeJson,
  InvalidRequestError,
  type Schema,
  type TableMetadata,
} from '@cassette/cql';
import { EncodedValue, encodeTermText } from '@cassette/engine';
import Papa from 'papaparse';
import { orRefused } from './json-rows.ts';
import type { CsvFormat } from './load-job.ts';
import { RefusedValue } from './refused-value.ts';

/** Digits of a second's fraction behind the third: cqlsh writes six, Cassandra reads three. */
const MICROSECONDS = /(:\d\d\.\d{3})\d+/;
const TEXTS = new Set(['text', 'ascii']);

/** The records of CSV that comes in pieces: a record may go on in the next one. */
export class CsvRecords {
  private readonly parser: { parse(input: string, baseIndex: number, ignoreLastRow: boolean): ParsedRecords };
  private readonly delimiter: string;
  private rest = '';

  constructor({ delimiter, quote, escapeWith }: CsvFormat) {
    this.delimiter = delimiter;
    this.parser = new Papa.Parser({ delimiter, newline: '\n', quoteChar: quote, escapeChar: escapeWith });
  }

  /** The records that are whole by now. Throws RefusedValue where a quote is never closed. */
  take(text: string, isLast: boolean): string[][] {
    const input = this.rest + text;
    const { data, errors, meta } = this.parser.parse(input, 0, !isLast);
    this.rest = isLast ? '' : input.slice(meta.cursor);
    if (isLast && errors.length > 0) throw new RefusedValue(errors[0].message);
    const records = data.filter((record) => record.length > 1 || record[0].trim() !== '');
    for (const record of records) {
      const last = record.length - 1;
      if (record[last].endsWith('\r')) record[last] = record[last].slice(0, -1);
    }
    return records;
  }

  /** How values are written side by side, for messages. */
  join(names: readonly string[]): string {
    return names.join(this.delimiter);
  }
}

interface ParsedRecords {
  readonly data: string[][];
  readonly errors: readonly { readonly message: string }[];
  readonly meta: { readonly cursor: number };
}

/** Reads records of texts as rows of parameters in the order of the table's columns; what is not there is left out. */
export class CsvRows {
  private readonly table: TableMetadata;
  private readonly schema: Schema;
  private readonly columns: readonly ColumnMetadata[];
  /** Of each value of a record. */
  private readonly positions: readonly number[];
  private readonly nullText: string;
  private readonly out = new ByteWriter(256);

  /** `names`: of the values, in their order. Throws CassetteError WRONG_FILE for names that the table has not, or has once and the file twice. */
  constructor(table: TableMetadata, schema: Schema, names: readonly string[], { nullText }: CsvFormat, file: string) {
    this.table = table;
    this.schema = schema;
    this.columns = table.columns;
    this.nullText = nullText;
    this.positions = names.map((name) => {
      const exact = this.columns.findIndex((column) => column.name === name);
      const position = exact >= 0 ? exact : this.columns.findIndex((column) => column.name === plain(name));
      if (position >= 0) return position;
      const columns = this.columns.map((column) => column.name).join(', ');
      throw wrongFile(
        file,
        `${table} has no column ${JSON.stringify(name)}: its columns are ${columns}. Where the first line is a row, --columns tells the names`,
      );
    });
    const twice = this.positions.find((position, i) => this.positions.indexOf(position) < i);
    if (twice !== undefined) throw wrongFile(file, `the column ${this.columns[twice].name} is there twice`);
  }

  /** Throws RefusedValue for what is no row of the table. */
  row(record: readonly string[]): unknown[] {
    const { positions, columns } = this;
    if (record.length !== positions.length) {
      throw new RefusedValue(`it has ${record.length} values, and there are ${positions.length} columns`);
    }
    const row: unknown[] = new Array(columns.length).fill(undefined);
    for (let i = 0; i < record.length; i++) {
      if (record[i] !== this.nullText) row[positions[i]] = this.value(columns[positions[i]], record[i]);
    }
    return row;
  }

  private value({ name, type }: ColumnMetadata, text: string): unknown {
    const cql = type.cqlName();
    if (TEXTS.has(cql)) return text;
    if (type.subTypes.length > 0) return this.compound(name, type, text);
    this.out.clear();
    const written = cql === 'timestamp' ? text.replace(MICROSECONDS, '$1') : cql === 'boolean' ? text.toLowerCase() : text;
    orRefused(() => encodeJson(type, written, this.out), `${name}: `);
    return new EncodedValue(this.out.written().slice());
  }

  /** A collection, tuple or user type: as statements write it and cqlsh prints it, or as JSON. */
  private compound(name: string, type: ColumnMetadata['type'], text: string): unknown {
    const { keyspace, name: table } = this.table;
    try {
      const bytes = encodeTermText(this.schema, { keyspace, table, name, type }, text);
      return bytes === null ? undefined : new EncodedValue(bytes);
    } catch (error) {
      if (!(error instanceof InvalidRequestError) && !(error instanceof CqlSyntaxError)) throw error;
      this.out.clear();
      try {
        encodeJson(type, text, this.out);
      } catch (second) {
        if (!(second instanceof InvalidRequestError)) throw second;
        throw new RefusedValue(`${name}: ${error.message}`);
      }
      return new EncodedValue(this.out.written().slice());
    }
  }
}

/** A name as CQL has it: lower case unless it is in quotes. */
function plain(name: string): string {
  const trimmed = name.trim();
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed.toLowerCase();
}

function wrongFile(file: string, why: string): CassetteError {
  return new CassetteError('WRONG_FILE', `${file}: ${why}`, { file });
}
