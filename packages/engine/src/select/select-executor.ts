import { ByteReader, ByteWriter, compareBytes } from '@cassette/bytes';
import { InvalidRequestError, pointedAt, type TableMetadata } from '@cassette/cql';
import type { ReadCommand, UnfilteredCursor } from '@cassette/sstable';
import type { Tracer } from '../observe/tracer.ts';
import { type Binding, TermState } from '../prepared/binding.ts';
import type { BoundTerm } from '../prepared/terms/index.ts';
import type { ResultSet } from '../result/index.ts';
import { checkAborted, type Scheduler } from '../scheduler/index.ts';
import { decodePageState, encodePageState, type PageState } from './page-state.ts';
import { PointSelect, type PointSource } from './point-select.ts';
import { rangeAfter, readPlaces, readSteps } from './read-steps.ts';
import { RowSink } from './row-sink.ts';
import { RowView } from './row-view.ts';
import { type LiveRow, LiveRows, LiveStep } from './rows/index.ts';
import type { SelectPlan } from './select-plan.ts';

/** Where a SELECT reads. */
export interface ReadSource {
  read(table: TableMetadata, command: ReadCommand): UnfilteredCursor;
  /** Throws ClosedError once the store was closed: cursors that are still open must not be read any more. */
  checkOpen(): void;
  /** Absent where each read is looked at. */
  readonly readPoint?: PointSource['readPoint'];
}

/** How a SELECT is answered. */
export interface SelectOptions {
  /** Rows of one page; absent: all rows at once. */
  readonly fetchSize?: number;
  /** Gives all rows in one page where pages can't be had, instead of refusing. */
  readonly pagesIfPossible?: boolean;
  /** From `ResultSet.pageState`. */
  readonly pageState?: Uint8Array | null;
  /** Milliseconds that a scan may take before others have their turn. */
  readonly sliceMilliseconds: number;
  /** Of what it asks for, only these partitions. */
  readonly partitions?: readonly Uint8Array[];
  readonly observer?: SelectObserver;
  /** Writes down what is done. */
  readonly tracer?: Tracer | null;
  /** Ends it, with CassetteError ABORTED, when it comes back from giving others their turn. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks on while a SELECT is answered: for those who keep the answer up to date. */
export interface SelectObserver {
  /** A row goes into the answer, which has `count` rows (or whole groups) before it. `row`: null for a partition of statics only. */
  row(view: RowView, row: LiveRow | null, statics: LiveRow, count: number): void;
  /** It is answered; `ids`: what each of its rows is known by. */
  answered(ids: readonly string[]): void;
}

/** Rows and markers that are looked at between two looks at the clock. */
const LOOKS = 32;

/**
 * Answers a SELECT. It reads as much as the answer needs, and gives others their turn between partitions and within them: what is open of
 * a partition is a snapshot, so that none is seen in two states. Cassandra: SelectStatement#execute.
 */
export async function executeSelect(
  source: ReadSource,
  scheduler: Scheduler,
  plan: SelectPlan,
  binding: Binding,
  options: SelectOptions,
): Promise<ResultSet> {
  // What is wrong with it is no fault of the statement's text.
  const after = options.pageState == null ? null : decodePageState(options.pageState, plan.table);
  let run: SelectRun | null = null;
  try {
    const row = rowOf(source, plan, binding, options);
    if (row !== null) return row;
    run = new SelectRun(source, plan, binding, options, after);
    let sliceEnd = scheduler.now() + options.sliceMilliseconds;
    while (!run.step(() => scheduler.now() >= sliceEnd)) {
      const left = scheduler.now();
      await scheduler.yield();
      options.tracer?.add({ kind: 'yielded', spent: options.tracer.since(left) });
      source.checkOpen();
      checkAborted('The statement', options.signal);
      sliceEnd = scheduler.now() + options.sliceMilliseconds;
    }
    return run.finish();
  } catch (error) {
    throw pointedAt(error, plan.where);
  } finally {
    run?.close();
  }
}

/** The answer of a SELECT of one row that is found at once; null where it has to be executed. */
function rowOf(source: ReadSource, plan: SelectPlan, binding: Binding, options: SelectOptions): ResultSet | null {
  const { tracer, observer, partitions, pageState, fetchSize } = options;
  if (source.readPoint === undefined || tracer || observer || partitions || pageState || fetchSize === 1) return null;
  return PointSelect.of(plan)?.result(source as PointSource, binding) ?? null;
}

function limitOf(term: BoundTerm | null, binding: Binding, name: string): number {
  if (term === null) return Number.POSITIVE_INFINITY;
  const out = new ByteWriter(4);
  const state = term.write(binding, out);
  if (state === TermState.UNSET) return Number.POSITIVE_INFINITY;
  if (state === TermState.NULL || out.length === 0) {
    throw new InvalidRequestError('Invalid null value of limit: give a number, or leave LIMIT out for all rows', term.where);
  }
  const limit = new ByteReader(out.toBytes(), name).i32(name);
  if (limit <= 0) {
    throw new InvalidRequestError(`${name} must be strictly positive, but was ${limit}: leave it out for all rows`, term.where);
  }
  return limit;
}

/** A command that is being read. */
interface OpenRead {
  readonly rows: LiveRows;
  readonly view: RowView;
  /** Whether it stands within a partition. */
  inPartition: boolean;
}

/** One execution: its place, its limits, its rows. */
class SelectRun {
  private readonly source: ReadSource;
  private readonly plan: SelectPlan;
  private readonly binding: Binding;
  private readonly sink: RowSink;
  private readonly observer: SelectObserver | undefined;
  private readonly tracer: Tracer | null;
  /** What the merge gave: counted for the tracer alone. */
  private live = 0;
  private dead = 0;
  private filtered = 0;
  private readonly filter: ReturnType<SelectPlan['restrictions']['filter']>;
  private readonly steps: Iterator<ReadCommand>;
  private readonly limit: number;
  private readonly perPartition: number;
  private readonly pageSize: number;
  private remaining: number;
  private inPartition: number;
  /** The partition that the page before ended in; null once it was read on. */
  private resumedKey: Uint8Array | null;
  private command: ReadCommand | null = null;
  private open: OpenRead | null = null;
  /** Of the partition at hand: whether a page before this one began it, and whether a row was seen in it. */
  private isResumed = false;
  private hasRows = false;
  private pageEnd: Uint8Array | null = null;
  private last: Pick<PageState, 'key' | 'clustering' | 'remainingInPartition'> | null = null;

  constructor(source: ReadSource, plan: SelectPlan, binding: Binding, options: SelectOptions, after: PageState | null) {
    this.source = source;
    this.plan = plan;
    this.binding = binding;
    for (const selector of plan.selectors) selector.check(binding);
    this.observer = options.observer;
    this.tracer = options.tracer ?? null;
    this.sink = new RowSink(plan, binding, options.observer !== undefined);
    this.limit = limitOf(plan.limit, binding, 'LIMIT');
    this.perPartition = plan.distinct ? 1 : limitOf(plan.perPartitionLimit, binding, 'PER PARTITION LIMIT');
    // One group of all rows is whole only when all were seen.
    const { fetchSize = 0 } = options;
    const paged = fetchSize > 0 && (!plan.aggregated || plan.groupBy.length > 0) && plan.sortBy.length === 0;
    this.pageSize = paged ? fetchSize : Number.POSITIVE_INFINITY;
    // Sorting comes before the limit, and one group more tells that the last one is complete.
    this.remaining = after?.remaining ?? (plan.sortBy.length > 0 ? Number.POSITIVE_INFINITY : this.limit);
    this.inPartition = after?.remainingInPartition ?? this.perPartition;
    this.resumedKey = after !== null && after.clustering !== null ? after.key : null;
    const all = readPlaces(plan, binding);
    const places = all === null || options.partitions === undefined ? all : { ...all, keys: options.partitions };
    this.filter = plan.restrictions.filter(binding);
    this.steps = places === null ? [].values() : readSteps(plan, binding, places, after);
    if ((places !== null || plan.aggregated) && plan.sortBy.length > 0 && fetchSize > 0 && !options.pagesIfPossible) {
      throw new InvalidRequestError(
        'Cannot page queries with both ORDER BY and a IN restriction on the partition key: ' +
          'remove the ORDER BY or the IN and sort in the app, or read all rows at once, without fetchSize',
      );
    }
  }

  /** Reads on until the answer is complete (true) or `isTimeUp` says so (false). */
  step(isTimeUp: () => boolean): boolean {
    for (;;) {
      if (this.open === null) {
        if (this.command === null) {
          const next = this.steps.next();
          if (next.done) return true;
          this.command = next.value;
        }
        this.open = this.begin(this.command);
      }
      const { rows, view } = this.open;
      if (!this.open.inPartition) {
        if (!rows.nextPartition()) {
          this.command = null;
          this.close();
          if (isTimeUp()) return false;
          continue;
        }
        view.beginPartition();
        this.beginPartition(view);
        this.open.inPartition = true;
      }
      switch (this.readPartition(rows, view, isTimeUp)) {
        case 'complete':
          return true;
        case 'time up':
          return false;
        default:
      }
      this.open.inPartition = false;
      if (isTimeUp()) {
        this.leave(rows);
        return false;
      }
    }
  }

  private begin(command: ReadCommand): OpenRead {
    const { table, reversed } = this.plan;
    const rows = new LiveRows(table, this.source.read(table, command), reversed, this.binding.nowInSeconds);
    return { rows, view: new RowView(table, rows), inPartition: false };
  }

  /** Gives the cursor back behind a partition: what comes next may be read in the state of then, and files need not be kept for it. */
  private leave({ cursor }: LiveRows): void {
    const { partitions } = this.command as ReadCommand;
    if ('range' in partitions) {
      const range = rangeAfter(partitions.range, cursor.keyBytes.slice(cursor.keyFrom, cursor.keyTo));
      this.command = { ...(this.command as ReadCommand), partitions: { range } };
    } else this.command = null;
    this.close();
  }

  /** Gives back what is open. */
  close(): void {
    this.open?.rows.close();
    this.open = null;
  }

  private beginPartition({ keyBytes, keyFrom, keyTo }: RowView): void {
    const { resumedKey } = this;
    // Nothing may be left of it: then the first partition is another one.
    this.isResumed = resumedKey !== null && compareBytes(resumedKey, 0, resumedKey.length, keyBytes, keyFrom, keyTo) === 0;
    this.resumedKey = null;
    if (!this.isResumed) this.inPartition = this.perPartition;
    this.hasRows = false;
  }

  /** The rows of one partition from where it stands. 'complete': the answer or the page is. */
  private readPartition(rows: LiveRows, view: RowView, isTimeUp: () => boolean): 'end' | 'complete' | 'time up' {
    const { plan, filter } = this;
    for (let looks = 1; ; looks++) {
      const found = rows.advance();
      if (this.tracer !== null) this.count(found);
      if (found === LiveStep.END) break;
      if (found === LiveStep.ROW) {
        this.hasRows = true;
        view.beginRow();
        if (filter === null || filter((column) => view.value(column))) {
          if (this.inPartition <= 0 && !plan.aggregated) return 'end';
          if (this.take(view, rows)) return 'complete';
          if (plan.distinct || this.inPartition < 0) return 'end';
        } else this.filtered++;
      }
      if ((looks % LOOKS === 0 || found === LiveStep.PAUSE) && isTimeUp()) return 'time up';
    }
    // A partition of static columns only, read whole, is a row; one that goes on after a page was seen to have rows.
    if (this.hasRows || this.isResumed || !rows.staticRow.isAlive || !plan.restrictions.readsFullPartitions) return 'end';
    if (filter !== null && !filter((column) => view.value(column))) return 'end';
    return this.take(view, null) ? 'complete' : 'end';
  }

  /** Takes a row; true where nothing more is needed. `rows`: null where the partition has no row. */
  private take(view: RowView, rows: LiveRows | null): boolean {
    if (this.open !== null)
      this.observer?.row(view, rows === null ? null : rows.row, this.open.rows.staticRow, this.sink.rowLength);
    if (this.plan.aggregated) {
      const isComplete = this.sink.enterGroup(view) && this.takeGroup(view);
      this.sink.addToGroup(view);
      if (!isComplete && Number.isFinite(this.pageSize)) this.keepPlace(view, rows);
      return isComplete;
    }
    this.sink.add(view);
    this.remaining--;
    this.inPartition--;
    if (this.remaining <= 0) return true;
    if (this.sink.rowLength < this.pageSize) return false;
    const row = rows?.row.row;
    const goesOn = row !== undefined && !this.plan.distinct && this.inPartition > 0 && this.plan.table.clustering.length > 0;
    this.pageEnd = encodePageState({
      key: view.keyBytes.slice(view.keyFrom, view.keyTo),
      clustering: goesOn ? row.clusteringBytes.slice(row.clusteringFrom, row.clusteringTo) : null,
      remaining: this.remaining,
      remainingInPartition: this.inPartition,
    });
    return true;
  }

  /** A group began: the one before it is complete, and this one may be one too many, of all, of its partition's or of the page's. */
  private takeGroup(view: RowView): boolean {
    if (this.plan.groupBy.length === 0) return false;
    this.inPartition--;
    const groups = this.sink.rowLength;
    const isLast = groups >= this.remaining;
    const isPageEnd = !isLast && groups >= this.pageSize;
    if (isLast || isPageEnd || this.inPartition < 0) this.sink.abandonGroup();
    if (isPageEnd && this.last !== null) this.pageEnd = this.endOfGroups(view, this.last);
    return isLast || isPageEnd;
  }

  /** Keeps where the last row was: a page of groups ends behind it. */
  private keepPlace(view: RowView, rows: LiveRows | null): void {
    const row = rows?.row.row;
    const hasClustering = row !== undefined && this.plan.table.clustering.length > 0;
    this.last = {
      key: view.keyBytes.slice(view.keyFrom, view.keyTo),
      clustering: hasClustering ? row.clusteringBytes.slice(row.clusteringFrom, row.clusteringTo) : null,
      remainingInPartition: this.inPartition,
    };
  }

  private endOfGroups(view: RowView, last: NonNullable<SelectRun['last']>): Uint8Array {
    const isSamePartition = compareBytes(last.key, 0, last.key.length, view.keyBytes, view.keyFrom, view.keyTo) === 0;
    return encodePageState({
      key: last.key,
      clustering: isSamePartition ? last.clustering : null,
      remaining: this.remaining - this.sink.rowLength,
      remainingInPartition: last.remainingInPartition,
    });
  }

  private count(found: LiveStep): void {
    if (found === LiveStep.ROW) this.live++;
    else if (found === LiveStep.NOTHING) this.dead++;
  }

  finish(): ResultSet {
    const { tracer } = this;
    // What is open still would only be told of after the answer.
    if (tracer !== null) this.close();
    const began = tracer === null ? 0 : tracer.now();
    const result = this.sink.finish(this.pageEnd, this.limit);
    this.observer?.answered(this.sink.ids);
    if (tracer !== null) {
      const { live, dead, filtered, plan } = this;
      if (plan.sortBy.length > 0) tracer.add({ kind: 'sorted', rows: result.rowLength, spent: tracer.since(began) });
      tracer.add({ kind: 'rows', live, dead, filtered });
      tracer.add({ kind: 'answered', rows: result.rowLength, hasMore: result.pageState !== null });
    }
    return result;
  }
}
