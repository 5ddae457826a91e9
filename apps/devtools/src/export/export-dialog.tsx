import { type CassetteError, type ExportProgress, type ExportReport, exportToFile, type RemoteDatabase } from '@cassette/client';
import { useRef, useState } from 'preact/hooks';
import { Dialog } from '../frame/dialog.tsx';
import { storeName } from '../store/session.ts';
import { bytes, milliseconds, plural } from '../text/numbers.ts';
import { importCommands } from './import-commands.ts';

type Step =
  | { readonly kind: 'ask' }
  | { readonly kind: 'running'; readonly progress: ExportProgress | null }
  | { readonly kind: 'done'; readonly report: ExportReport; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Exports the store into a file, with progress, and says what to do with it. */
export function ExportDialog({ database, onClose }: { database: RemoteDatabase; onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: 'ask' });
  const cancel = useRef(new AbortController());
  const fileName = `${storeName.replace(/[^\w.-]+/g, '-')}.zip`;
  const run = async () => {
    cancel.current = new AbortController();
    setStep({ kind: 'running', progress: null });
    const began = performance.now();
    try {
      const report = await exportToFile(
        database,
        {},
        {
          suggestedName: fileName,
          signal: cancel.current.signal,
          onProgress: (progress) => setStep((now) => (now.kind === 'running' ? { kind: 'running', progress } : now)),
        },
      );
      setStep({ kind: 'done', report, milliseconds: performance.now() - began });
    } catch (error) {
      const { name, code, message } = error as CassetteError;
      // A picker that was closed, and an export that was cancelled, are what the user wanted.
      if (code === 'ABORTED' || name === 'AbortError') setStep({ kind: 'ask' });
      else setStep({ kind: 'failed', message });
    }
  };
  return (
    <Dialog title="Export to Cassandra" onClose={onClose} busy={step.kind === 'running'}>
      {step.kind === 'ask' && <Ask fileName={fileName} onStart={() => void run()} />}
      {step.kind === 'running' && <Running progress={step.progress} onCancel={() => cancel.current.abort()} />}
      {step.kind === 'done' && <Done step={step} fileName={fileName} onClose={onClose} />}
      {step.kind === 'failed' && (
        <div class="failed" role="alert">
          <p>
            <b>The export failed.</b> The store is as it was.
          </p>
          <pre>{step.message}</pre>
          <div class="buttons end">
            <button type="button" onClick={() => setStep({ kind: 'ask' })}>
              Back
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Ask({ fileName, onStart }: { fileName: string; onStart: () => void }) {
  return (
    <>
      <p>
        Everything in this store as one zip: each table as one SSTable of version <code>nb</code>, which every Cassandra 4.x and
        5.x node reads, and the schema as CQL. Writes may go on meanwhile; the zip holds the state of its beginning.
      </p>
      <div class="buttons end">
        <button type="button" class="primary" onClick={onStart}>
          Save {fileName}
        </button>
      </div>
    </>
  );
}

function Running({ progress, onCancel }: { progress: ExportProgress | null; onCancel: () => void }) {
  const known = progress !== null && progress.bytesTotal > 0;
  return (
    <>
      <progress
        class="export-progress"
        aria-label="Exporting"
        {...(known ? { max: progress.bytesTotal, value: progress.bytesDone } : {})}
      />
      <p class="muted" role="status">
        {known ? `${bytes(progress.bytesDone)} of ${bytes(progress.bytesTotal)}` : 'Beginning …'}
      </p>
      <div class="buttons end">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </>
  );
}

function Done(props: { step: Extract<Step, { kind: 'done' }>; fileName: string; onClose: () => void }) {
  const { step, fileName, onClose } = props;
  const { report } = step;
  const commands = importCommands(fileName, report);
  return (
    <div role="status">
      <p>
        <b>{fileName}</b>, {bytes(report.bytes)}, saved in {milliseconds(step.milliseconds)}. Its SSTables are read by{' '}
        {report.readableBy}.
      </p>
      <table class="exported">
        <caption class="hidden">SSTables in the zip</caption>
        <tbody>
          {report.sstables.map((sstable) => (
            <tr key={sstable.data}>
              <th scope="row">{sstable.data}</th>
              <td>{plural(sstable.partitions, 'partition')}</td>
              <td>{plural(sstable.rows, 'row')}</td>
              <td>{bytes(sstable.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>On a Cassandra node</h3>
      <pre class="commands">{commands}</pre>
      <div class="buttons end">
        <button type="button" onClick={() => void navigator.clipboard.writeText(commands)}>
          Copy
        </button>
        <button type="button" class="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </div>
  );
}
