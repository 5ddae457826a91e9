import { CassetteError, type Loadable, withParts } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { tableKey } from '../catalog/index.ts';
import type { MutationReader } from '../mutation/mutation-reader.ts';
import type { Binding } from '../prepared/binding.ts';
import type { ColumnSpec } from '../result/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import { executeSelect, type ReadSource, type SelectPlan } from '../select/index.ts';
import { textOfBytes } from '../select/text-of-bytes.ts';
import { AnswerReader, checkSize, emptyPartition, type PartitionAnswer } from './answer.ts';
import { diffRows } from './diff-rows.ts';
import { sameColumns } from './encoded-row-list.ts';
import { NEVER } from './expiry.ts';
import { Interest } from './interest.ts';
import { type RowUpdate, RowUpdateBuilder } from './row-update.ts';
import type { WriteWatch, WriteWatcher } from './write-watch.ts';

/** What a live query stands on. */
export interface LiveQueryHost {
  readonly source: ReadSource;
  readonly scheduler: Scheduler;
  readonly watch: WriteWatch;
  readonly sliceMilliseconds: number;
  /** Wall clock, in milliseconds: decides how long it is until something expires. */
  nowInMillis(): number;
  /** See `WriteEngine.unopened`. */
  unopened(table: TableMetadata): Loadable | null;
}

/** A SELECT as the schema has it now, and its values. */
export interface LiveSelect {
  readonly plan: SelectPlan;
  /** Made anew for each read: the time goes on. */
  binding(): Binding;
}

/** Where a live query tells what happens. */
export interface LiveQuerySink {
  /** The rows are others; nothing more is told until what it returns has settled, and what happens meanwhile comes as one. */
  updated(update: RowUpdate): unknown;
  /** Reading, or whoever was told, failed. `ended`: nothing more will come. */
  failed(error: unknown, ended: boolean): void;
}

/** Partitions that are remembered as changed before all are read again. */
const DIRTY_MAX = 1000;
/** Longest wait of a timer, in milliseconds: browsers run longer ones at once. */
const WAIT_MAX = 0x3fffffff;
const NO_PARTITIONS: readonly PartitionAnswer[] = [];

/**
 * Keeps the answer of one SELECT up to date, encoded. A mutation that may change it is known by its bytes (see Interest); then the
 * partitions it is about are read again, or, where no partition can be told apart in the answer (aggregates, LIMIT, ORDER BY over several
 * partitions), all of it, and what is different is told as one update. It holds the key and the encoded values of each row.
 */
export class LiveQuery implements WriteWatcher {
  private readonly host: LiveQueryHost;
  private readonly prepare: () => LiveSelect;
  private readonly sink: LiveQuerySink;
  private readonly rowsMax: number;
  private select: LiveSelect | null = null;
  private interest: Interest | null = null;
  private unwatch: () => void = () => undefined;
  private partitions = NO_PARTITIONS;
  /** Null before the first answer. */
  private columns: readonly ColumnSpec[] | null = null;
  /** Partitions to be read again, by the text of their keys. */
  private dirty = new Map<string, Uint8Array>();
  private allDirty = true;
  private schemaDirty = true;
  /** Whether the next update has nothing to do with the rows of before. */
  private isResetDue = true;
  private isWorking = false;
  /** Ends a read that is under way when nobody wants to hear of it any more. */
  private readonly reading = new AbortController();
  private isClosed = false;
  private soonest = NEVER;
  private cancelTimer: (() => void) | null = null;

  /** `prepare` throws what planning throws: at first, and after each change of the schema. */
  constructor(host: LiveQueryHost, prepare: () => LiveSelect, sink: LiveQuerySink, rowsMax: number) {
    this.host = host;
    this.prepare = prepare;
    this.sink = sink;
    this.rowsMax = rowsMax;
  }

  /** Reads the first answer. */
  start(): void {
    this.wake();
  }

  /** Ends it: nothing more is told. */
  close(): void {
    this.isClosed = true;
    this.reading.abort();
    this.unwatch();
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.partitions = NO_PARTITIONS;
    this.dirty.clear();
  }

  mutated(reader: MutationReader, from: number): void {
    if (!this.allDirty) {
      if (this.interest?.includes(reader, from) !== true) return;
      this.touch(reader.bytes.slice(reader.keyFrom, reader.keyTo));
    }
    this.wake();
  }

  replaced(): void {
    this.allDirty = true;
    this.wake();
  }

  schemaChanged(): void {
    this.schemaDirty = true;
    this.replaced();
  }

  private touch(key: Uint8Array): void {
    this.dirty.set(textOfBytes(key), key);
    if (this.dirty.size > DIRTY_MAX || (this.select !== null && isWhole(this.select.plan))) this.allDirty = true;
  }

  private wake(): void {
    if (this.isWorking || this.isClosed) return;
    this.isWorking = true;
    // What is written in the same turn becomes one update with it.
    this.host.scheduler.soon(() => void this.work());
  }

  private async work(): Promise<void> {
    try {
      while (!this.isClosed && (this.allDirty || this.dirty.size > 0)) {
        const update = await this.refresh();
        if (update !== null && !this.isClosed) await this.sink.updated(update);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.isWorking = false;
      this.setTimer();
    }
  }

  /** What failed is tried again with the next change: at once it would fail the same way. */
  private fail(error: unknown): void {
    if (this.isClosed) return;
    const ended = this.select === null || this.columns === null || isLasting(error);
    if (ended) this.close();
    // What was read before the failure may be half of it.
    else this.allDirty = true;
    this.sink.failed(error, ended);
  }

  private async refresh(): Promise<RowUpdate | null> {
    // The schema may change while code is on its way.
    for (;;) {
      if (this.schemaDirty) await withParts(() => this.prepareAgain());
      const unopened = this.host.unopened((this.select as LiveSelect).plan.table);
      if (unopened === null) break;
      await unopened.load();
      if (this.isClosed) return null;
    }
    const { plan, binding } = this.select as LiveSelect;
    const bound = binding();
    const all = this.allDirty;
    const keys = [...this.dirty.values()];
    // What is written from here on may be missing in what is read from here on.
    this.allDirty = false;
    this.dirty = new Map();
    if (all) this.interest = new Interest(plan, bound);
    const fresh = all ? await this.read(plan, bound) : await this.readPartitions(plan, bound, keys);
    if (this.isClosed) return null;
    const { isResetDue, partitions: before } = this;
    const after = all ? fresh : this.merged(before, fresh);
    checkSize(after, this.rowsMax);
    const update = this.difference(isResetDue ? NO_PARTITIONS : before, after, plan);
    this.isResetDue = false;
    this.partitions = after;
    this.columns = plan.columns;
    this.soonest = after.reduce((soonest, { expires }) => Math.min(soonest, expires), NEVER);
    return isResetDue || !update.isEmpty ? update.finish(isResetDue) : null;
  }

  private prepareAgain(): void {
    const before = this.select?.plan;
    this.select = null;
    const select = this.prepare();
    this.select = select;
    this.schemaDirty = false;
    this.unwatch();
    this.unwatch = this.host.watch.add(tableKey(select.plan.table), this);
    // Rows of other columns, or of another table of that name, have nothing to do with those of before.
    const { plan } = select;
    const isSame =
      before !== undefined && tableKey(before.table) === tableKey(plan.table) && sameColumns(before.columns, plan.columns);
    if (!isSame) this.isResetDue = true;
  }

  private async read(plan: SelectPlan, binding: Binding): Promise<PartitionAnswer[]> {
    const whole = isWhole(plan);
    const observer = new AnswerReader(this.rowsMax, whole);
    const { source, scheduler, sliceMilliseconds } = this.host;
    const { signal } = this.reading;
    const result = await executeSelect(source, scheduler, plan, binding, { sliceMilliseconds, observer, signal });
    return whole ? [observer.whole(result)] : observer.partitions(result);
  }

  private async readPartitions(plan: SelectPlan, binding: Binding, keys: readonly Uint8Array[]): Promise<PartitionAnswer[]> {
    const { source, scheduler, sliceMilliseconds } = this.host;
    const fresh: PartitionAnswer[] = [];
    for (const key of keys) {
      const observer = new AnswerReader(this.rowsMax, false);
      const options = { sliceMilliseconds, observer, partitions: [key], signal: this.reading.signal };
      const [found] = observer.partitions(await executeSelect(source, scheduler, plan, binding, options));
      fresh.push(found ?? emptyPartition(key));
    }
    const interest = this.interest as Interest;
    return fresh.sort((a, b) => interest.compareKeys(a, b));
  }

  /** The partitions that were not read again, and those that were. */
  private merged(before: readonly PartitionAnswer[], fresh: readonly PartitionAnswer[]): PartitionAnswer[] {
    const interest = this.interest as Interest;
    const merged: PartitionAnswer[] = [];
    let next = 0;
    for (const partition of before) {
      let order = -1;
      while (next < fresh.length && order < 0) {
        order = interest.compareKeys(fresh[next], partition);
        if (order <= 0) merged.push(fresh[next++]);
      }
      if (order !== 0) merged.push(partition);
    }
    merged.push(...fresh.slice(next));
    return merged.filter(({ rows }) => rows.length > 0);
  }

  private difference(before: readonly PartitionAnswer[], after: readonly PartitionAnswer[], plan: SelectPlan): RowUpdateBuilder {
    const interest = this.interest as Interest;
    const whole = isWhole(plan);
    const compare = (a: PartitionAnswer, b: PartitionAnswer) => (whole ? 0 : interest.compareKeys(a, b));
    const update = new RowUpdateBuilder(plan.columns);
    let beforeAt = 0;
    let afterAt = 0;
    let i = 0;
    let j = 0;
    while (i < before.length || j < after.length) {
      const order = i === before.length ? 1 : j === after.length ? -1 : compare(before[i], after[j]);
      const old = order <= 0 ? before[i++] : NONE;
      const now = order >= 0 ? after[j++] : NONE;
      if (old !== now) diffRows(old, now, update, beforeAt, afterAt);
      beforeAt += old.rows.length;
      afterAt += now.rows.length;
    }
    return update;
  }

  private setTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.isClosed || this.soonest === NEVER) return;
    const wait = this.soonest * 1000 - this.host.nowInMillis();
    this.cancelTimer = this.host.scheduler.later(
      () => {
        this.cancelTimer = null;
        this.expire();
      },
      Math.min(Math.max(wait, 1), WAIT_MAX),
    );
  }

  /** Reads again what has something that expired; a timer may also have been early, or what it was set for be gone. */
  private expire(): void {
    if (this.isClosed) return;
    const now = Math.floor(this.host.nowInMillis() / 1000);
    for (const { key, expires } of this.partitions) if (expires <= now) this.touch(key);
    if (this.dirty.size > 0) this.wake();
    else if (!this.isWorking) this.setTimer();
  }
}

const NONE = emptyPartition(new Uint8Array(0));

/** Whether the answer is one of all rows together: its parts can't be read by themselves. */
function isWhole(plan: SelectPlan): boolean {
  return plan.aggregated || plan.limit !== null || plan.sortBy.length > 0;
}

/** Whether trying again with the next change makes no sense. */
function isLasting(error: unknown): boolean {
  return error instanceof CassetteError && (error.code === 'SUBSCRIPTION_TOO_LARGE' || error.code === 'CLOSED');
}
