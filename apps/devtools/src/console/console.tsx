import type { RemoteDatabase } from '@cassette/client';
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Example, firstExamples, sampleExamples } from '../sample/examples.ts';
import { sampleKeyspace } from '../sample/sample-tables.ts';
import { schema } from '../store/watch.ts';
import { type Editor, makeEditor } from './editor.ts';
import { layReady } from './files/desk.ts';
import { openHistory, remember, scripts } from './history.ts';
import { HistoryButton } from './history-button.tsx';
import { followLinks, LinkButton, LinkedNotice } from './links.tsx';
import { cancelRun, running, runScript, shown } from './run-script.ts';
import { tracing, usedKeyspace } from './settings.ts';
import { stopsRun } from './stops-run.ts';

let editor: Editor | null = null;
let opened: RemoteDatabase | null = null;
let recalled = -1;
/** What stood in the editor before the history was walked. */
let draft = '';

/** What stood in the editor of a store that was lost, or left: it is there again when that store is. */
let unfinished: { readonly store: string; readonly text: string } | null = null;

/** Puts a script into the editor and runs it. */
export async function runInConsole(cql: string): Promise<void> {
  editor?.setText(cql);
  await run();
}

/** Replaces the editor's text, and goes there. */
export function putInConsole(text: string): void {
  editor?.setText(text);
  editor?.focus();
}

async function run(): Promise<void> {
  if (editor === null || opened === null || running.value) return;
  const { text, line, column } = editor.chosen();
  if (text.trim() === '') return;
  editor.clearErrors();
  remember(text);
  recalled = -1;
  const whole = editor.text();
  // What was selected stands where it stands: errors name that place.
  const failed = await runScript(opened, '\n'.repeat(line - 1) + ' '.repeat(column - 1) + text);
  if (failed?.line != null && failed.column != null && editor?.text() === whole) {
    editor.markError(failed.line, failed.column, failed.message.split('\n')[0]);
  }
}

function recall(direction: -1 | 1): boolean {
  if (editor === null) return false;
  const next = recalled - direction;
  if (next < -1 || next >= scripts.value.length) return false;
  if (recalled === -1) draft = editor.text();
  recalled = next;
  editor.setText(next === -1 ? draft : scripts.value[next], direction < 0 ? 'start' : 'end');
  return true;
}

/** Files that were dropped lie ready, and the editor says what may be done with them. */
function dropped(files: readonly File[]): void {
  if (files.length === 0) return;
  layReady(files);
  const name = (file: File) => `'${file.name.replaceAll("'", "''")}'`;
  putInConsole(
    files
      .map((file) =>
        /\.(cql|sql)$/i.test(file.name) ? `SOURCE ${name(file)}` : `COPY keyspace.table FROM ${name(file)} WITH HEADER = true;`,
      )
      .join('\n'),
  );
}

/** The editor, what to try, and what was run. */
export function Console({ database }: { database: RemoteDatabase }) {
  const place = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    opened = database;
    openHistory(database.name);
    usedKeyspace.value = null;
    recalled = -1;
    const made = makeEditor(place.current!, { run: () => void run(), recall });
    editor = made;
    const unwatch = effect(() => made.complete(schema.value ?? []));
    if (unfinished?.store === database.name) made.setText(unfinished.text);
    const unlink = followLinks(made);
    made.focus();
    return () => {
      unwatch();
      unlink();
      unfinished = { store: database.name, text: made.text() };
      made.destroy();
      editor = null;
      opened = null;
    };
  }, [database]);
  const hasSample = schema.value?.some(({ name }) => name === sampleKeyspace) ?? false;
  return (
    <section
      class="console"
      aria-label="CQL console"
      onKeyDown={(event) => {
        if (running.value && stopsRun(event, String(getSelection() ?? ''))) cancelRun();
      }}
    >
      <LinkedNotice put={putInConsole} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: files are chosen by SOURCE and COPY as well */}
      <div
        class={`editor${over ? ' over' : ''}`}
        ref={place}
        onDragOver={(event) => {
          if (!event.dataTransfer?.types.includes('Files')) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDropCapture={(event) => {
          setOver(false);
          if (!event.dataTransfer?.types.includes('Files')) return;
          // The editor would take the file's text for what is typed.
          event.preventDefault();
          event.stopPropagation();
          dropped([...event.dataTransfer.files]);
        }}
      />
      <div class="toolbar">
        {running.value ? (
          <button type="button" class="primary" onClick={cancelRun} title="Escape or Ctrl+C stops what runs">
            Cancel
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => void run()} title="Ctrl+Enter runs what is selected, or all">
            Run <kbd>Ctrl ⏎</kbd>
          </button>
        )}
        <HistoryButton
          choose={(script) => {
            shown.value = 0;
            putInConsole(script);
          }}
        />
        <LinkButton text={() => editor?.text() ?? ''} />
        <button
          type="button"
          class="toggle"
          aria-pressed={tracing.value}
          title="Tell under each result what was done for it, as TRACING ON does in cqlsh"
          onClick={() => {
            tracing.value = !tracing.value;
          }}
        >
          Trace
        </button>
        <Chips examples={hasSample ? sampleExamples : firstExamples} />
      </div>
    </section>
  );
}

function Chips({ examples }: { examples: readonly Example[] }) {
  return (
    <div class="chips">
      <span class="muted">Try</span>
      <ul aria-label="Try">
        {examples.map(({ title, cql }) => (
          <li key={title}>
            <button type="button" class="chip" title={cql} disabled={running.value} onClick={() => void runInConsole(cql)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
