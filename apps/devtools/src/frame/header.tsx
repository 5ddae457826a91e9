import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { ExportDialog } from '../export/export-dialog.tsx';
import { SampleButton, SampleStatus } from '../sample/sample-button.tsx';
import { durabilityWords } from '../store/durability-words.ts';
import { storeName, wipeStore } from '../store/session.ts';
import { schema } from '../store/watch.ts';
import { Dialog } from './dialog.tsx';
import { isEmbedded, landmark } from './host.ts';
import { Title } from './logo.tsx';

const dialog = signal<'export' | 'wipe' | null>(null);
const close = () => {
  dialog.value = null;
};

/** What this is, which store is open, and what can be done with all of it. */
export function StoreHeader({ database }: { database: RemoteDatabase }) {
  const Header = landmark('header');
  const { persistent } = database;
  const durability = durabilityWords(database, schema.value ?? []);
  const hasTables = schema.value?.some(({ tables }) => tables.length > 0) ?? false;
  return (
    <Header class="top">
      <Title />
      <dl class="store">
        <div>
          <dt>Store</dt>
          <dd>{storeName.value}</dd>
        </div>
        <div>
          <dt>Kept</dt>
          <dd class={persistent ? 'good' : 'bad'}>{persistent ? 'on this device' : 'in memory only'}</dd>
        </div>
        <div>
          <dt>Durable</dt>
          <dd title={durability.explanation} class={durability.isWeak ? 'bad' : undefined}>
            {durability.words}
          </dd>
        </div>
      </dl>
      <div class="buttons">
        <SampleButton database={database} />
        <button
          type="button"
          class="primary"
          disabled={!hasTables}
          onClick={() => {
            dialog.value = 'export';
          }}
        >
          Export …
        </button>
        {!isEmbedded.value && (
          <button
            type="button"
            class="quiet danger"
            onClick={() => {
              dialog.value = 'wipe';
            }}
          >
            Wipe …
          </button>
        )}
      </div>
      <SampleStatus database={database} />
      {dialog.value === 'export' && <ExportDialog database={database} onClose={close} />}
      {dialog.value === 'wipe' && <WipeDialog />}
    </Header>
  );
}

function WipeDialog() {
  return (
    <Dialog title={`Wipe the store '${storeName.value}'?`} onClose={close}>
      <p>All its keyspaces, tables and rows are removed from this browser. What was exported stays what it is.</p>
      <div class="buttons end">
        <button type="button" data-first-focus onClick={close}>
          Keep it
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={() => {
            close();
            void wipeStore();
          }}
        >
          Wipe everything
        </button>
      </div>
    </Dialog>
  );
}
