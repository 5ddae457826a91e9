import {
  type ColumnMetadata,
  type IntegerTerm,
  nativeTypes,
  type Selectable,
  type SelectStatement,
  type TableMetadata,
} from '@cassette/cql';
import { rareForms } from '../prepared/rare-forms-part.ts';
import { existingColumn, StatementRestrictions } from '../prepared/restrictions/index.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';
import type { ColumnSpec } from '../result/index.ts';
import type { SelectPlan } from './select-plan.ts';
import { ColumnSelection, type Selector, SelectorPlanner } from './selectors/index.ts';

/** Plans a SELECT. Throws InvalidRequestError for what is not understood or not allowed. */
export function prepareSelect(context: StatementContext, statement: SelectStatement): SelectPlan {
  const table = context.table(statement.table);
  const planner = new SelectorPlanner(context, table);
  const { selectors, selected } = prepareSelection(table, statement, planner);
  const isWildcard = statement.selectors.length === 0;
  const looked = [...planner.columns];
  const aggregated = statement.groupBy.length > 0 || selectors.some((selector) => selector.isAggregate);
  const hasStatic = looked.some((column) => column.kind === 'static');
  const restrictions = new StatementRestrictions(context, table, statement.where, {
    statement: 'SELECT',
    allowFiltering: statement.allowFiltering,
    pos: statement.pos,
    distinct: statement.distinct,
    onlyStatic: !isWildcard && hasStatic && looked.every((column) => column.kind === 'static' || column.kind === 'partition_key'),
  });
  if (statement.distinct) checkDistinct(context, table, statement, isWildcard ? table.columns : looked, restrictions);
  if (statement.perPartitionLimit !== null && aggregated && statement.groupBy.length === 0) {
    throw context.invalid('PER PARTITION LIMIT is not allowed with aggregate queries.', statement.perPartitionLimit.pos);
  }
  const groupBy = prepareGroupBy(context, table, statement, restrictions);
  const { reversed, sortBy } = prepareOrder(context, table, statement, restrictions);
  return {
    kind: 'select',
    where: context.place(statement.pos),
    table,
    restrictions,
    selectors,
    selected,
    columns: statement.json
      ? [{ keyspace: table.keyspace, table: table.name, name: '[json]', type: nativeTypes.text }]
      : selected,
    queriedColumns: isWildcard ? null : valueColumns(looked, restrictions),
    json: statement.json,
    distinct: statement.distinct,
    aggregated,
    groupBy,
    reversed,
    sortBy,
    limit: limitTerm(context, table, '[limit]', statement.limit),
    perPartitionLimit: limitTerm(context, table, '[per_partition_limit]', statement.perPartitionLimit),
  };
}

function valueColumns(looked: readonly ColumnMetadata[], { filteredColumns }: StatementRestrictions): readonly ColumnMetadata[] {
  const columns = new Set([...looked, ...filteredColumns]);
  return [...columns].filter(({ kind }) => kind === 'regular' || kind === 'static');
}

function limitTerm(context: StatementContext, table: TableMetadata, name: string, term: IntegerTerm | null): BoundTerm | null {
  return term === null ? null : prepareTerm(context, receiver(table, name, nativeTypes.int), term);
}

function prepareSelection(
  table: TableMetadata,
  statement: SelectStatement,
  planner: SelectorPlanner,
): { selectors: Selector[]; selected: ColumnSpec[] } {
  if (statement.selectors.length === 0) {
    const columns = table.columnsInSelectOrder;
    return {
      selectors: columns.map((column) => new ColumnSelection(column)),
      selected: columns.map((column) => receiver(table, column.name, column.type)),
    };
  }
  const selectors = statement.selectors.map(({ value }) => planner.prepare(value));
  const selected = statement.selectors.map(({ alias }, i) =>
    receiver(table, alias?.name ?? selectors[i].name, selectors[i].type),
  );
  return { selectors, selected };
}

function checkDistinct(
  context: StatementContext,
  table: TableMetadata,
  statement: SelectStatement,
  columns: readonly ColumnMetadata[],
  restrictions: StatementRestrictions,
): void {
  for (const column of columns) {
    if (column.kind === 'partition_key' || column.kind === 'static') continue;
    const selector = statement.selectors.find(({ value }) => value.kind === 'column' && value.name === column.name);
    throw context.invalid(
      `SELECT DISTINCT queries must only request partition key columns and/or static columns (not ${column.name})`,
      (selector ?? statement).pos,
    );
  }
  // Of a range of partitions the answer must tell which is which.
  const missing = restrictions.hasKeys ? undefined : table.partitionKey.find((column) => !columns.includes(column));
  if (missing !== undefined) {
    throw context.invalid(
      `SELECT DISTINCT queries must request all the partition key columns (missing ${missing.name})`,
      statement.pos,
    );
  }
  if (statement.perPartitionLimit !== null) {
    throw context.invalid('PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries', statement.perPartitionLimit.pos);
  }
}

function prepareGroupBy(
  context: StatementContext,
  table: TableMetadata,
  statement: SelectStatement,
  restrictions: StatementRestrictions,
): readonly Selector[] {
  const key = [...table.partitionKey, ...table.clustering];
  let next = 0;
  const grouped: Selector[] = [];
  for (const node of statement.groupBy) {
    const { column, selector } = groupColumn(context, table, node);
    if (grouped.some((before) => !(before instanceof ColumnSelection)) && selector instanceof ColumnSelection) {
      throw context.invalid('Functions are only supported on the last element of the GROUP BY clause', node.pos);
    }
    while (next < key.length && key[next] !== column && restrictions.isEq(key[next])) next++;
    if (key[next] !== column) {
      throw context.invalid(
        `Group by currently only support groups of columns following their declared order in the PRIMARY KEY`,
        node.pos,
      );
    }
    grouped.push(selector);
    next++;
  }
  if (statement.distinct && next > table.partitionKey.length) {
    throw context.invalid('Grouping on clustering columns is not allowed for SELECT DISTINCT queries', statement.groupBy[0].pos);
  }
  if (grouped.length > 0 && next < table.partitionKey.length) {
    throw context.invalid('Group by is not supported on only a part of the partition key', statement.groupBy[0].pos);
  }
  return grouped;
}

/** A column of the key, or a function that goes up with a clustering column. Cassandra: SelectStatement#getAggregationSpecFactory. */
function groupColumn(
  context: StatementContext,
  table: TableMetadata,
  node: Selectable,
): { readonly column: ColumnMetadata; readonly selector: Selector } {
  const planner = new SelectorPlanner(context, table);
  if (node.kind === 'column') {
    const column = existingColumn(context, table, node);
    if (column.kind !== 'partition_key' && column.kind !== 'clustering') {
      throw context.invalid(
        `Group by is currently only supported on the columns of the PRIMARY KEY, got ${column.name}`,
        node.pos,
      );
    }
    return { column, selector: planner.prepare(node) };
  }
  const selector = planner.prepare(node);
  if (selector.isAggregate) {
    throw context.invalid('Aggregate functions are not supported within the GROUP BY clause', node.pos);
  }
  if (!(selector instanceof rareForms.module.FunctionSelection)) {
    throw context.invalid('Group by is supported on columns and functions only', node.pos);
  }
  const [column, ...others] = planner.columns;
  if (column === undefined) {
    throw context.invalid('GROUP BY functions must have one clustering column name as parameter', node.pos);
  }
  if (others.length > 0) {
    const names = [...planner.columns].map(({ name }) => name).join(', ');
    throw context.invalid(`GROUP BY functions accept only one clustering column as parameter, got: ${names}`, node.pos);
  }
  if (column.kind !== 'clustering') {
    throw context.invalid(`Group by functions are only supported on clustering columns, got ${column.name}`, node.pos);
  }
  if (!selector.isMonotonic) throw context.invalid('Only monotonic functions are supported in the GROUP BY clause', node.pos);
  return { column, selector };
}

function prepareOrder(
  context: StatementContext,
  table: TableMetadata,
  statement: SelectStatement,
  restrictions: StatementRestrictions,
): Pick<SelectPlan, 'reversed' | 'sortBy'> {
  if (statement.orderBy.length === 0) return { reversed: false, sortBy: [] };
  if (statement.orderBy.some((ordering) => ordering.annOf !== null)) {
    throw context.invalid(
      'ANN ordering needs an index on the column, and indexes are not supported yet: select the vectors and sort the rows in the app',
      statement.orderBy[0].pos,
    );
  }
  if (!restrictions.hasKeys) {
    throw context.invalid(
      'ORDER BY is only supported when the partition key is restricted by an EQ or an IN.',
      statement.orderBy[0].pos,
    );
  }
  const { clustering } = table;
  let next = 0;
  let reversed: boolean | null = null;
  const sortBy: { column: ColumnMetadata; descending: boolean }[] = [];
  // Of a column that is named twice the last direction counts, at the first place.
  const orderings = new Map(
    statement.orderBy.map((ordering) => [existingColumn(context, table, ordering.column), ordering] as const),
  );
  for (const [column, ordering] of orderings) {
    if (column.kind !== 'clustering') {
      throw context.invalid(
        `Order by is currently only supported on the clustered columns of the PRIMARY KEY, got ${column.name}`,
        ordering.pos,
      );
    }
    while (next < column.position && restrictions.isEq(clustering[next])) next++;
    if (next !== column.position) {
      throw context.invalid(
        'Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY',
        ordering.pos,
      );
    }
    next++;
    const descending = ordering.direction === 'desc';
    const turned = descending !== column.descending;
    if (reversed !== null && reversed !== turned) throw context.invalid('Unsupported order by relation', ordering.pos);
    reversed = turned;
    sortBy.push({ column, descending });
  }
  // Of one partition there is one row, whatever the order; to sort those of several the columns would have to be selected.
  if (statement.distinct && restrictions.keysAreIn) {
    throw context.invalid(
      `SELECT DISTINCT queries must only request partition key columns and/or static columns (not ${sortBy[0].column.name})`,
      statement.orderBy[0].pos,
    );
  }
  return { reversed: reversed === true && !statement.distinct, sortBy: restrictions.keysAreIn ? sortBy : [] };
}
