import { compareBytes } from '@cassette/bytes';
import { CollectionType, type CqlType, type TableMetadata } from '@cassette/cql';
import type { Row } from '@cassette/sstable';

/** What the paths of a complex column's cells are values of; null for a user type, whose fields go by number: bytes do. */
function pathType(type: CqlType): CqlType | null {
  return type instanceof CollectionType ? type.nameType : null;
}

/**
 * Which of a table's columns are complex and in which order the cells of each stand. Cassandra: ColumnMetadata#cellPathComparator.
 */
export class PathOrder {
  private readonly statics: readonly (CqlType | null | undefined)[];
  private readonly regulars: readonly (CqlType | null | undefined)[];
  /** Whether all simple columns are counters, whose cells are reconciled by rules of their own. */
  readonly isCounter: boolean;

  constructor(table: TableMetadata) {
    const order = (columns: TableMetadata['regularColumns']) =>
      columns.map((column) => (column.type.isMultiCell ? pathType(column.type) : undefined));
    this.statics = order(table.staticColumns);
    this.regulars = order(table.regularColumns);
    this.isCounter = table.isCounter;
  }

  /** Whether a column, called by its position, has cells of its own for its elements. */
  isComplex(isStatic: boolean, column: number): boolean {
    return (isStatic ? this.statics : this.regulars)[column] !== undefined;
  }

  /** Order of the paths of entry `i` of `a` and entry `j` of `b`, both cells of that column. */
  compare(isStatic: boolean, column: number, a: Row, i: number, b: Row, j: number): number {
    const type = (isStatic ? this.statics : this.regulars)[column];
    const aFrom = a.cellPathFrom[i];
    const aTo = a.cellPathTo[i];
    const bFrom = b.cellPathFrom[j];
    const bTo = b.cellPathTo[j];
    return type
      ? type.compare(a.cellPathBytes[i], aFrom, aTo, b.cellPathBytes[j], bFrom, bTo)
      : compareBytes(a.cellPathBytes[i], aFrom, aTo, b.cellPathBytes[j], bFrom, bTo);
  }
}

const orders = new WeakMap<TableMetadata, PathOrder>();

/** The path order of a table; made once a table. */
export function pathOrderOf(table: TableMetadata): PathOrder {
  let order = orders.get(table);
  if (order === undefined) {
    order = new PathOrder(table);
    orders.set(table, order);
  }
  return order;
}
