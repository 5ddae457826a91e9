import { bytes, plural } from '../../text/numbers.ts';
import { diskRows } from './disk-rows.ts';
import type { DiskFile, Run } from './lab-types.ts';

const fates: Readonly<Record<Run['fate'], string>> = {
  durable: 'durable',
  pending: 'not flushed',
  kept: 'as it was written',
  lost: 'lost or torn',
};

/** The disk before the power went, after, and when recovery was done. */
export function LabDisk({ files }: { files: readonly DiskFile[] }) {
  const rows = diskRows(files);
  const largest = Math.max(1, ...rows.map(({ before, after }) => Math.max(before?.size ?? 0, after?.size ?? 0)));
  return (
    <div class="lab-disk">
      <p class="fates" aria-hidden="true">
        {(Object.keys(fates) as Run['fate'][]).map((fate) => (
          <span key={fate}>
            <i class={`fate ${fate}`} /> {fates[fate]}
          </span>
        ))}
      </p>
      <div class="text-table">
        <table>
          <caption class="hidden">The disk before and after the crash, and after recovery</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Before</th>
              <th scope="col">After the crash</th>
              <th scope="col">Recovered</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((file) => (
              <tr key={file.name}>
                <th scope="row">
                  <code>{file.name}</code>
                  {file.files > 1 && <span class="muted"> {plural(file.files, 'file')}</span>}
                </th>
                <td>
                  {file.before === null ? (
                    <span class="muted">–</span>
                  ) : (
                    <Bar
                      size={file.before.size}
                      runs={file.before.runs}
                      largest={largest}
                      note={file.before.isNameDurable ? '' : ', its name too'}
                    />
                  )}
                </td>
                <td>
                  {file.after === null ? (
                    <span class="muted">not there</span>
                  ) : (
                    <Bar size={file.after.size} runs={file.after.runs} largest={largest} note="" />
                  )}
                </td>
                <td>
                  {file.recovered === null ? (
                    <span class="muted">{file.after === null ? '–' : 'removed'}</span>
                  ) : (
                    bytes(file.recovered)
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Of the largest. */
const barMax = 'min(150px, 20vw)';

function Bar({ size, runs, largest, note }: { size: number; runs: readonly Run[]; largest: number; note: string }) {
  const open = runs.reduce((sum, run) => (run.fate === 'pending' || run.fate === 'lost' ? sum + run.bytes : sum), 0);
  const isBefore = runs.some(({ fate }) => fate === 'durable' || fate === 'pending');
  const told = open === 0 ? '' : isBefore ? `${bytes(open)} not flushed${note}` : `${bytes(open)} lost or torn`;
  let at = 0;
  return (
    <span class="disk-bar">
      <span class="runs" style={{ width: `calc(${barMax} * ${Math.max(0.02, size / largest)})` }} aria-hidden="true">
        {runs.map((run) => {
          at += run.bytes;
          return <i key={at} class={`fate ${run.fate}`} style={{ flexGrow: String(run.bytes) }} />;
        })}
      </span>
      <span class="told">
        {bytes(size)}
        {told !== '' && <span class="muted"> {told}</span>}
      </span>
    </span>
  );
}
