import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { runInConsole } from '../console/console.tsx';
import { isEmbedded } from '../frame/host.ts';
import { tellFailure } from '../frame/notice.tsx';
import { count } from '../text/numbers.ts';
import { sampleExamples } from './examples.ts';
import { loadSample, sampleProgress } from './load-sample.ts';

const loading = signal(false);

async function load(database: RemoteDatabase): Promise<void> {
  if (loading.value) return;
  loading.value = true;
  try {
    await loadSample(database);
    await runInConsole(sampleExamples[0].cql);
  } catch (error) {
    tellFailure('The sample data could not be loaded', error);
  } finally {
    loading.value = false;
  }
}

/** One click writes the sample rows and runs a first query on them; not into the store of an app. */
export function SampleButton({ database, prominent = false }: { database: RemoteDatabase; prominent?: boolean }) {
  if (isEmbedded.value) return null;
  return (
    <button
      type="button"
      class={prominent ? 'primary large' : ''}
      disabled={loading.value}
      onClick={() => void load(database)}
      title="Creates the keyspace 'sample' with two tables and writes real rows into them"
    >
      {loading.value ? 'Loading …' : 'Load sample data'}
    </button>
  );
}

/** Whether what is acknowledged survives the machine. */
function isDurable({ persistent, durability }: RemoteDatabase): boolean {
  return persistent && durability.kind === 'sync-each-write';
}

/** How far the loading is, and how fast it went. */
export function SampleStatus({ database }: { database: RemoteDatabase }) {
  const progress = sampleProgress.value;
  if (progress === null) return null;
  const { rowsDone, rowsTotal, seconds, done } = progress;
  const rate = seconds > 0 ? `${count(rowsDone / seconds)} rows/s` : '';
  return (
    <div class="sample-status" role="status">
      {done ? (
        <span>
          <b>{count(rowsDone)} rows</b> {isDurable(database) ? 'written durably in' : 'written in'} {seconds.toFixed(2)} s, {rate}
        </span>
      ) : (
        <>
          <progress max={rowsTotal} value={rowsDone} aria-label="Loading sample data" />
          <span>
            {count(rowsDone)} of {count(rowsTotal)} rows, {rate}
          </span>
        </>
      )}
      {done && (
        <button
          type="button"
          class="quiet"
          aria-label="Dismiss"
          onClick={() => {
            sampleProgress.value = null;
          }}
        >
          ✕
        </button>
      )}
    </div>
  );
}
