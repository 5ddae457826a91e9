import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import {
  type FailedOutcome,
  fetchMore,
  type RowsOutcome,
  running,
  runs,
  type StatementRun,
  scriptLength,
  shown,
} from '../console/run-script.ts';
import { milliseconds, plural } from '../text/numbers.ts';
import { PagedRows } from './paged-rows.ts';
import { ResultTable } from './result-table.tsx';
import { TraceTable } from './trace-table.tsx';
import { Welcome } from './welcome.tsx';

const pagingFailure = signal<{ readonly id: number; readonly failure: FailedOutcome } | null>(null);

/** What the last script answered: a tab a statement. */
export function Results({ database }: { database: RemoteDatabase }) {
  const all = runs.value;
  const run = all[shown.value];
  if (run === undefined) {
    return (
      <section class="results" aria-label="Results">
        {running.value ? <p class="muted padded">Running …</p> : <Welcome database={database} />}
      </section>
    );
  }
  return (
    <section class="results" aria-label="Results">
      {all.length > 1 && <Tabs />}
      <Outcome key={run.id} run={run} database={database} />
    </section>
  );
}

function Tabs() {
  const all = runs.value;
  const at = shown.value;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at, all.length]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    shown.value = (to + all.length) % all.length;
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[shown.value]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Statements of the script" ref={list} onKeyDown={onKeyDown}>
      {all.map((run, index) => (
        <button
          type="button"
          role="tab"
          key={run.id}
          aria-selected={index === at}
          tabIndex={index === at ? 0 : -1}
          class={`of-${run.outcome.kind}`}
          title={run.text}
          onClick={() => {
            shown.value = index;
          }}
        >
          {index + 1} <span>{run.text.trim().replace(/\s+/g, ' ').slice(0, 26)}</span>
        </button>
      ))}
    </div>
  );
}

function Outcome({ run, database }: { run: StatementRun; database: RemoteDatabase }) {
  const { outcome } = run;
  switch (outcome.kind) {
    case 'rows':
      return <Rows run={run} outcome={outcome} database={database} />;
    case 'failed':
      return <Failed failed={outcome} notRun={scriptLength.value - runs.value.length} />;
    case 'done':
      return (
        <>
          <p class="done padded" role="status">
            <b>Done.</b> {done(run)}
          </p>
          {outcome.trace !== null && <TraceTable trace={outcome.trace} />}
        </>
      );
  }
}

/** What a statement without rows did. */
function done({ text, milliseconds: taken }: StatementRun): string {
  // The statement begins after comments, which the engine left in its text.
  const use = /^(?:\s|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*use\s+(?:"((?:[^"]|"")*)"|(\w+))/i.exec(text);
  if (use === null) return `Applied and durable in ${milliseconds(taken)}.`;
  const keyspace = use[1]?.replaceAll('""', '"') ?? use[2].toLowerCase();
  return `Names without a keyspace are in ${keyspace} from now on.`;
}

function Rows({ run, outcome, database }: { run: StatementRun; outcome: RowsOutcome; database: RemoteDatabase }) {
  const rows = useMemo(() => new PagedRows(outcome.pages), [outcome.pages]);
  const more = async (all: boolean) => {
    const failure = await fetchMore(database, run.id, all);
    pagingFailure.value = failure === null ? null : { id: run.id, failure };
  };
  const { trace } = outcome.pages[outcome.pages.length - 1];
  const failed = pagingFailure.value?.id === run.id ? pagingFailure.value.failure : null;
  return (
    <>
      <div class="result-bar">
        <p role="status">
          <b>
            {rows.hasMore ? 'First ' : ''}
            {plural(rows.length, 'row')}
          </b>{' '}
          <span class="muted">
            in {milliseconds(outcome.milliseconds)}
            {outcome.pages.length > 1 && `, ${plural(outcome.pages.length, 'page')}`}. Double click or Enter looks into a cell.
          </span>
        </p>
        {rows.hasMore && (
          <span class="buttons">
            <button type="button" disabled={outcome.fetching} onClick={() => void more(false)}>
              More
            </button>
            <button type="button" disabled={outcome.fetching} onClick={() => void more(true)}>
              All
            </button>
          </span>
        )}
      </div>
      {failed !== null && <Failed failed={failed} notRun={0} />}
      <ResultTable rows={rows} />
      {trace !== null && <TraceTable trace={trace} />}
    </>
  );
}

/** A message whose quoted line and caret begin at the left: a statement late in its line stands far to the right in it. */
function flushLeft(message: string): string {
  const [first, ...quoted] = message.split('\n');
  const indent = Math.min(...quoted.map((line) => line.search(/\S/)).filter((at) => at >= 0));
  return [first, ...quoted.map((line) => line.slice(Number.isFinite(indent) ? indent : 0))].join('\n');
}

function Failed({ failed, notRun }: { failed: FailedOutcome; notRun: number }) {
  return (
    <div class="failure" role="alert">
      <p>
        <b>{failed.name}</b> <code>{failed.code}</code>
        {failed.line !== null && (
          <span class="muted">
            {' '}
            line {failed.line}, column {failed.column}
          </span>
        )}
      </p>
      <pre>{flushLeft(failed.message)}</pre>
      {notRun > 0 && <p class="muted">{plural(notRun, 'statement')} after it did not run.</p>}
    </div>
  );
}
