import { ByteWriter, fromHex } from '@cassette/bytes';
import {
  type CqlType,
  encodeJson,
  InvalidRequestError,
  isJsonObject,
  type JsonValue,
  jsonByName,
  parseOneJson,
} from '@cassette/cql';
import { RefusedValue } from './refused-value.ts';
import { type EncodedAs, encodedHere, type TextTable } from './text-table.ts';

/** A value of JSON as a parameter of the column's type; undefined where only the exact way tells. */
type Shortcut = (value: unknown) => unknown;

/** A point of time as `SELECT JSON` and `toISOString` write it. */
const INSTANT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const HEXADECIMAL = /^0x([0-9a-fA-F]{2})*$/;

/**
 * Reads lines of JSON, one object each, as rows of parameters in the order of the table's columns. What each value may be is what INSERT JSON
 * takes; names in quotes are case-sensitive as there. Absent values and nulls are left out: a file of rows deletes nothing.
 */
export class JsonRows {
  private readonly columns: TextTable['columns'];
  private readonly shortcuts: readonly Shortcut[];
  /** Positions of columns by names as files have them; filled as they come. */
  private readonly positions = new Map<string, number>();
  private readonly table: TextTable;
  private readonly encodedAs: EncodedAs;
  private readonly out = new ByteWriter(256);

  /** `encodedAs`: for an engine that is another copy of this code. */
  constructor(table: TextTable, encodedAs: EncodedAs = encodedHere) {
    this.encodedAs = encodedAs;
    this.table = table;
    this.columns = table.columns;
    this.shortcuts = this.columns.map(({ type }) => shortcutOf(type));
  }

  /** Throws RefusedValue for what is no row of the table. */
  row(line: string): unknown[] {
    let object: Record<string, unknown>;
    try {
      object = JSON.parse(line);
    } catch {
      // Cassandra's own reader takes a little more, and says better what it does not take.
      return this.exactRow(line);
    }
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return this.exactRow(line);
    const row: unknown[] = new Array(this.columns.length).fill(undefined);
    for (const name in object) {
      const value = object[name];
      const position = this.positionOf(name);
      if (value === null) continue;
      const parameter = this.shortcuts[position](value);
      if (parameter === undefined || row[position] !== undefined) return this.exactRow(line);
      row[position] = parameter;
    }
    return row;
  }

  /** The row by the reader that loses nothing. */
  private exactRow(line: string): unknown[] {
    const value = orRefused(() => parseOneJson(line));
    if (value === null || !isJsonObject(value)) throw new RefusedValue('it is no JSON object');
    const row: unknown[] = new Array(this.columns.length).fill(undefined);
    for (const [name, one] of jsonByName(value)) {
      const position = this.columns.findIndex((column) => column.name === name);
      if (position < 0) throw this.unknown(name);
      if (one !== null) row[position] = this.encoded(this.columns[position], one);
    }
    return row;
  }

  private encoded({ name, type }: TextTable['columns'][number], value: Exclude<JsonValue, null>): unknown {
    this.out.clear();
    orRefused(() => encodeJson(type, value, this.out), `${name}: `);
    return this.encodedAs(this.out.written().slice());
  }

  private positionOf(name: string): number {
    const known = this.positions.get(name);
    if (known !== undefined) return known;
    const plain = name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name.toLowerCase();
    const position = this.columns.findIndex((column) => column.name === plain);
    if (position < 0) throw this.unknown(plain);
    this.positions.set(name, position);
    return position;
  }

  private unknown(name: string): RefusedValue {
    return new RefusedValue(`${this.table.keyspace}.${this.table.name} has no column ${name}`);
  }
}

/** What the work gives; what it refuses is refused of a row. */
export function orRefused<T>(work: () => T, where = ''): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidRequestError) throw new RefusedValue(`${where}${error.reason}`);
    throw error;
  }
}

function shortcutOf(type: CqlType): Shortcut {
  switch (type.cqlName()) {
    case 'text':
    case 'ascii':
    case 'uuid':
    case 'timeuuid':
    case 'inet':
      return (value) => (typeof value === 'string' ? value : undefined);
    case 'int':
      return (value) => (typeof value === 'number' && (value | 0) === value ? value : undefined);
    case 'bigint':
      // What is beyond may have been another number in the text.
      return (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined);
    case 'double':
    case 'float':
      return (value) => (typeof value === 'number' ? value : undefined);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : undefined);
    case 'timestamp':
      return (value) => {
        if (typeof value !== 'string' || !INSTANT.test(value)) return undefined;
        const milliseconds = Date.parse(value);
        return Number.isNaN(milliseconds) ? undefined : milliseconds;
      };
    case 'blob':
      return (value) => (typeof value === 'string' && HEXADECIMAL.test(value) ? fromHex(value.slice(2)) : undefined);
    default:
      return () => undefined;
  }
}
