import type { ImportInput, ImportProgress, ImportReport, RemoteDatabase } from '@cassette/client';
import { useRef, useState } from 'preact/hooks';
import type { PlacedFile } from '../files/dropped-files.ts';
import { FilePicker } from '../files/file-picker.tsx';
import { useDrop } from '../files/use-drop.ts';
import { bytes, count, milliseconds, plural } from '../text/numbers.ts';
import { sayError } from '../text/say-error.ts';

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ImportProgress | null }
  | { readonly kind: 'done'; readonly report: ImportReport; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly text: string };

const phases: Readonly<Record<ImportProgress['phase'], string>> = {
  spooling: 'Keeping',
  copying: 'Copying',
  verifying: 'Verifying',
  rewriting: 'Writing anew',
  finishing: 'Making live',
};

/** Takes zips and folders of SSTables into the store: all of them or none. */
export function ImportPanel({ database }: { database: RemoteDatabase }) {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const cancel = useRef(new AbortController());
  const run = async (files: readonly PlacedFile[]) => {
    if (files.length === 0) return;
    cancel.current = new AbortController();
    setState({ kind: 'running', progress: null });
    const began = performance.now();
    try {
      const report = await database.import(inputOf(files), {
        signal: cancel.current.signal,
        onProgress: (progress) => setState((now) => (now.kind === 'running' ? { kind: 'running', progress } : now)),
      });
      setState({ kind: 'done', report, milliseconds: performance.now() - began });
    } catch (error) {
      setState((error as { code?: string }).code === 'ABORTED' ? { kind: 'idle' } : { kind: 'failed', text: sayError(error) });
    }
  };
  const { isOver, target } = useDrop((files) => {
    if (state.kind !== 'running') void run(files);
  });
  return (
    <section class={isOver ? 'card import over' : 'card import'} aria-label="Import" {...target}>
      <h2>Import</h2>
      <p>
        Another device’s export, or a snapshot of a node: a zip or a folder of SSTables of version nb, oa or da. Everything is
        verified before anybody sees it, and merged by timestamp with what is here.
      </p>
      {state.kind !== 'running' && (
        <div class="buttons">
          <FilePicker label="Zip or files …" onFiles={(files) => void run(files)} />
          <FilePicker label="Folder …" folder onFiles={(files) => void run(files)} />
        </div>
      )}
      {state.kind === 'running' && <Running progress={state.progress} onCancel={() => cancel.current.abort()} />}
      {state.kind === 'failed' && (
        <p class="warning" role="alert">
          Nothing was imported. {state.text}
        </p>
      )}
      {state.kind === 'done' && <Done report={state.report} milliseconds={state.milliseconds} />}
    </section>
  );
}

/** One zip is read where it lies; all else are files with their paths. */
function inputOf(files: readonly PlacedFile[]): ImportInput {
  if (files.length === 1 && files[0].file.name.toLowerCase().endsWith('.zip')) return files[0].file;
  return files.map(({ path, file }) => ({ name: path, blob: file }));
}

function Running({ progress, onCancel }: { progress: ImportProgress | null; onCancel: () => void }) {
  const isKnown = progress !== null && progress.bytesTotal > 0;
  return (
    <>
      <progress aria-label="Importing" {...(isKnown ? { max: progress.bytesTotal, value: progress.bytesDone } : {})} />
      <p role="status" class="muted">
        {progress === null
          ? 'Beginning …'
          : `${phases[progress.phase]} ${progress.file ?? ''} ${isKnown ? `${bytes(progress.bytesDone)} of ${bytes(progress.bytesTotal)}` : bytes(progress.bytesDone)}`}
      </p>
      <div class="buttons">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </>
  );
}

function Done({ report, milliseconds: took }: { report: ImportReport; milliseconds: number }) {
  return (
    <div role="status">
      <p class="good">
        {bytes(report.bytes)} in {milliseconds(took)}.
      </p>
      <ul class="imported">
        {report.tables.map((table) => (
          <li key={`${table.keyspace}.${table.table}`}>
            <b>
              {table.keyspace}.{table.table}
            </b>{' '}
            {plural(table.sstables, 'SSTable')}, {count(table.rows)} rows, table {table.schema}
          </li>
        ))}
        {report.warnings.map((text) => (
          <li key={text} class="warning">
            {text}
          </li>
        ))}
        {report.ignored.slice(0, 10).map((text) => (
          <li key={text} class="muted">
            not used: {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
