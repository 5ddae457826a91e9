import type { ColumnSpec, ResultSet, Trace } from '@cassette/client';
import { signal } from '@preact/signals';

/** Asks for the page that begins at a state, or for the first. */
export type AskForPage = (pageState: Uint8Array | null, fetchSize: number, signal?: AbortSignal) => Promise<ResultSet>;

/** A page that was fetched once: where it begins and how it is fetched again. */
interface Page {
  readonly first: number;
  readonly rows: number;
  readonly fetchSize: number;
  readonly state: Uint8Array | null;
  /** Null where it is not in memory. */
  set: ResultSet | null;
  bytes: number;
  /** When it was last looked at, as a count. */
  used: number;
}

/** Bytes of pages that stay in memory; what is looked at stays in any case. */
const bytesMax = 24_000_000;
/** Rows of a page when all are fetched one after the other. */
const manyRows = 10_000;

/**
 * The rows of a result of any length: pages are fetched as they are looked at, forward and back, and those that nobody has looked at for the
 * longest time are forgotten. Cells stay bytes.
 */
export class ResultRows {
  readonly columns: readonly ColumnSpec[];
  /** Grows when there is something new to draw. */
  readonly changes = signal(0);
  /** Whether rows behind those that are known are being fetched. */
  readonly fetching = signal(false);
  /** What went wrong when a page was fetched. */
  readonly error = signal<unknown>(null);
  private readonly ask: AskForPage;
  private readonly pages: Page[] = [];
  private readonly wanted = new Set<Page>();
  private next: Uint8Array | null;
  private size: number;
  private uses = 0;
  private spent: number;
  private lastTrace: Trace | null;

  constructor(first: ResultSet, ask: AskForPage, fetchSize: number, milliseconds: number) {
    this.columns = first.columns ?? [];
    this.ask = ask;
    this.size = fetchSize;
    this.spent = milliseconds;
    this.next = null;
    this.lastTrace = null;
    this.add(first, null, fetchSize);
  }

  /** Rows that are known. */
  get length(): number {
    const last = this.pages[this.pages.length - 1];
    return last.first + last.rows;
  }

  /** Pages that were fetched, whether they are in memory or not. */
  get pageCount(): number {
    return this.pages.length;
  }

  /** Whether there are more rows than are known. */
  get hasMore(): boolean {
    return this.next !== null;
  }

  /** Milliseconds of all pages together, trips to the worker included. */
  get milliseconds(): number {
    return this.spent;
  }

  /** What was done for the page that came last, where it was asked for. */
  get trace(): Trace | null {
    return this.lastTrace;
  }

  /** Rows that are in memory. */
  get rowsInMemory(): number {
    return this.pages.reduce((sum, page) => sum + (page.set === null ? 0 : page.rows), 0);
  }

  /** A cell's bytes; null for null, undefined where it is not in memory. */
  cell(row: number, column: number): Uint8Array | null | undefined {
    const page = this.pageOf(row);
    if (page === undefined || page.set === null || row - page.first >= page.set.rowLength) return undefined;
    return page.set.cell(row - page.first, column);
  }

  /** Sees to it that rows are in memory; who draws them hears of it through `changes`. */
  want(from: number, to: number): void {
    for (let page = this.pageOf(from); page !== undefined && page.first <= to; page = this.pageOf(page.first + page.rows)) {
      page.used = ++this.uses;
      if (page.set === null) void this.fetchAgain(page);
      if (page.rows === 0) break;
    }
    if (to >= this.length - 1 && this.hasMore && !this.fetching.value && this.error.value === null) void this.more();
  }

  /** The rows of a page, from memory or fetched again; for who goes through all of them. Rejects with what went wrong. */
  async *sets(signal: AbortSignal): AsyncGenerator<ResultSet, void, void> {
    for (let i = 0; i < this.pages.length; i++) {
      signal.throwIfAborted();
      const page = this.pages[i];
      yield page.set ?? (await this.ask(page.state, page.fetchSize, signal));
    }
    for (let state = this.next; state !== null; ) {
      signal.throwIfAborted();
      const set = await this.ask(state, manyRows, signal);
      yield set;
      state = set.pageState;
    }
  }

  /** Fetches the next page; of one that is called off nothing is there, and nothing is wrong. */
  async more(fetchSize = this.size, signal?: AbortSignal): Promise<void> {
    const state = this.next;
    if (state === null || this.fetching.value) return;
    this.fetching.value = true;
    this.error.value = null;
    const since = performance.now();
    try {
      const set = await this.ask(state, fetchSize, signal);
      this.spent += performance.now() - since;
      this.add(set, state, fetchSize);
    } catch (error) {
      if (signal?.aborted !== true) this.error.value = error;
    } finally {
      this.fetching.value = false;
    }
  }

  /** Fetches what is left, page by page, until it is called off. */
  async all(signal: AbortSignal): Promise<void> {
    while (this.hasMore && !signal.aborted) {
      await this.more(manyRows, signal);
      if (this.error.value !== null) return;
    }
  }

  private pageOf(row: number): Page | undefined {
    const { pages } = this;
    let [low, high] = [0, pages.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pages[middle].first <= row) low = middle;
      else high = middle - 1;
    }
    const page = pages[low];
    return row >= page.first && row < page.first + page.rows ? page : undefined;
  }

  private async fetchAgain(page: Page): Promise<void> {
    if (this.wanted.has(page)) return;
    this.wanted.add(page);
    try {
      const set = await this.ask(page.state, page.fetchSize);
      this.keep(page, set);
      this.changes.value++;
    } catch (error) {
      this.error.value = error;
    } finally {
      this.wanted.delete(page);
    }
  }

  private add(set: ResultSet, state: Uint8Array | null, fetchSize: number): void {
    const last = this.pages[this.pages.length - 1];
    const first = last === undefined ? 0 : last.first + last.rows;
    const page: Page = { first, rows: set.rowLength, fetchSize, state, set: null, bytes: 0, used: ++this.uses };
    this.pages.push(page);
    this.keep(page, set);
    this.next = set.pageState;
    this.lastTrace = set.trace;
    this.changes.value++;
  }

  private keep(page: Page, set: ResultSet): void {
    page.set = set;
    const { bytes, ends } = set.toTransfer();
    page.bytes = bytes.byteLength + ends.byteLength;
    const held = this.pages.filter((one) => one.set !== null).sort((a, b) => a.used - b.used);
    let sum = held.reduce((total, one) => total + one.bytes, 0);
    for (const old of held) {
      if (sum <= bytesMax || this.uses - old.used < 3) return;
      sum -= old.bytes;
      old.set = null;
    }
  }
}
