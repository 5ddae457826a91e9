import type { ExportFormat, ExportProgress, ExportReport, RemoteDatabase } from '@cassette/client';
import { useState } from 'preact/hooks';
import { Dialog } from '../frame/dialog.tsx';
import { storeName } from '../store/session.ts';
import { schema } from '../store/watch.ts';
import { bytes, milliseconds, plural } from '../text/numbers.ts';
import { cancelExport, closeExports, type ExportStep, exporting, exportStep, runExport } from './export-job.ts';
import { importCommands } from './import-commands.ts';

/** Exports the store into a file, with progress, and says what to do with it. Closed, it leaves what is under way to go on. */
export function ExportDialog({ database }: { database: RemoteDatabase }) {
  const step = exportStep.value;
  const since = exporting.value?.since ?? null;
  const [form, setForm] = useState<Form>({ format: 'nb', compact: true });
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const tables = (schema.value ?? []).flatMap((keyspace) => keyspace.tables.map((table) => `${keyspace.name}.${table.name}`));
  const chosen = tables.filter((table) => !leftOut.has(table));
  const leave = (table: string, out: boolean) => {
    const next = new Set(leftOut);
    if (out) next.add(table);
    else next.delete(table);
    setLeftOut(next);
  };
  const fileName = `${storeName.value.replace(/[^\w.-]+/g, '-')}${since === null ? '' : `-since-${since.slice(0, 8)}`}.zip`;
  const options = {
    ...form,
    ...(chosen.length < tables.length && { tables: chosen }),
    ...(since !== null && { since }),
  };
  return (
    <Dialog title="Export to Cassandra" onClose={closeExports}>
      {step.kind === 'ask' && (
        <Ask
          fileName={fileName}
          since={since}
          form={form}
          tables={tables}
          leftOut={leftOut}
          onForm={setForm}
          onLeave={leave}
          onStart={() => void runExport(database, options, fileName)}
        />
      )}
      {step.kind === 'running' && <Running progress={step.progress} />}
      {step.kind === 'done' && <Done step={step} />}
      {step.kind === 'failed' && (
        <Failed
          message={step.message}
          table={chosen.length > 1 ? step.table : null}
          onBack={(table) => {
            if (table !== null) leave(table, true);
            exportStep.value = { kind: 'ask' };
          }}
        />
      )}
    </Dialog>
  );
}

/** How SSTables are written. */
interface Form {
  readonly format: ExportFormat;
  readonly compact: boolean;
}

const formats: readonly { readonly id: ExportFormat; readonly text: string }[] = [
  { id: 'nb', text: 'nb: every Cassandra 4.x and 5.x' },
  { id: 'da', text: 'da: tries, Cassandra 5.0' },
  { id: 'oa', text: 'oa: Cassandra 5.0 in mode UPGRADING or NONE' },
];

function Ask(props: {
  readonly fileName: string;
  readonly since: string | null;
  readonly form: Form;
  readonly onForm: (form: Form) => void;
  readonly tables: readonly string[];
  readonly leftOut: ReadonlySet<string>;
  readonly onLeave: (table: string, out: boolean) => void;
  readonly onStart: () => void;
}) {
  const { fileName, since, form, tables, leftOut, onForm, onLeave, onStart } = props;
  const all = tables.every((table) => !leftOut.has(table));
  return (
    <>
      <p>
        {since !== null
          ? 'What was written since that export, deletions included,'
          : all
            ? 'Everything in this store'
            : 'The tables below'}{' '}
        as one zip of SSTables, with the schema as CQL and a script that loads them. Writes may go on meanwhile; the zip holds the
        state of its beginning.
      </p>
      <p>
        <label>
          Version
          <select
            value={form.format}
            onChange={(event) => onForm({ ...form, format: event.currentTarget.value as ExportFormat })}
          >
            {formats.map(({ id, text }) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={form.compact}
            onChange={(event) => onForm({ ...form, compact: event.currentTarget.checked })}
          />
          Each table merged into one SSTable
        </label>
      </p>
      <fieldset class="tables-to-export">
        <legend>Tables</legend>
        {tables.map((table) => (
          <label key={table}>
            <input
              type="checkbox"
              checked={!leftOut.has(table)}
              onChange={(event) => onLeave(table, !event.currentTarget.checked)}
            />
            <code>{table}</code>
          </label>
        ))}
      </fieldset>
      <div class="buttons end">
        <button
          type="button"
          class="primary"
          data-first-focus
          disabled={tables.every((table) => leftOut.has(table))}
          onClick={onStart}
        >
          Save {fileName}
        </button>
      </div>
    </>
  );
}

/** `table` is the one that the export failed at, where it can be left out. */
function Failed(props: {
  readonly message: string;
  readonly table: string | null;
  readonly onBack: (without: string | null) => void;
}) {
  const { message, table, onBack } = props;
  return (
    <div class="failure" role="alert">
      <p>
        <b>The export failed.</b> The store is as it was.
      </p>
      <pre>{message}</pre>
      <div class="buttons end">
        <button type="button" onClick={() => onBack(null)}>
          Back
        </button>
        {table !== null && (
          <button type="button" class="primary" onClick={() => onBack(table)}>
            Leave out {table}
          </button>
        )}
      </div>
    </div>
  );
}

function Running({ progress }: { progress: ExportProgress | null }) {
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
        <button type="button" onClick={cancelExport}>
          Cancel
        </button>
        <button type="button" class="primary" onClick={closeExports}>
          Go on while it is written
        </button>
      </div>
    </>
  );
}

function Done({ step }: { step: Extract<ExportStep, { kind: 'done' }> }) {
  const { report, fileName } = step;
  const commands = importCommands(fileName, report);
  return (
    <div role="status">
      <p>
        <b>{fileName}</b>, {bytes(report.bytes)}, saved in {milliseconds(step.milliseconds)}. Its SSTables are read by{' '}
        {report.readableBy}.
      </p>
      {report.incomplete.length > 0 && <Incomplete missing={report.incomplete} />}
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
        <button type="button" class="primary" onClick={closeExports}>
          Close
        </button>
      </div>
    </div>
  );
}

/** What the zip lacks, before anybody takes it for whole. */
function Incomplete({ missing }: { missing: ExportReport['incomplete'] }) {
  return (
    <div class="failure" role="alert">
      <p>
        <b>This export is not complete.</b> {plural(missing.length, 'SSTable')} of the store {missing.length === 1 ? 'is' : 'are'}{' '}
        damaged and set aside: rows and deletions that only {missing.length === 1 ? 'it has' : 'they have'} are not in the zip.
      </p>
      <ul>
        {missing.map(({ keyspace, table, generation, file }) => (
          <li key={`${keyspace}.${table}-${generation}`}>
            <code>
              {keyspace}.{table}
            </code>
            , SSTable {generation}: <code>{file}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
