import type { RecoveryReport, RemoteDatabase } from '@cassette/client';
import { tellFailure } from '../../frame/notice.tsx';
import { bytes, count, milliseconds, plural } from '../../text/numbers.ts';
import type { Comparison } from '../load/acknowledged.ts';
import { loadOf } from '../load/load-run.ts';
import { type Before, type CrashStory, crashNow, story } from './crash-now.ts';

/** A button that kills the engine, and the story of what was there afterwards. */
export function CrashPanel({ database }: { database: RemoteDatabase }) {
  const now = story.value;
  const isBusy = now?.step === 'dead' || now?.step === 'recovered';
  return (
    <section class="crash" aria-label="Crash now">
      <header>
        <h2>Crash now</h2>
        <button
          type="button"
          class="primary danger"
          disabled={isBusy || !database.persistent}
          onClick={() => crashNow(database).catch((error: unknown) => tellFailure('The crash failed', error))}
        >
          Kill the engine
        </button>
      </header>
      {!database.persistent && (
        <p class="warning">This store is in memory: a crash would take all of it, so there is nothing to see.</p>
      )}
      {database.persistent && now === null && (
        <p class="muted">
          Ends the worker in which the engine runs, in the midst of whatever it does: no goodbye, nothing flushed.
          {database.role === 'client' && " It is another tab's worker: that tab is told to let it die."} The store then opens by
          itself, and each row that was acknowledged to the load generator is looked for.
        </p>
      )}
      {now !== null && <Story now={now} database={database} />}
    </section>
  );
}

function Story({ now, database }: { now: CrashStory; database: RemoteDatabase }) {
  const { before } = now;
  return (
    <ol class="story" aria-live="polite">
      <li class="bad">
        <b>The engine died.</b> <Died before={before} />
      </li>
      {now.step === 'dead' && <li class="muted">Waiting for the next worker to open the store …</li>}
      {now.step === 'failed' && (
        <li class="bad">
          <b>It did not go well:</b> {now.message}.
        </li>
      )}
      {(now.step === 'recovered' || now.step === 'checked') && <Recovered report={now.report} milliseconds={now.milliseconds} />}
      {now.step === 'recovered' && <li class="muted">Looking for each acknowledged row: {count(now.rowsRead)} rows read …</li>}
      {now.step === 'checked' && <Checked comparison={now.comparison} before={before} database={database} />}
    </ol>
  );
}

function Died({ before }: { before: Before }) {
  const { owner, memtableRows, memtableBytes, logSegments, logBytes, flush, compaction, acknowledged, underWay } = before;
  const busy = [flush !== null && `a flush of ${flush}`, compaction !== null && `a compaction of ${compaction}`].filter(Boolean);
  return (
    <>
      {owner === 'another tab' && 'It was the worker of another tab. '}
      {plural(memtableRows, 'row')} ({bytes(memtableBytes)}) were in memory alone but for the log:{' '}
      {plural(logSegments, 'segment')}, {bytes(logBytes)}.{busy.length > 0 && ` In the midst of ${busy.join(' and ')}.`}
      {acknowledged + underWay > 0 &&
        ` The load generator had ${plural(acknowledged, 'row')} acknowledged since its start, and ${count(underWay)} under way.`}
    </>
  );
}

function Recovered({ report, milliseconds: took }: { report: RecoveryReport; milliseconds: number }) {
  const { segments, mutationsReplayed, bytesReplayed, tornTails, litterSwept, corruption } = report;
  const largest = Math.max(1, ...segments.map((one) => one.bytes));
  return (
    <>
      <li>
        <b>Open again after {milliseconds(took)}</b>, of which recovery took {milliseconds(report.milliseconds)}.
      </li>
      <li>
        <b>{plural(mutationsReplayed, 'mutation')} replayed</b> ({bytes(bytesReplayed)}) from{' '}
        {plural(report.walSegments, 'log segment')}.
        {segments.length > 0 && (
          <ul class="replayed">
            {segments.map((one) => (
              <li key={one.file}>
                <code>{one.file}</code>
                <span class="bar-room">
                  <i style={{ width: `${Math.max(1, (one.bytes / largest) * 100)}%` }} />
                </span>
                <span>
                  {bytes(one.bytes)}, {plural(one.mutations, 'mutation')}
                  {one.tornBytes > 0 && `, ${bytes(one.tornBytes)} torn`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </li>
      <li>
        {tornTails.length === 0
          ? 'No torn tail: nothing was cut off in the middle of a record.'
          : tornTails.map(({ file, offset, size }) => (
              <span key={file}>
                <b>Torn tail trimmed</b>: <code>{file}</code> at {count(offset)}, {bytes(size)} of a write that nobody was told
                of.{' '}
              </span>
            ))}
        {litterSwept.length > 0 && ` ${plural(litterSwept.length, 'half-made file')} of a flush or compaction swept away.`}
      </li>
      {corruption.map(({ file, offset, message }) => (
        <li class="bad" key={`${file} ${offset}`}>
          <b>Damaged</b>: <code>{file}</code> at {count(offset)}: {message}
        </li>
      ))}
    </>
  );
}

function Checked({ comparison, before, database }: { comparison: Comparison | null; before: Before; database: RemoteDatabase }) {
  const load = loadOf(database);
  if (comparison === null) {
    return (
      <li class="muted">Nothing to compare: the load generator had written nothing. Start it, then crash in the midst of it.</li>
    );
  }
  const { rows, there, stale, deleted, risen } = comparison;
  const missing = rows - there - stale;
  const isWhole = there === rows && risen === 0;
  return (
    <li class={isWhole ? 'good' : 'bad'}>
      <b>
        {count(there)} of {count(rows)} acknowledged rows are there
      </b>
      {deleted > 0 && `, and ${count(deleted - risen)} of ${count(deleted)} deletions hold`}
      {isWhole ? '. ' : `: ${count(missing)} are missing, ${count(stale)} are older versions. `}
      {!isWhole && before.durability === 'disabled' && 'They were written without a log, which promises nothing before a flush. '}
      {!isWhole &&
        before.durability === 'periodic' &&
        'They were acknowledged before they were synced, which may take the last second. '}
      <span class="muted">
        The last state of each key was compared; what was under way was sent again with its first timestamp.
      </span>{' '}
      {load.state.value.kind !== 'running' && (
        <button
          type="button"
          onClick={() => load.resume().catch((error: unknown) => tellFailure('The load could not be started', error))}
        >
          Go on writing
        </button>
      )}
    </li>
  );
}
