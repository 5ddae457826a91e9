import type { ColumnMetadata, Place, TableMetadata } from '@cassette/cql';
import type { StatementRestrictions } from '../prepared/restrictions/index.ts';
import type { BoundTerm } from '../prepared/terms/index.ts';
import type { ColumnSpec } from '../result/index.ts';
import type { Selector } from './selectors/index.ts';

/** A SELECT that was understood, ready to be bound. Cassandra: statements.SelectStatement. */
export interface SelectPlan {
  readonly kind: 'select';
  /** Where the statement begins. */
  readonly where: Place;
  readonly table: TableMetadata;
  readonly restrictions: StatementRestrictions;
  /** One for each column that is computed: those of the result, or for JSON those that go into the text. */
  readonly selectors: readonly Selector[];
  /** Names and types of `selectors`. */
  readonly selected: readonly ColumnSpec[];
  /** The columns of the result: `selected`, or `[json]`. */
  readonly columns: readonly ColumnSpec[];
  /** Regular and static columns whose values are selected or tested; null: all. */
  readonly queriedColumns: readonly ColumnMetadata[] | null;
  readonly json: boolean;
  readonly distinct: boolean;
  /** Whether some selector is an aggregate, or there is a GROUP BY. */
  readonly aggregated: boolean;
  /** What rows of a group have in common. */
  readonly groupBy: readonly Selector[];
  /** Clusterings are read from last to first. */
  readonly reversed: boolean;
  /** Sort keys of rows of several partitions together; empty where the order of storage is the answer's. */
  readonly sortBy: readonly { readonly column: ColumnMetadata; readonly descending: boolean }[];
  readonly limit: BoundTerm | null;
  readonly perPartitionLimit: BoundTerm | null;
}
