import type { ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, CqlType } from '@cassette/cql';
import type { Binding } from '../../prepared/binding.ts';
import { cellTimes, type Times, type TimesKind } from './cell-times.ts';
import { type SelectedRow, Selector } from './selector.ts';

/** A selector whose cells have write times and TTLs: a column, or a part of one. */
export interface TimedSelector extends Selector {
  /** Times of the cells that the value is made of; null where there are none. */
  times(row: SelectedRow, binding: Binding, kind: TimesKind): Times | null;
}

/** A column. */
export class ColumnSelection extends Selector implements TimedSelector {
  readonly type: CqlType;
  readonly name: string;
  readonly column: ColumnMetadata;

  constructor(column: ColumnMetadata) {
    super();
    this.column = column;
    this.type = column.type;
    this.name = column.name;
  }

  write(row: SelectedRow, _binding: Binding, out: ByteWriter): boolean {
    return row.write(this.column, out);
  }

  times(row: SelectedRow, binding: Binding, kind: TimesKind): Times | null {
    return cellTimes(row, this.column, kind, binding.nowInSeconds);
  }
}
