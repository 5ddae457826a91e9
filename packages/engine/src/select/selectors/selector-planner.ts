import type { ColumnMetadata, Selectable, TableMetadata } from '@cassette/cql';
import { rareForms } from '../../prepared/rare-forms-part.ts';
import { existingColumn } from '../../prepared/restrictions/index.ts';
import type { StatementContext } from '../../prepared/statement-context.ts';
import { ColumnSelection } from './column-selection.ts';
import type { Selector } from './selector.ts';

/** Plans selectors, and keeps in mind which columns they look at. */
export class SelectorPlanner {
  /** Columns that were looked at so far. */
  readonly columns = new Set<ColumnMetadata>();
  private readonly context: StatementContext;
  private readonly table: TableMetadata;

  constructor(context: StatementContext, table: TableMetadata) {
    this.context = context;
    this.table = table;
  }

  /** Plans one. Throws InvalidRequestError that points at it, PartNotLoadedError for what is no column. */
  prepare(node: Selectable): Selector {
    const { context, table, columns } = this;
    if (node.kind !== 'column') {
      const { SelectablePlanner } = rareForms.module;
      return new SelectablePlanner(context, table, columns).prepare(node);
    }
    const column = existingColumn(context, table, node);
    columns.add(column);
    return new ColumnSelection(column);
  }
}
