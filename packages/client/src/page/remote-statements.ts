import { CassetteError } from '@cassette/bytes';
import {
  AbortedError,
  checkAborted,
  type ExecuteOptions,
  joinTraces,
  ResultSet,
  type Row,
  type RowStream,
  rowStream,
  type SelectManyOptions,
  type Trace,
} from '@cassette/engine';
import { CallKind } from '../wire/calls.ts';
import { checkedBatch, checkParams, checkQuery, checkRows } from './check-arguments.ts';
import { isWrite, type PersistenceRequest } from './storage-facts.ts';
import type { StoreCalls } from './store-calls.ts';

/** Rows of one message of `executeMany`: enough that a message costs nothing beside them, few enough to be no burden. */
const rowsOfMessage = 10_000;

/** Statements on their way to the worker, and their rows on the way back; what callers see of it is typed in `RemoteDatabase`. */
export class RemoteStatements {
  private readonly calls: StoreCalls;
  private readonly persistence: PersistenceRequest;

  constructor(calls: StoreCalls, persistence: PersistenceRequest) {
    this.calls = calls;
    this.persistence = persistence;
  }

  /** See `RemoteDatabase.execute`. */
  run(query: string, params: object | null | undefined, options: ExecuteOptions | undefined): Promise<ResultSet> {
    return this.calls.guard(() => {
      checkQuery(query, 'execute()');
      checkParams(params, 'execute()');
      const answer = this.calls.queue.call(CallKind.EXECUTE, query, params ?? undefined, options);
      if (this.persistence.isWaiting && isWrite(query)) this.persistence.asksAfter(answer);
      return options?.fetchSize ? this.followed(answer, query, params, options) : answer;
    });
  }

  private async followed(
    answer: Promise<ResultSet>,
    query: string,
    params: object | null | undefined,
    options: ExecuteOptions,
  ): Promise<ResultSet> {
    return (await answer).followedBy((pageState) => this.run(query, params, { ...options, pageState }));
  }

  /** See `RemoteDatabase.executeMany`. */
  executeMany(
    query: string,
    rows: readonly object[],
    options: ExecuteOptions & { onProgress?: (rowsDone: number) => void },
  ): Promise<ResultSet> {
    return this.calls.guard(async () => {
      checkQuery(query, 'executeMany()');
      checkRows(rows);
      let trace: Trace | null = null;
      for (let from = 0; from < rows.length; from += rowsOfMessage) {
        const part = rows.length <= rowsOfMessage ? rows : rows.slice(from, from + rowsOfMessage);
        const done = await this.calls.queue.call(CallKind.EXECUTE_MANY, query, part, options).catch((error: unknown) => {
          if (!(error instanceof AbortedError)) throw countedFrom(error, from);
          throw Object.assign(error, { data: { rowsWritten: from + Number(error.data.rowsWritten ?? 0) } });
        });
        trace = joinTraces(trace, done.trace);
        options?.onProgress?.(Math.min(from + rowsOfMessage, rows.length));
      }
      if (rows.length > 0) this.persistence.wrote();
      return trace === null ? ResultSet.empty() : ResultSet.empty().tracedBy(trace);
    });
  }

  /** See `RemoteDatabase.selectMany`. */
  selectMany(query: string, rows: readonly object[], options: SelectManyOptions | null | undefined): Promise<ResultSet[]> {
    return this.calls.guard(async () => {
      checkQuery(query, 'selectMany()');
      checkRows(rows, 'selectMany()', {});
      const ask = async (from: number) => {
        const part = rows.length <= rowsOfMessage ? rows : rows.slice(from, from + rowsOfMessage);
        const joined = await this.calls.queue.call(CallKind.SELECT_MANY, query, part, options).catch((error: unknown) => {
          throw countedFrom(error, from);
        });
        return joined.split();
      };
      // Of no rows too: what is wrong with the statement is told.
      const answers = await ask(0);
      for (let from = rowsOfMessage; from < rows.length; from += rowsOfMessage) answers.push(...(await ask(from)));
      return answers;
    });
  }

  /** See `RemoteDatabase.batch`. */
  batch(queries: readonly unknown[], options: ExecuteOptions | undefined): Promise<ResultSet> {
    return this.calls.guard(() => {
      const answer = this.calls.queue.call(CallKind.BATCH, null, checkedBatch(queries), options);
      this.persistence.asksAfter(answer);
      return answer;
    });
  }

  /** See `RemoteDatabase.stream`. */
  stream(query: string, params: object | null | undefined, given: ExecuteOptions | undefined): RowStream {
    return rowStream((tell) => this.pagesOf(query, params, given, tell));
  }

  private async *pagesOf(
    query: string,
    params: object | null | undefined,
    given: ExecuteOptions | undefined,
    tell: (page: ResultSet) => void,
  ): AsyncGenerator<Row, void, void> {
    const options = { ...given, fetchSize: given?.fetchSize ?? 1000, pagesIfPossible: true };
    const ask = (more: ExecuteOptions) => this.run(query, params, { ...options, ...more });
    let page: ResultSet | null = await ask({});
    while (page !== null) {
      tell(page);
      // The worker reads the next page while the caller looks at this one.
      const next: Promise<ResultSet> | null = page.pageState === null ? null : ask({ pageState: page.pageState });
      // Who stops early never asks for it; who goes on gets its error below.
      next?.catch(() => undefined);
      for (const row of page) {
        checkAborted('The statement', given?.signal);
        yield row;
      }
      page = await next;
    }
  }
}

/** The worker counts the rows of its message; the caller counts all that he gave. */
function countedFrom(error: unknown, first: number): unknown {
  if (first === 0 || !(error instanceof CassetteError)) return error;
  const { row, rowsWritten } = error.data;
  if (typeof row !== 'number') return error;
  error.message = error.message.replace(`Row ${row}:`, `Row ${row + first}:`);
  return Object.defineProperty(error, 'data', {
    ...Object.getOwnPropertyDescriptor(error, 'data'),
    value: {
      ...error.data,
      row: row + first,
      ...(typeof rowsWritten === 'number' && { rowsWritten: rowsWritten + first }),
    },
  });
}
