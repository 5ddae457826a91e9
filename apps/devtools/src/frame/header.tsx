import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { ExportDialog } from '../export/export-dialog.tsx';
import { type ExportStep, exporting, exportStep, openExports } from '../export/export-job.ts';
import { SampleButton, SampleStatus } from '../sample/sample-button.tsx';
import { durabilityWords } from '../store/durability-words.ts';
import { storeName, wipeStore } from '../store/session.ts';
import { schema } from '../store/watch.ts';
import { Dialog } from './dialog.tsx';
import { isEmbedded, landmark } from './host.ts';
import { Title } from './logo.tsx';

const wiping = signal(false);
const close = () => {
  wiping.value = false;
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
          disabled={!hasTables && exportStep.value.kind === 'ask'}
          onClick={() => openExports(null)}
        >
          {exportButton(exportStep.value)}
        </button>
        {!isEmbedded.value && (
          <button
            type="button"
            class="quiet danger"
            onClick={() => {
              wiping.value = true;
            }}
          >
            Wipe …
          </button>
        )}
      </div>
      <SampleStatus database={database} />
      {exporting.value !== null && <ExportDialog database={database} />}
      {wiping.value && <WipeDialog />}
    </Header>
  );
}

/** What of an export is told where it is not looked at. */
function exportButton(step: ExportStep): string {
  switch (step.kind) {
    case 'ask':
      return 'Export …';
    case 'running': {
      const { progress } = step;
      const share = progress === null || progress.bytesTotal === 0 ? 0 : progress.bytesDone / progress.bytesTotal;
      return `Exporting, ${Math.floor(share * 100)} % …`;
    }
    case 'done':
      return 'Exported ✓';
    case 'failed':
      return 'Export failed …';
  }
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
