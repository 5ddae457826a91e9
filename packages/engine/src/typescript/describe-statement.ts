import {
  type BindMarker,
  type ColumnCondition,
  type DescribedColumn,
  type DescribedParameter,
  isAlwaysThere,
  ListType,
  nativeTypes,
  type Schema,
  type Statement,
  type StatementDescription,
  type TableMetadata,
  type Term,
} from '@cassette/cql';
import type { ModificationPlan } from '../cql-to-mutation/modification-plan.ts';
import { type DataPlan, prepareStatement } from '../prepared/index.ts';
import * as forms from '../prepared/rare-forms.ts';
import { rareForms } from '../prepared/rare-forms-part.ts';
import type { ColumnSpec } from '../result/index.ts';
import type { SelectPlan } from '../select/select-plan.ts';
import { ColumnSelection } from '../select/selectors/column-selection.ts';
import type { Selector } from '../select/selectors/index.ts';
import { CellMetadataSelection } from '../select/selectors/metadata-selector.ts';
import { AggregateSelection } from '../select/selectors/simple-selectors.ts';

/**
 * What a statement about data takes and answers, told by preparing it as an execution would; null for other statements (of the schema,
 * USE, TRUNCATE). Throws CqlSyntaxError or InvalidRequestError.
 */
export function describeStatement(source: string, schema: Schema, keyspace: string | undefined): StatementDescription | null {
  rareForms.provide(forms);
  const { plan, statement, markers } = prepareStatement(source, schema, keyspace);
  if (plan === null) return null;
  const compared = comparedMarkers(statement);
  const parameters = markers.map((spec, i) => {
    const name = statement.bindMarkers[i]?.name ?? null;
    return { name: name ?? spec.name, type: spec.type, isNamed: name !== null, ...takenBy(spec, compared.get(i), plan, schema) };
  });
  return { parameters, columns: columnsOf(plan) };
}

/** What a marker takes besides values of its type; `compared` is of those of an IF, and says whether null is one. */
function takenBy(
  spec: ColumnSpec,
  compared: boolean | undefined,
  plan: DataPlan,
  schema: Schema,
): Pick<DescribedParameter, 'nullable' | 'optional'> {
  if (compared !== undefined) return { nullable: compared, optional: false };
  const writes = !('kind' in plan) || plan.kind === 'batch';
  const column = schema.table(spec.keyspace, spec.table)?.column(spec.name);
  const isKey = column?.kind === 'partition_key' || column?.kind === 'clustering';
  // Keys must be there, and so must what a SELECT compares with; a column that is written may be deleted or left as it is.
  const isWritten = writes && !isKey && !/^(in|key|idx)\(|^\[(timestamp|json)\]$/.test(spec.name);
  return { nullable: isWritten, optional: isWritten };
}

/** Markers of conditions, by their index, and whether null is something to compare with: with = and !=, and as one of several. */
function comparedMarkers(statement: Statement): Map<number, boolean> {
  const found = new Map<number, boolean>();
  for (const one of statement.kind === 'batch' ? statement.statements : [statement]) {
    for (const condition of 'conditions' in one ? one.conditions : []) {
      collectMarkers(condition, found);
      for (const term of valuesComparedWith(condition)) if (term.kind === 'marker') found.set(term.index, true);
    }
  }
  return found;
}

function valuesComparedWith(condition: ColumnCondition): readonly Term[] {
  if (condition.kind === 'in') return condition.values.kind === 'marker' ? [] : condition.values.values;
  return condition.operator === '=' || condition.operator === '!=' ? [condition.value] : [];
}

/** All markers in a part of a statement's tree, as such that do not take null. */
function collectMarkers(node: unknown, found: Map<number, boolean>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('kind' in node && node.kind === 'marker') found.set((node as BindMarker).index, false);
  else for (const part of Object.values(node)) collectMarkers(part, found);
}

function columnsOf(plan: DataPlan): readonly DescribedColumn[] | null {
  if (!('kind' in plan)) return answerOf([plan]);
  return plan.kind === 'batch' ? answerOf(plan.statements) : selectedColumns(plan);
}

function selectedColumns(plan: SelectPlan): DescribedColumn[] {
  const { columns, json, selectors } = plan;
  return columns.map(({ name, type }, i) => ({
    name,
    type,
    nullable: !json && mayBeNull(selectors[i], plan),
    optional: false,
    nullElements: !json && selectors[i] instanceof CellMetadataSelection && type instanceof ListType,
  }));
}

/** False is certain. */
function mayBeNull(selector: Selector, { table, aggregated, groupBy, restrictions }: SelectPlan): boolean {
  if (selector instanceof ColumnSelection) {
    // An aggregate of no rows at all answers one row, without a key.
    if (aggregated && groupBy.length === 0) return true;
    // A partition with nothing but static columns is no answer where clusterings are asked for.
    if (selector.column.kind === 'clustering' && !restrictions.readsFullPartitions) return false;
    return !isAlwaysThere(selector.column, table);
  }
  return !(selector instanceof AggregateSelection && selector.isNeverNull);
}

/** What conditions answer: whether they held, and if not, what was there instead. */
function answerOf(plans: readonly ModificationPlan[]): DescribedColumn[] | null {
  const conditional = plans.filter((plan) => plan.parts.conditions !== null);
  if (conditional.length === 0) return null;
  const applied = { name: '[applied]', type: nativeTypes.boolean, nullable: false, optional: false, nullElements: false };
  return [applied, ...columnsThere(conditional, conditional[0].table)];
}

function columnsThere(plans: readonly ModificationPlan[], table: TableMetadata): DescribedColumn[] {
  const conditions = plans.flatMap((plan) => plan.parts.conditions ?? []);
  const looked = new Set(conditions.flatMap((one) => one.columns));
  const all = conditions.some((one) => one.kind !== 'columns');
  return table.columnsInSelectOrder
    .filter(
      (column) =>
        all || looked.has(column) || (plans.length > 1 && (column.kind === 'partition_key' || column.kind === 'clustering')),
    )
    .map(({ name, type }) => ({ name, type, nullable: true, optional: true, nullElements: false }));
}
