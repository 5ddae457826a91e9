import type { ColumnSpec } from './column-spec.ts';
import { jsonOf } from './row-json.ts';

/** What a row was made of: for the methods below, which are no members of the class. */
let valuesOf: (row: Row) => readonly unknown[];
let columnsOf: (row: Row) => readonly ColumnSpec[];

/**
 * One row of a result: the values are own enumerable properties by column name, as with the Node driver's Row. Where two
 * columns have one name the property is the last one's; `get` with an index tells them apart.
 */
export class Row {
  [name: string]: unknown;
  declare readonly get: (column: string | number) => unknown;
  declare readonly keys: () => string[];
  declare readonly values: () => unknown[];
  declare readonly forEach: (callback: (value: unknown, name: string) => void) => void;
  declare readonly toJSON: () => Record<string, unknown>;
  readonly #columns: readonly ColumnSpec[];
  readonly #values: readonly unknown[];

  /** `values` in the order of `columns`. */
  constructor(columns: readonly ColumnSpec[], values: readonly unknown[]) {
    this.#columns = columns;
    this.#values = values;
    if (areAllPlain(columns)) {
      for (let i = 0; i < columns.length; i++) this[columns[i].name] = values[i];
      return;
    }
    for (let i = 0; i < columns.length; i++) {
      const name = columns[i].name;
      // Names that the prototype has (get, __proto__) must become properties and not reach a setter.
      if (name in Row.prototype) {
        Object.defineProperty(this, name, { value: values[i], enumerable: true, configurable: true, writable: true });
      } else {
        this[name] = values[i];
      }
    }
  }

  static {
    valuesOf = (row) => row.#values;
    columnsOf = (row) => row.#columns;
  }
}

/** Whether no name of these columns is one that the prototype has: looked at once for all rows of a result. */
function areAllPlain(columns: readonly ColumnSpec[]): boolean {
  let all = plain.get(columns);
  if (all === undefined) {
    all = !columns.some(({ name }) => name in Row.prototype);
    plain.set(columns, all);
  }
  return all;
}

const plain = new WeakMap<readonly ColumnSpec[], boolean>();

// On the prototype by hand: a class with an index signature of unknown can't declare methods of its own kind.
const methods = {
  /** The value of a column by name or by index from 0; undefined where there is no such column. */
  get(this: Row, column: string | number): unknown {
    if (typeof column === 'number') return valuesOf(this)[column];
    return Object.hasOwn(this, column) ? this[column] : undefined;
  },
  /** Column names in the order of the result. */
  keys(this: Row): string[] {
    return columnsOf(this).map((column) => column.name);
  },
  /** Values in the order of the result. */
  values(this: Row): unknown[] {
    return [...valuesOf(this)];
  },
  /** Calls back with each value and its column's name. */
  forEach(this: Row, callback: (value: unknown, name: string) => void): void {
    for (const [i, column] of columnsOf(this).entries()) callback(valuesOf(this)[i], column.name);
  },
  /** The columns as JSON can hold them (see jsonOf): what JSON.stringify asks for. */
  toJSON(this: Row): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, jsonOf(value)]));
  },
};
for (const [name, value] of Object.entries(methods)) Object.defineProperty(Row.prototype, name, { value });
