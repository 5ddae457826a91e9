import type { RemoteDatabase } from '@cassette/client';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type FailedOutcome, failure, type RowsOutcome, type StatementRun } from '../console/outcomes.ts';
import { ran, running, runs, scriptLength, shown } from '../console/run-script.ts';
import { keyspaceOfUse } from '../console/run-statement.ts';
import { expanded, usedKeyspace } from '../console/settings.ts';
import { appliedWords } from '../store/durability-words.ts';
import { schema } from '../store/watch.ts';
import { count, milliseconds, plural } from '../text/numbers.ts';
import { ExpandedRows } from './expanded-rows.tsx';
import { JobPanel } from './job-panel.tsx';
import { ResultTable } from './result-table.tsx';
import { SaveResult } from './save-result.tsx';
import { TextPanel } from './text-panel.tsx';
import { TraceTable } from './trace-table.tsx';
import { Welcome } from './welcome.tsx';

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
      {ran.value > all.length && (
        <p class="muted padded" role="status">
          {count(ran.value)} statements ran: the results of the first 100 and of the last 100 are kept.
        </p>
      )}
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
          data-behind-gap={index > 0 && run.number > all[index - 1].number + 1 ? '' : undefined}
          aria-selected={index === at}
          tabIndex={index === at ? 0 : -1}
          class={`of-${run.outcome.kind}`}
          title={run.text}
          onClick={() => {
            shown.value = index;
          }}
        >
          {run.number} <span>{run.text.trim().replace(/\s+/g, ' ').slice(0, 26)}</span>
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
      return <Failed failed={outcome} after={left()} />;
    case 'text':
      return (
        <>
          <TextPanel text={outcome.text} isCql={outcome.isCql} />
          {outcome.trace !== null && <TraceTable trace={outcome.trace} />}
        </>
      );
    case 'job':
      return <JobPanel job={outcome.job} />;
    case 'cancelled':
      return (
        <p class="padded" role="status">
          <b>Called off.</b> The statement was stopped and has written nothing. {notRun(left())}
        </p>
      );
    case 'done':
      return (
        <>
          <p class="done padded" role="status">
            <b>Done.</b> {done(run, database)}
          </p>
          {outcome.trace !== null && <TraceTable trace={outcome.trace} />}
        </>
      );
  }
}

const left = () => scriptLength.value - ran.value;
const notRun = (statements: number) => (statements > 0 ? `${plural(statements, 'statement')} after it did not run.` : '');

/** What a statement without rows did. */
function done({ text, milliseconds: taken }: StatementRun, database: RemoteDatabase): string {
  const keyspace = keyspaceOfUse(text);
  if (keyspace === null) return appliedWords(text, database, schema.value ?? [], usedKeyspace.value, taken);
  return `Names without a keyspace are in ${keyspace} from now on.`;
}

function Rows({ run, outcome, database }: { run: StatementRun; outcome: RowsOutcome; database: RemoteDatabase }) {
  const { rows } = outcome;
  rows.changes.value;
  const fetching = rows.fetching.value;
  const error = rows.error.value;
  const { trace } = rows;
  return (
    <>
      <div class="result-bar">
        <p role="status">
          <b>
            {rows.hasMore ? 'First ' : ''}
            {plural(rows.length, 'row')}
          </b>{' '}
          <span class="muted">
            in {milliseconds(rows.milliseconds)}
            {rows.pageCount > 1 && `, ${plural(rows.pageCount, 'page')}`}
            {rows.hasMore ? '. More come as you scroll.' : '. Double click or Enter looks into a cell.'}
          </span>
        </p>
        <span class="buttons">
          {rows.hasMore && <MoreButtons rows={rows} fetching={fetching} />}
          <SaveResult rows={rows} name={fileName(run.text)} />
          <button
            type="button"
            class="toggle"
            aria-pressed={expanded.value}
            title="A column a line, as EXPAND ON does in cqlsh"
            onClick={() => {
              expanded.value = !expanded.value;
            }}
          >
            Expand
          </button>
        </span>
      </div>
      {error !== null && <Failed failed={failure(error)} after={0} />}
      {expanded.value ? <ExpandedRows rows={rows} database={database} /> : <ResultTable rows={rows} database={database} />}
      {trace !== null && <TraceTable trace={trace} />}
    </>
  );
}

function MoreButtons({ rows, fetching }: { rows: RowsOutcome['rows']; fetching: boolean }) {
  const [control, setControl] = useState<AbortController | null>(null);
  if (control !== null) {
    return (
      <button type="button" onClick={() => control.abort()}>
        Stop
      </button>
    );
  }
  const all = async () => {
    const own = new AbortController();
    setControl(own);
    await rows.all(own.signal);
    setControl(null);
  };
  return (
    <>
      <button type="button" disabled={fetching} onClick={() => void rows.more()}>
        More
      </button>
      <button type="button" disabled={fetching} onClick={() => void all()}>
        All
      </button>
    </>
  );
}

/** What a saved result is called: the table that it is of. */
function fileName(text: string): string {
  const table = /\bfrom\s+([\w.]+)/i.exec(text)?.[1] ?? 'result';
  return table.replaceAll('.', '-').toLowerCase();
}

/** A message whose quoted line and caret begin at the left: a statement late in its line stands far to the right in it. */
function flushLeft(message: string): string {
  const [first, ...quoted] = message.split('\n');
  const indent = Math.min(...quoted.map((line) => line.search(/\S/)).filter((at) => at >= 0));
  return [first, ...quoted.map((line) => line.slice(Number.isFinite(indent) ? indent : 0))].join('\n');
}

function Failed({ failed, after }: { failed: FailedOutcome; after: number }) {
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
      {after > 0 && <p class="muted">{notRun(after)}</p>}
    </div>
  );
}
