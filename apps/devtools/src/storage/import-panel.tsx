import type { ImportProgress, ImportReport, RemoteDatabase } from '@cassette/client';
import { FilePicker } from '../files/file-picker.tsx';
import { useDrop } from '../files/use-drop.ts';
import { bytes, count, milliseconds, plural } from '../text/numbers.ts';
import { cancelImport, importStep, runImport } from './import-job.ts';
import type { Papers } from './import-papers.ts';

const phases: Readonly<Record<ImportProgress['phase'], string>> = {
  spooling: 'Keeping',
  copying: 'Copying',
  verifying: 'Verifying',
  rewriting: 'Writing anew',
  finishing: 'Making live',
};

/** Takes zips and folders of SSTables into the store: all of them or none. */
export function ImportPanel({ database }: { database: RemoteDatabase }) {
  const state = importStep.value;
  const run = (files: Parameters<typeof runImport>[1]) => void runImport(database, files);
  const { isOver, target } = useDrop(run);
  return (
    <section class={isOver ? 'card import over' : 'card import'} aria-label="Import" {...target}>
      <h2>Import</h2>
      <p>
        Another device’s export, or a snapshot of a node: a zip or a folder of SSTables of version nb, oa or da. Everything is
        verified before anybody sees it, and merged by timestamp with what is here.
      </p>
      {state.kind !== 'running' && (
        <div class="buttons">
          <FilePicker label="Zip or files …" onFiles={run} />
          <FilePicker label="Folder …" folder onFiles={run} />
        </div>
      )}
      {state.kind === 'running' && <Running progress={state.progress} />}
      {state.kind === 'failed' && (
        <p class="warning" role="alert">
          Nothing was imported. {state.text}
        </p>
      )}
      {state.kind === 'done' && <Done {...state} />}
    </section>
  );
}

function Running({ progress }: { progress: ImportProgress | null }) {
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
        <button type="button" onClick={cancelImport}>
          Cancel
        </button>
      </div>
    </>
  );
}

interface DoneProps {
  readonly report: ImportReport;
  readonly milliseconds: number;
  readonly papers: Papers | null;
}

function Done({ report, milliseconds: took, papers }: DoneProps) {
  return (
    <div role="status">
      <p class="good">
        {bytes(report.bytes)} in {milliseconds(took)}.
      </p>
      {papers !== null && <PapersOf papers={papers} />}
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

const troubles = {
  missing: 'is not here',
  'other size': 'has another size',
  'other checksum': 'has another SHA-256',
  'not compared': 'was not compared: too large, or compressed',
} as const;

/** What the export says of itself, and whether it is as it says. */
function PapersOf({ papers }: { papers: Papers }) {
  if (papers.kind === 'unreadable') return <p class="warning">{papers.text}</p>;
  const { id, since, createdAt, format, incomplete, files } = papers;
  const wrong = papers.troubles.filter(({ trouble }) => trouble !== 'not compared').length;
  return (
    <section class="papers" aria-label="Manifest">
      <p>
        Export <code>{id.slice(0, 8)}</code> of {createdAt.slice(0, 16).replace('T', ' ')} UTC, version {format}
        {since !== null && (
          <>
            , what was new since <code>{since.slice(0, 8)}</code>
          </>
        )}
        . {plural(files, 'file')} in its manifest:{' '}
        {papers.troubles.length === 0
          ? 'all are here, each with its SHA-256.'
          : wrong === 0
            ? 'all are here.'
            : `${count(wrong)} not as it says.`}
      </p>
      {incomplete > 0 && <p class="warning">It lacks {plural(incomplete, 'SSTable')} that were damaged in the store.</p>}
      {papers.troubles.length > 0 && (
        <ul>
          {papers.troubles.slice(0, 10).map(({ name, trouble }) => (
            <li key={name} class={trouble === 'not compared' ? 'muted' : 'warning'}>
              <code>{name}</code> {troubles[trouble]}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
