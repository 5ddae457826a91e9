import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
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
  return (
    <div class="tabs" role="tablist" aria-label="Statements of the script">
      {all.map((run, index) => (
        <button
          type="button"
          role="tab"
          key={run.id}
          aria-selected={index === shown.value}
          class={run.outcome.kind}
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
        <p class="done padded" role="status">
          <b>Done.</b> Applied and durable in {milliseconds(run.milliseconds)}.
        </p>
      );
  }
}

function Rows({ run, outcome, database }: { run: StatementRun; outcome: RowsOutcome; database: RemoteDatabase }) {
  const rows = useMemo(() => new PagedRows(outcome.pages), [outcome.pages]);
  const more = async (all: boolean) => {
    const failure = await fetchMore(database, run.id, all);
    pagingFailure.value = failure === null ? null : { id: run.id, failure };
  };
  const failed = pagingFailure.value?.id === run.id ? pagingFailure.value.failure : null;
  return (
    <>
      <div class="result-bar">
        <p role="status">
          <b>
            {rows.hasMore ? 'First ' : ''}
            {plural(rows.length, 'row')}
          </b>{' '}
          <span class="muted">in {milliseconds(run.milliseconds)}. Double click or Enter looks into a cell.</span>
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
    </>
  );
}

function Failed({ failed, notRun }: { failed: FailedOutcome; notRun: number }) {
  return (
    <div class="failed" role="alert">
      <p>
        <b>{failed.name}</b> <code>{failed.code}</code>
        {failed.line !== null && (
          <span class="muted">
            {' '}
            line {failed.line}, column {failed.column}
          </span>
        )}
      </p>
      <pre>{failed.message}</pre>
      {notRun > 0 && <p class="muted">{plural(notRun, 'statement')} after it did not run.</p>}
    </div>
  );
}
