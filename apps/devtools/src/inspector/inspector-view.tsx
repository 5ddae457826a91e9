import { useEffect } from 'preact/hooks';
import { useDrop } from '../files/use-drop.ts';
import { type Route, route } from '../frame/route.ts';
import type { ViewProps } from '../frame/views.ts';
import { stats } from '../store/watch.ts';
import { BytesTab } from './bytes/bytes-tab.tsx';
import { ChoosePanel } from './choose/choose-panel.tsx';
import { FactsTab } from './facts/facts-tab.tsx';
import { VerifyTab } from './facts/verify-tab.tsx';
import { chosen, ofStore, openFiles, readStore, type Tab, tab } from './inspected.ts';
import { PicturesTab } from './pictures/pictures-tab.tsx';
import { RowsTab } from './rows/rows-tab.tsx';
import type { InspectedSSTable } from './worker/inspector.ts';

const tabs: readonly { readonly id: Tab; readonly title: string }[] = [
  { id: 'bytes', title: 'Bytes' },
  { id: 'rows', title: 'Rows' },
  { id: 'pictures', title: 'Pictures' },
  { id: 'facts', title: 'Facts' },
  { id: 'verify', title: 'Verify' },
];

/** The address whose SSTable was chosen already. */
let honoured: Route | null = null;

/** Looks into SSTables: their bytes, rows, pictures of them, facts, and whether they are whole. */
export function InspectorView({ database }: ViewProps) {
  // Which SSTables the store has, as its figures tell: a flush or a compaction changes it.
  const names = stats.value?.tables.flatMap(({ sstables }) => sstables.map(({ components }) => components[0]?.file)).join();
  useEffect(() => {
    if (names !== undefined) void readStore(database);
  }, [database, names]);
  const here = route.value;
  const asked = here.params.get('sstable');
  const known = ofStore.value;
  useEffect(() => {
    // Once for each time that the address asks: who chooses another then is not pulled back when there are new SSTables.
    if (asked === null || honoured === here) return;
    const found = known.find(({ components }) => components.some(({ fileName }) => fileName === asked));
    if (found === undefined) return;
    honoured = here;
    chosen.value = found;
  }, [here, asked, known]);
  const { isOver, target } = useDrop((files) => void openFiles(files));
  const shown = chosen.value;
  return (
    <div class={`inspector${shown === null ? ' choosing' : ''}${isOver ? ' over' : ''}`} {...target}>
      <ChoosePanel database={database} />
      {shown === null ? <Welcome /> : <Inspection key={shown.id} sstable={shown} />}
    </div>
  );
}

function Welcome() {
  return (
    <div class="inspector-welcome">
      <h2>Look into an SSTable</h2>
      <p>
        Choose one of the store’s, or drop files of any Apache Cassandra node, versions nb, oa and da. Each byte is explained:
        which piece it belongs to, what it says, and why it is there.
      </p>
    </div>
  );
}

function Inspection({ sstable }: { sstable: InspectedSSTable }) {
  return (
    <section class="inspection" aria-label={`SSTable ${sstable.name}`}>
      <header>
        <button
          type="button"
          class="quiet back"
          onClick={() => {
            chosen.value = null;
          }}
        >
          ← SSTables
        </button>
        <h2>
          {sstable.table !== '' && <span>{`${sstable.keyspace === '' ? '' : `${sstable.keyspace}.`}${sstable.table} `}</span>}
          <code>{sstable.name}</code>
        </h2>
        <div class="inspect-tabs" role="tablist" aria-label="What is shown of it">
          {tabs.map(({ id, title }) => (
            <button
              type="button"
              role="tab"
              key={id}
              aria-selected={tab.value === id}
              onClick={() => {
                tab.value = id;
              }}
            >
              {title}
            </button>
          ))}
        </div>
      </header>
      {tab.value === 'bytes' && <BytesTab sstable={sstable} />}
      {tab.value === 'rows' && <RowsTab sstable={sstable} />}
      {tab.value === 'pictures' && <PicturesTab sstable={sstable} />}
      {tab.value === 'facts' && <FactsTab sstable={sstable} />}
      {tab.value === 'verify' && <VerifyTab sstable={sstable} />}
    </section>
  );
}
