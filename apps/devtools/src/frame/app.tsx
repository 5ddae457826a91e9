import type { RemoteDatabase } from '@cassette/client';
import { useEffect } from 'preact/hooks';
import { Console } from '../console/console.tsx';
import { runs } from '../console/run-script.ts';
import { EnginePanel } from '../engine/engine-panel.tsx';
import { Results } from '../results/results.tsx';
import { SchemaPanel } from '../schema/schema-panel.tsx';
import { session } from '../store/session.ts';
import { watch } from '../store/watch.ts';
import { ClosedPage } from './closed-pages.tsx';
import { Header } from './header.tsx';
import { NoticeBar, tellFailure } from './notice.tsx';

/** The whole page. */
export function App() {
  const now = session.value;
  return now.kind === 'open' ? <OpenPage database={now.database} /> : <ClosedPage session={now} />;
}

function OpenPage({ database }: { database: RemoteDatabase }) {
  useEffect(() => {
    runs.value = [];
    return watch(database, (error) => tellFailure('The engine could not be asked', error));
  }, [database]);
  return (
    <div class="page">
      <Header database={database} />
      <NoticeBar />
      <main class="columns">
        <SchemaPanel />
        <div class="work">
          <Console database={database} />
          <Results database={database} />
        </div>
        <EnginePanel database={database} />
      </main>
    </div>
  );
}
