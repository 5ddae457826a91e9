import { toHex } from '@cassette/bytes';
import { type ColumnMetadata, InvalidRequestError, nativeTypes, type TableMetadata } from '@cassette/cql';
import type { Conditions, ModificationPlan } from '../cql-to-mutation/index.ts';
import { comparatorOf } from '../deletion/index.ts';
import type { Binding } from '../prepared/index.ts';
import { ResultBuilder, type ResultSet } from '../result/index.ts';
import type { ReadSource } from '../select/index.ts';
import { type FoundRow, RowLookup } from './row-lookup.ts';

/** A plan with its values. */
export interface BoundPlan {
  readonly plan: ModificationPlan;
  readonly binding: Binding;
}

/**
 * Statements with IF on one partition: whether they go ahead, and what is answered where they do not. Cassandra: statements.CQL3CasRequest
 * and ModificationStatement#buildCasResultSet.
 */
export class ConditionalWrite {
  private readonly statements: readonly BoundPlan[];
  private readonly isBatch: boolean;
  private readonly table: TableMetadata;
  private readonly key: Uint8Array;
  /** Rows that conditions are about, by clustering in hex; the static one is ''. */
  private readonly kinds = new Map<string, Conditions['kind']>();
  private readonly clusterings: Uint8Array[] = [];

  /** Throws InvalidRequestError where the statements are about several partitions, or conditions contradict each other. */
  constructor(statements: readonly BoundPlan[], isBatch: boolean) {
    this.statements = statements;
    this.isBatch = isBatch;
    const [{ plan, binding }, ...others] = statements;
    this.table = plan.table;
    for (const one of statements) one.plan.checkOneRow();
    this.key = plan.keyOf(binding);
    const key = toHex(this.key);
    const other = others.find((one) => toHex(one.plan.keyOf(one.binding)) !== key);
    if (other !== undefined) {
      throw new InvalidRequestError('Batch with conditions cannot span multiple partitions', other.plan.parts.where);
    }
    for (const one of statements) {
      one.plan.checkRow(one.binding);
      this.addConditions(one);
    }
  }

  private addConditions({ plan, binding }: BoundPlan): void {
    const { conditions } = plan.parts;
    if (conditions === null) return;
    conditions.check(binding);
    const { clustering } = plan.rowOf(binding);
    const { kind, columns } = conditions;
    if (kind !== 'columns') {
      this.addRow(kind, clustering, plan);
      return;
    }
    if (columns.some((column) => column.kind === 'static')) this.addRow(kind, null, plan);
    if (columns.some((column) => column.kind !== 'static')) this.addRow(kind, clustering, plan);
  }

  private addRow(kind: Conditions['kind'], clustering: Uint8Array | null, plan: ModificationPlan): void {
    const name = clustering === null ? 'static' : toHex(clustering);
    const before = this.kinds.get(name);
    if (before === undefined) {
      this.kinds.set(name, kind);
      if (clustering !== null) this.clusterings.push(clustering);
    } else if (before !== kind) {
      const words = { exists: 'IF EXISTS', notExists: 'IF NOT EXISTS', columns: 'IF conditions' };
      throw new InvalidRequestError(`Cannot mix ${words[before]} and ${words[kind]} for the same row`, plan.parts.where);
    }
  }

  /** Reads what the conditions are about: null where all of them hold, else the answer that says that nothing was written. */
  refusal(source: ReadSource, nowInSeconds: number): ResultSet | null {
    const lookup = new RowLookup(source);
    try {
      const holds = this.statements.every(({ plan, binding }) => {
        const { conditions, table } = plan.parts;
        if (conditions === null) return true;
        const { key, clustering } = plan.rowOf(binding);
        const found = lookup.find(table, key, clustering, nowInSeconds);
        return conditions.applies(found.exists, found.value, binding);
      });
      return holds ? null : this.refused(lookup, nowInSeconds);
    } finally {
      lookup.close();
    }
  }

  /** The answer to what was written. */
  applied(): ResultSet {
    return this.answer(true, [], []);
  }

  /**
   * What the rows have that the conditions are about; with nothing but static conditions, the first row of the partition.
   */
  private refused(lookup: RowLookup, nowInSeconds: number): ResultSet {
    const { table, key, clusterings } = this;
    const comparator = comparatorOf(table);
    const ordered = clusterings.toSorted((a, b) => comparator.compareClusterings(a, 0, a.length, b, 0, b.length));
    const looked =
      ordered.length === 0
        ? [lookup.findFirst(table, key, nowInSeconds, !this.statements.some(({ plan }) => plan.touchesRows))]
        : ordered.map((clustering) => lookup.find(table, key, clustering, nowInSeconds));
    const rows = looked.filter((row) => row.exists);
    if (rows.length > 0) return this.answer(false, this.columns(), rows);
    const statics = lookup.find(table, key, null, nowInSeconds);
    const hasStatics = table.staticColumns.some((column) => this.isRead(column) && statics.value(column) !== null);
    return hasStatics ? this.answer(false, this.columns(), [statics]) : this.answer(false, [], []);
  }

  private columns(): readonly ColumnMetadata[] {
    const { table } = this;
    const all = this.statements.flatMap(({ plan }) => plan.parts.conditions ?? []);
    if (all.some((conditions) => conditions.kind !== 'columns')) return table.columnsInSelectOrder;
    const key = this.isBatch ? [...table.partitionKey, ...table.clustering] : [];
    return [...new Set([...key, ...all.flatMap((conditions) => conditions.columns)])];
  }

  /** Static columns are read where a statement with IF writes some, regular ones where rows are written; else those of the conditions alone. */
  private isRead(column: ColumnMetadata): boolean {
    if (column.kind !== 'static' && column.kind !== 'regular') return true;
    const isStatic = column.kind === 'static';
    return this.statements.some(({ plan }) => {
      const { conditions, statics } = plan.parts;
      if (isStatic ? conditions !== null && statics.length > 0 : plan.touchesRows) return true;
      return conditions?.columns.includes(column) === true;
    });
  }

  private answer(applied: boolean, columns: readonly ColumnMetadata[], rows: readonly FoundRow[]): ResultSet {
    const { keyspace, name: table } = this.table;
    const builder = new ResultBuilder([
      { keyspace, table, name: '[applied]', type: nativeTypes.boolean },
      ...columns.map(({ name, type }) => ({ keyspace, table, name, type })),
    ]);
    const read = columns.map((column) => this.isRead(column));
    for (const row of rows.length === 0 ? [null] : rows) {
      builder.out.u8(applied ? 1 : 0);
      builder.endCell();
      for (const [index, column] of columns.entries()) {
        const value = read[index] ? (row?.value(column) ?? null) : null;
        if (value === null) {
          builder.endNullCell();
        } else {
          builder.out.bytes(value);
          builder.endCell();
        }
      }
    }
    return builder.finish();
  }
}
