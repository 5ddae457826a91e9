import { joinTraces } from '../observe/join-traces.ts';
import type { Trace } from '../observe/trace.ts';
import type { ResultSet } from './result-set.ts';
import type { Row } from './row.ts';

/** The rows of a SELECT as they come, page by page. */
export interface RowStream<R = Row> extends AsyncGenerator<R, void, void> {
  /** What was done for the pages so far, for all of them at its end: null without `tracing`, and before there is a page. */
  readonly trace: Trace | null;
}

/** Rows that `rowsOf` gives, which hands over each page before its first row. */
export function rowStream(rowsOf: (tell: (page: ResultSet) => void) => AsyncGenerator<Row, void, void>): RowStream {
  let trace: Trace | null = null;
  const rows = rowsOf((page) => {
    trace = joinTraces(trace, page.trace);
  });
  return Object.defineProperty(rows, 'trace', { get: () => trace }) as RowStream;
}
