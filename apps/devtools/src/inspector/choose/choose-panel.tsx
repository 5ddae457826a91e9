import type { RemoteDatabase } from '@cassette/client';
import { FilePicker } from '../../files/file-picker.tsx';
import { bytes, plural } from '../../text/numbers.ts';
import { chosen, forget, ofFiles, ofStore, openFiles, refused } from '../inspected.ts';
import type { InspectedSSTable } from '../worker/inspector.ts';

/** SSTables to look at: the store's, and those of files that are dropped here. */
export function ChoosePanel({ database }: { database: RemoteDatabase }) {
  return (
    <section class="choose" aria-label="SSTables">
      <div class="drop">
        <p>Drop SSTables here: files, folders, or the zip of an export.</p>
        <div class="buttons">
          <FilePicker label="Files …" onFiles={(files) => void openFiles(files)} />
          <FilePicker label="Folder …" folder onFiles={(files) => void openFiles(files)} />
        </div>
        <p class="muted">They are read where they lie. Nothing leaves this device.</p>
      </div>
      {refused.value.length > 0 && (
        <div class="refused" role="alert">
          <ul>
            {refused.value.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <button
            type="button"
            class="quiet"
            aria-label="Dismiss"
            onClick={() => {
              refused.value = [];
            }}
          >
            ✕
          </button>
        </div>
      )}
      {ofFiles.value.length > 0 && <List title="Opened files" sstables={ofFiles.value} onForget={forget} />}
      <List title={`Store ${database.name}`} sstables={[...ofStore.value].reverse()} />
      {ofStore.value.length === 0 && (
        <p class="muted padded">
          {database.persistent
            ? 'No SSTables yet: rows are in the log and in memory until a flush writes them.'
            : 'This store is in memory: it has no files to look into. Export it, and drop the zip here.'}
        </p>
      )}
    </section>
  );
}

interface ListProps {
  readonly title: string;
  readonly sstables: readonly InspectedSSTable[];
  readonly onForget?: (sstable: InspectedSSTable) => void;
}

function List({ title, sstables, onForget }: ListProps) {
  return (
    <>
      <h2 class="list-title">
        {title} <span class="muted">{plural(sstables.length, 'SSTable')}</span>
      </h2>
      <ul class="sstables">
        {sstables.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              class="sstable"
              aria-pressed={chosen.value?.id === one.id}
              onClick={() => {
                chosen.value = one;
              }}
            >
              <span class="of">
                {one.table === '' ? 'unknown table' : `${one.keyspace === '' ? '' : `${one.keyspace}.`}${one.table}`}
              </span>
              <span class="what">
                <code>{one.name}</code> {bytes(one.components.reduce((sum, { size }) => sum + size, 0))}
              </span>
            </button>
            {onForget && (
              <button type="button" class="quiet" aria-label={`Close ${one.name}`} onClick={() => onForget(one)}>
                ✕
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
