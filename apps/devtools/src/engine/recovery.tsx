import type { RecoveryReport } from '@cassette/client';
import { bytes, milliseconds, plural } from '../text/numbers.ts';
import { Eviction } from './eviction.tsx';

/** What opening the store found, in plain words. */
export function Recovery({ report, persistent }: { report: RecoveryReport; persistent: boolean }) {
  const { corruption, tornTails, litterSwept, sstablesSetAside, filesSetAside } = report;
  return (
    <section aria-label="Last opening">
      <h3>Last opening</h3>
      <ul class="facts">
        {persistent ? <Eviction /> : <li class="warning">This store is in memory: it is gone when the tab closes.</li>}
        <li>
          {report.mutationsReplayed === 0
            ? 'Nothing to replay from the log.'
            : `${plural(report.mutationsReplayed, 'write')} (${bytes(report.bytesReplayed)}) replayed from ${plural(report.walSegments, 'log segment')}.`}{' '}
          <span class="muted">Took {milliseconds(report.milliseconds)}.</span>
        </li>
        {report.mutationsSkipped > 0 && (
          <li>{plural(report.mutationsSkipped, 'write')} to dropped or truncated tables left out.</li>
        )}
        {tornTails.map(({ file, offset, size }) => (
          <li key={file}>
            The end of <code>{file}</code> was cut off at {offset} ({bytes(size)}): what a crash leaves of a write that was under
            way.
          </li>
        ))}
        {filesSetAside.length > 0 && (
          <li class="warning">
            {plural(filesSetAside.length, 'file')} that the damaged catalog may have named kept aside: {filesSetAside.join(', ')}
          </li>
        )}
        {litterSwept.length > 0 && <li>{plural(litterSwept.length, 'unfinished file')} removed.</li>}
        {corruption.map(({ file, offset, size, message, setAside }) => (
          <li key={`${file}-${offset}`} class="warning">
            Damaged: <code>{file}</code> at {offset}, {bytes(size)}: {message}.{setAside ? ` Kept aside as ${setAside}.` : ''}
          </li>
        ))}
        {sstablesSetAside.map(({ table, generation, file }) => (
          <li key={file} class="warning">
            SSTable {generation} of {table} can't be read (<code>{file}</code>): it stays where it is.
          </li>
        ))}
      </ul>
    </section>
  );
}
