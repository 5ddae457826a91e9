import type { EngineStats, RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useRef } from 'preact/hooks';
import { tellFailure } from '../frame/notice.tsx';
import { route } from '../frame/route.ts';
import { lateViewsHere } from '../frame/views.ts';
import { opening, stats, type TimelineEntry, timeline } from '../store/watch.ts';
import { bytes, count, milliseconds, plural } from '../text/numbers.ts';
import { Recovery } from './recovery.tsx';
import { SSTables } from './sstables.tsx';
import { Timeline } from './timeline.tsx';

const flushing = signal(false);

async function flush(database: RemoteDatabase): Promise<void> {
  flushing.value = true;
  try {
    await database.flush();
  } catch (error) {
    tellFailure('The memtables could not be flushed', error);
  } finally {
    flushing.value = false;
  }
}

/** What the engine holds and does. While another view is shown it stays as it was: nobody would see it change. */
export function EnginePanel({ database }: { database: RemoteDatabase }) {
  const last = useRef<{ readonly of: RemoteDatabase; readonly panel: ComponentChild } | null>(null);
  const isHidden = lateViewsHere().some(({ id }) => id === route.value.view);
  if (isHidden && last.current?.of === database) return last.current.panel;
  const panel = <Panel database={database} now={stats.value} entries={timeline.value} />;
  last.current = { of: database, panel };
  return panel;
}

interface PanelProps {
  readonly database: RemoteDatabase;
  readonly now: EngineStats | null;
  readonly entries: readonly TimelineEntry[];
}

function Panel({ database, now, entries }: PanelProps) {
  return (
    <section class="panel engine" aria-label="Engine">
      <header>
        <h2>Engine</h2>
        <button
          type="button"
          disabled={flushing.value || (now?.memtableBytes ?? 0) === 0}
          title="Writes what is in memory to SSTables"
          onClick={() => void flush(database)}
        >
          {flushing.value ? 'Flushing …' : 'Flush to SSTables'}
        </button>
      </header>
      <div class="scroll">
        {now !== null && <Figures now={now} />}
        {now !== null && <SSTables tables={now.tables} />}
        <Recovery report={opening.value?.report ?? database.recovery} persistent={database.persistent} />
        <Timeline entries={entries} />
      </div>
    </section>
  );
}

function Figures({ now }: { now: EngineStats }) {
  const { counters } = now;
  const perFlush = counters.walFlushes > 0 ? counters.mutations / counters.walFlushes : 0;
  return (
    <>
      <Memtable now={now} />
      <dl class="figures">
        <Figure name="Mutations" value={count(counters.mutations)} hint={bytes(counters.mutationBytes)} />
        <Figure
          name="Log syncs"
          value={count(counters.walFlushes)}
          hint={perFlush >= 1.05 ? `${count(perFlush)} in each` : bytes(counters.walBytesWritten)}
        />
        <Figure name="Log on disk" value={bytes(now.walBytes)} hint={plural(now.walSegments, 'segment')} />
        <Figure name="Flushes" value={count(counters.flushes)} hint={`${bytes(counters.bytesFlushed)} out`} />
        <Figure name="Compactions" value={count(counters.compactions)} hint={compactionHint(now)} />
        <Figure name="Reads" value={count(counters.reads)} hint="since opened" />
        <Figure name="p99" value={micros(now.writeLatency.p99)} hint={`of writes; SELECTs ${micros(now.reads.latency.p99)}`} />
        <Figure
          name="Amplification"
          value={`× ${now.amplification.write.toFixed(1)}`}
          hint={`written; ${now.amplification.read.toFixed(1)} SSTables a read`}
        />
        <Figure name="Disk" value={bytes(now.diskBytes)} hint="log + SSTables" />
      </dl>
      {counters.writesFailed + counters.flushesFailed > 0 && (
        <p class="warning padded">
          {plural(counters.writesFailed, 'write')} refused or failed, {plural(counters.flushesFailed, 'flush', 'flushes')} failed.
        </p>
      )}
    </>
  );
}

function micros(value: number): string {
  return milliseconds(value / 1000);
}

/** What compaction does now, or what it has written. */
function compactionHint({ compaction, counters }: EngineStats): string {
  const { running } = compaction;
  if (running !== null)
    return `${running.keyspace}.${running.table}, ${Math.floor((running.bytesRead / running.bytes) * 100)} % …`;
  return `${bytes(counters.bytesWrittenByCompactions)} out`;
}

function Figure({ name, value, hint }: { name: string; value: string; hint: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd class="hint">{hint}</dd>
    </div>
  );
}

function Memtable({ now }: { now: EngineStats }) {
  const rows = now.tables.reduce((sum, table) => sum + table.memtableRows, 0);
  return (
    <div class="memtable">
      <div class="label">
        <span id="memtable-label">Memtable</span>
        <span>
          {bytes(now.memtableBytes)}{' '}
          <span class="muted">
            of {bytes(now.memtableFlushThreshold)}, {plural(rows, 'row')}
          </span>
        </span>
      </div>
      <progress
        aria-labelledby="memtable-label"
        max={now.memtableFlushThreshold}
        value={Math.min(now.memtableBytes, now.memtableFlushThreshold)}
      />
    </div>
  );
}
