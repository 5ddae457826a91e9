import { ByteWriter, CassetteError } from '@cassette/bytes';
import { CqlSyntaxError, type CqlType, encodeJson, InvalidRequestError, Schema } from '@cassette/cql';
import { encodeTermText } from '../prepared/terms/encode-term-text.ts';
import { orRefused } from './json-rows.ts';
import { RefusedValue } from './refused-value.ts';
import { type EncodedAs, encodedHere, type TextTable } from './text-table.ts';

/** How values of CSV are read. */
export interface CsvRowsOptions {
  /** The text of a value that is not there. */
  readonly nullText: string;
  /** For types that a literal of the schema's may be needed for; absent: none is known. */
  readonly schema?: Schema;
  /** How a value is written that is not written as CQL has it; called once a column, null where it is. */
  readonly rewrite?: (type: CqlType) => ((text: string) => string) | null;
  /** Default: for the engine that this code is of. */
  readonly encodedAs?: EncodedAs;
}

/** Digits of a second's fraction behind the third: cqlsh writes six, Cassandra reads three. */
const MICROSECONDS = /(:\d\d\.\d{3})\d+/;
const TEXTS = new Set(['text', 'ascii']);

/** Reads records of texts as rows of parameters in the order of the table's columns; what is not there is left out. */
export class CsvRows {
  private readonly table: TextTable;
  private readonly schema: Schema;
  private readonly columns: TextTable['columns'];
  private readonly rewrites: readonly (((text: string) => string) | null)[];
  private readonly encodedAs: EncodedAs;
  /** Of each value of a record. */
  private readonly positions: readonly number[];
  private readonly nullText: string;
  private readonly out = new ByteWriter(256);

  /** `names`: of the values, in their order. Throws CassetteError WRONG_FILE for names that the table has not, or has once and the file twice. */
  constructor(table: TextTable, names: readonly string[], options: CsvRowsOptions, file: string) {
    const { nullText, schema = Schema.empty, rewrite, encodedAs = encodedHere } = options;
    this.table = table;
    this.schema = schema;
    this.columns = table.columns;
    this.nullText = nullText;
    this.encodedAs = encodedAs;
    this.rewrites = table.columns.map(({ type }) => rewrite?.(type) ?? null);
    this.positions = names.map((name) => {
      const exact = this.columns.findIndex((column) => column.name === name);
      const position = exact >= 0 ? exact : this.columns.findIndex((column) => column.name === plain(name));
      if (position >= 0) return position;
      const columns = this.columns.map((column) => column.name).join(', ');
      throw wrongFile(
        file,
        `${table.keyspace}.${table.name} has no column ${JSON.stringify(name)}: its columns are ${columns}. Where the first line is a row and not these names, say the columns where you say the file`,
      );
    });
    const twice = this.positions.find((position, i) => this.positions.indexOf(position) < i);
    if (twice !== undefined) throw wrongFile(file, `the column ${this.columns[twice].name} is there twice`);
  }

  /** Throws RefusedValue for what is no row of the table. */
  row(record: readonly string[]): unknown[] {
    const { positions, columns, nullText } = this;
    if (record.length !== positions.length) {
      throw new RefusedValue(`it has ${record.length} values, and there are ${positions.length} columns`);
    }
    const row: unknown[] = new Array(columns.length).fill(undefined);
    for (let i = 0; i < record.length; i++) {
      if (record[i] !== nullText) row[positions[i]] = this.value(positions[i], record[i]);
    }
    return row;
  }

  private value(position: number, given: string): unknown {
    const { name, type } = this.columns[position];
    const rewrite = this.rewrites[position];
    const text = rewrite === null ? given : rewrite(given);
    const cql = type.cqlName();
    if (TEXTS.has(cql)) return text;
    if (type.subTypes.length > 0) return this.compound(name, type, text);
    this.out.clear();
    const written = cql === 'timestamp' ? text.replace(MICROSECONDS, '$1') : cql === 'boolean' ? text.toLowerCase() : text;
    orRefused(() => encodeJson(type, written, this.out), `${name}: `);
    return this.encodedAs(this.out.written().slice());
  }

  /** A collection, tuple or user type: as statements write it and cqlsh prints it, or as JSON. */
  private compound(name: string, type: CqlType, text: string): unknown {
    const { keyspace, name: table } = this.table;
    try {
      const bytes = encodeTermText(this.schema, { keyspace, table, name, type }, text);
      return bytes === null ? undefined : this.encodedAs(bytes);
    } catch (error) {
      if (!(error instanceof InvalidRequestError) && !(error instanceof CqlSyntaxError)) throw error;
      this.out.clear();
      try {
        encodeJson(type, text, this.out);
      } catch (second) {
        if (!(second instanceof InvalidRequestError)) throw second;
        throw new RefusedValue(`${name}: ${error.message}`);
      }
      return this.encodedAs(this.out.written().slice());
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
