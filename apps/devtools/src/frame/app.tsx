import type { RemoteDatabase } from '@cassette/client';
import { useEffect, useRef } from 'preact/hooks';
import { ConsoleView } from '../console/console-view.tsx';
import { runs } from '../console/run-script.ts';
import { session } from '../store/session.ts';
import { watch } from '../store/watch.ts';
import { ClosedPage } from './closed-pages.tsx';
import { Header } from './header.tsx';
import { LaterView } from './later-view.tsx';
import { Navigation, viewKeys } from './navigation.tsx';
import { NoticeBar, tellFailure } from './notice.tsx';
import { route } from './route.ts';
import { applyTheme } from './theme.ts';
import { consoleView, lateViewsHere } from './views.ts';

/** The whole page. */
export function App() {
  const now = session.value;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current!;
    const stop = applyTheme(element);
    element.addEventListener('keydown', viewKeys);
    return () => {
      stop();
      element.removeEventListener('keydown', viewKeys);
    };
  }, []);
  return (
    <div class="cassette" ref={root}>
      {now.kind === 'open' ? <OpenPage database={now.database} /> : <ClosedPage session={now} />}
    </div>
  );
}

function OpenPage({ database }: { database: RemoteDatabase }) {
  useEffect(() => {
    runs.value = [];
    return watch(database, (error) => tellFailure('The engine could not be asked', error));
  }, [database]);
  const late = lateViewsHere().find(({ id }) => id === route.value.view);
  const shown = late ?? consoleView;
  return (
    <div class="page" data-view={shown.id}>
      <Header database={database} />
      <NoticeBar />
      <div class="body">
        <Navigation shown={shown} />
        <main class="view" aria-label={shown.title}>
          <div class="view-inside" hidden={late !== undefined}>
            <ConsoleView database={database} />
          </div>
          {late !== undefined && <LaterView key={late.id} view={late} database={database} />}
        </main>
      </div>
    </div>
  );
}
