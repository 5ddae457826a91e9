import type { RemoteDatabase } from '@cassette/client';
import { useEffect, useRef } from 'preact/hooks';
import { ConsoleView } from '../console/console-view.tsx';
import { forgetRuns } from '../console/run-script.ts';
import { forgetExports } from '../export/export-job.ts';
import { forgetImports } from '../storage/import-job.ts';
import { session } from '../store/session.ts';
import { watch } from '../store/watch.ts';
import { ClosedPage } from './closed-pages.tsx';
import { StoreHeader } from './header.tsx';
import { isEmbedded, landmark } from './host.ts';
import { LaterView } from './later-view.tsx';
import { Navigation, viewKeys } from './navigation.tsx';
import { NewerBuild, NoticeBar, tellFailure } from './notice.tsx';
import { route } from './route.ts';
import { applyTheme } from './theme.ts';
import { consoleView, lateViewsHere } from './views.ts';

function keepPage(event: Event): void {
  const { dataTransfer } = event as DragEvent;
  if (event.defaultPrevented || !dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  dataTransfer.dropEffect = 'none';
}

/** The whole page. */
export function App() {
  const now = session.value;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current!;
    const stop = applyTheme(element);
    // The page is ours as a whole: what had the focus may be hidden with its view. In an app, keys are ours only where the focus is.
    const keys: EventTarget = isEmbedded.value ? element : document;
    const heard = (event: Event) => viewKeys(event as KeyboardEvent);
    keys.addEventListener('keydown', heard);
    // A file that is dropped beside what takes it would be opened in place of the page, and the page be gone.
    for (const type of ['dragover', 'drop']) keys.addEventListener(type, keepPage);
    return () => {
      stop();
      keys.removeEventListener('keydown', heard);
      for (const type of ['dragover', 'drop']) keys.removeEventListener(type, keepPage);
    };
  }, []);
  return (
    <div class="cassette" ref={root}>
      {now.kind === 'open' ? <OpenPage database={now.database} /> : <ClosedPage session={now} />}
    </div>
  );
}

/** The store whose exports and imports are told. */
let jobsOf: string | null = null;

function OpenPage({ database }: { database: RemoteDatabase }) {
  useEffect(() => {
    forgetRuns();
    if (jobsOf !== null && jobsOf !== database.name) {
      forgetExports();
      forgetImports();
    }
    jobsOf = database.name;
    return watch(database, (error) => tellFailure('The engine could not be asked', error));
  }, [database]);
  const late = lateViewsHere().find(({ id }) => id === route.value.view);
  const shown = late ?? consoleView;
  const main = useRef<HTMLElement>(null);
  const Main = landmark('main');
  const before = useRef(shown);
  useEffect(() => {
    // Who goes elsewhere by a key or a link goes on there, and not where something was that is hidden now.
    if (before.current !== shown) main.current?.focus({ preventScroll: true });
    before.current = shown;
  }, [shown]);
  return (
    <div class="page" data-view={shown.id}>
      <StoreHeader database={database} />
      <NewerBuild />
      <NoticeBar />
      <div class="body">
        <Navigation shown={shown} />
        <Main class="view" aria-label={shown.title} tabIndex={-1} ref={main}>
          <div class="view-inside" hidden={late !== undefined}>
            <ConsoleView database={database} />
          </div>
          {late !== undefined && <LaterView key={late.id} view={late} database={database} />}
        </Main>
      </div>
    </div>
  );
}
