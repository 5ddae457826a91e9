import type { RemoteDatabase } from '@cassette/client';
import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Example, firstExamples, sampleExamples } from '../sample/examples.ts';
import { sampleKeyspace } from '../sample/sample-tables.ts';
import { schema } from '../store/watch.ts';
import { type Editor, makeEditor } from './editor.ts';
import { remember, scripts } from './history.ts';
import { running, runScript, shown, tracing } from './run-script.ts';

let editor: Editor | null = null;
let opened: RemoteDatabase | null = null;
let recalled = -1;
/** What stood in the editor before the history was walked. */
let draft = '';

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
  const script = editor.text();
  if (script.trim() === '') return;
  editor.clearErrors();
  remember(script);
  recalled = -1;
  const failed = await runScript(opened, script);
  if (failed?.line != null && failed.column != null && editor?.text() === script) {
    editor.markError(failed.line, failed.column, failed.message.split('\n')[0]);
  }
}

function recall(direction: -1 | 1): void {
  if (editor === null) return;
  const next = recalled - direction;
  if (next < -1 || next >= scripts.value.length) return;
  if (recalled === -1) draft = editor.text();
  recalled = next;
  editor.setText(next === -1 ? draft : scripts.value[next]);
}

const historyOpen = signal(false);

/** The editor, what to try, and what was run. */
export function Console({ database }: { database: RemoteDatabase }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    opened = database;
    const made = makeEditor(place.current!, { run: () => void run(), recall });
    editor = made;
    const unwatch = effect(() => made.complete(schema.value ?? []));
    made.focus();
    return () => {
      unwatch();
      made.destroy();
      editor = null;
      opened = null;
    };
  }, [database]);
  const hasSample = schema.value?.some(({ name }) => name === sampleKeyspace) ?? false;
  return (
    <section class="console" aria-label="CQL console">
      <div class="editor" ref={place} />
      <div class="toolbar">
        <button type="button" class="primary" onClick={() => void run()} disabled={running.value} title="Ctrl+Enter">
          {running.value ? 'Running …' : 'Run'} <kbd>Ctrl ⏎</kbd>
        </button>
        <HistoryButton />
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
      <span class="muted" id="chips-label">
        Try
      </span>
      <ul aria-labelledby="chips-label">
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

function HistoryButton() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const away = (event: Event) => {
      if (historyOpen.value && !box.current?.contains(event.target as Node)) historyOpen.value = false;
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
    };
  }, []);
  const entries = scripts.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list wherever the focus is in it
    <div
      class="history"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        historyOpen.value = false;
        box.current?.querySelector('button')?.focus();
      }}
    >
      <button
        type="button"
        aria-expanded={historyOpen.value}
        disabled={entries.length === 0}
        title="Alt+↑ and Alt+↓ walk through it"
        onClick={() => {
          historyOpen.value = !historyOpen.value;
        }}
      >
        History
      </button>
      {historyOpen.value && (
        <ol class="popover">
          {entries.map((script) => (
            <li key={script}>
              <button
                type="button"
                onClick={() => {
                  historyOpen.value = false;
                  shown.value = 0;
                  putInConsole(script);
                }}
              >
                {script}
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
