import { ByteWriter } from '@cassette/bytes';
import { jsonText } from '@cassette/cql';
import type { Binding } from '../prepared/binding.ts';
import { ResultBuilder, type ResultSet } from '../result/index.ts';
import type { RowView } from './row-view.ts';
import type { SelectPlan } from './select-plan.ts';
import { type Collected, selectedBytes } from './selectors/index.ts';

/** Takes the rows of an answer and makes the result of them: row by row, or group by group. */
export class RowSink {
  private readonly plan: SelectPlan;
  private readonly binding: Binding;
  private readonly builder: ResultBuilder;
  private readonly scratch = new ByteWriter(128);
  private readonly sortKeys: (Uint8Array | null)[][] = [];
  private group: Group | null = null;
  /** What each row is known by: for those who compare this answer with an earlier one. Null where nobody asks. */
  private rowIds: string[] | null;

  constructor(plan: SelectPlan, binding: Binding, identified: boolean) {
    this.plan = plan;
    this.binding = binding;
    this.rowIds = identified ? [] : null;
    this.builder = new ResultBuilder(plan.columns);
  }

  /** What each row of the finished answer is known by: its primary key, or the key of its group; empty unless that was asked for. */
  get ids(): readonly string[] {
    return this.rowIds ?? [];
  }

  /** Rows (or whole groups) so far. */
  get rowLength(): number {
    return this.builder.rowLength;
  }

  /** Adds a row of an answer without groups. */
  add(view: RowView): void {
    const { plan, binding } = this;
    const out = plan.json ? this.scratch : this.builder.out;
    if (plan.json) {
      this.writeJson((i) => plan.selectors[i].write(view, binding, out));
    } else {
      for (const selector of plan.selectors) {
        if (selector.write(view, binding, out)) this.builder.endCell();
        else this.builder.endNullCell();
      }
    }
    if (plan.sortBy.length > 0) this.sortKeys.push(plan.sortBy.map(({ column }) => view.value(column)));
    this.rowIds?.push(view.identity(!plan.distinct));
  }

  /**
   * Goes to the group of a row and returns whether it is a new one: the one before it is complete then, and this one may be abandoned
   * before anything is computed of it.
   */
  enterGroup(view: RowView): boolean {
    const key = this.plan.groupBy.map((selector) => selectedBytes(selector, view, this.binding)?.join() ?? '').join(';');
    const isNew = this.group === null || this.group.key !== key;
    if (isNew) {
      this.endGroup();
      this.group = { ...this.newGroup(key), sortKey: this.plan.sortBy.map(({ column }) => view.value(column)) };
    }
    return isNew;
  }

  /** Adds a row to the group that it was entered for; to none where that was abandoned. */
  addToGroup(view: RowView): void {
    if (this.group === null) return;
    for (const collected of this.group.collected) collected.add(view);
  }

  private newGroup(key: string): Group {
    return { key, sortKey: [], collected: this.plan.selectors.map((selector) => selector.collect(this.binding)) };
  }

  /** Ends the group that is open: its row is complete. */
  private endGroup(): void {
    const { group, plan } = this;
    if (group === null) return;
    this.group = null;
    this.rowIds?.push(group.key);
    if (plan.groupBy.length > 0 && plan.sortBy.length > 0) this.sortKeys.push(group.sortKey);
    const write = (i: number, out: ByteWriter) => group.collected[i].finish(out);
    if (plan.json) {
      this.writeJson((i) => write(i, this.scratch));
      return;
    }
    for (let i = 0; i < plan.selectors.length; i++) {
      if (write(i, this.builder.out)) this.builder.endCell();
      else this.builder.endNullCell();
    }
  }

  /** One cell of JSON text; `write` leaves the i-th value in the scratch buffer. Cassandra: ResultSetBuilder's rowToJson. */
  private writeJson(write: (i: number) => boolean): void {
    const { selected } = this.plan;
    const parts = selected.map(({ name, type }, i) => {
      this.scratch.clear();
      const text = write(i) ? type.toJson(this.scratch.buffer, 0, this.scratch.length) : 'null';
      // Names that need quotes in CQL have them inside the JSON text too.
      return `${jsonText(name === name.toLowerCase() ? name : `"${name}"`)}: ${text}`;
    });
    this.builder.out.utf8(`{${parts.join(', ')}}`);
    this.builder.endCell();
  }

  /** Drops a group that was begun but is beyond the limit. */
  abandonGroup(): void {
    this.group = null;
  }

  /** The result, cut to `limit` rows after sorting. */
  finish(pageState: Uint8Array | null, limit: number): ResultSet {
    const { plan } = this;
    if (plan.aggregated) {
      // Without GROUP BY there is one group, even of no rows.
      if (this.group === null && plan.groupBy.length === 0 && this.rowLength === 0) this.group = this.newGroup('');
      this.endGroup();
    }
    if (this.sortKeys.length === 0) return this.builder.finish(pageState);
    const order = this.sortKeys.map((_, i) => i).sort((a, b) => this.compareRows(a, b));
    const kept = Number.isFinite(limit) ? order.slice(0, limit) : order;
    const { rowIds } = this;
    if (rowIds !== null) this.rowIds = kept.map((i) => rowIds[i]);
    return this.builder.finishOrdered(kept);
  }

  private compareRows(a: number, b: number): number {
    for (const [i, { column, descending }] of this.plan.sortBy.entries()) {
      const x = this.sortKeys[a][i];
      const y = this.sortKeys[b][i];
      if (x === null || y === null) {
        // Null comes before everything, and behind it where rows are read backwards.
        const order = Number(x !== null) - Number(y !== null);
        if (order !== 0) return this.plan.reversed ? -order : order;
        continue;
      }
      const order = column.type.compare(x, 0, x.length, y, 0, y.length);
      if (order !== 0) return descending ? -order : order;
    }
    return a - b;
  }
}

interface Group {
  readonly key: string;
  /** Of its first row. */
  readonly sortKey: (Uint8Array | null)[];
  readonly collected: readonly Collected[];
}
