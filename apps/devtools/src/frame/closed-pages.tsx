import { openStore, type Session, storeName } from '../store/session.ts';
import { landmark } from './host.ts';
import { Title } from './logo.tsx';

/** The page while no store is open: why, and what can be done. */
export function ClosedPage({ session }: { session: Exclude<Session, { kind: 'open' }> }) {
  const Main = landmark('main');
  return (
    <Main class="closed">
      <Title />
      <Explanation session={session} />
    </Main>
  );
}

function Explanation({ session }: { session: Exclude<Session, { kind: 'open' }> }) {
  const retry = (label: string) => (
    <button type="button" class="primary" onClick={() => void openStore()}>
      {label}
    </button>
  );
  switch (session.kind) {
    case 'opening':
      return (
        <p role="status" class="muted">
          Opening the store '{storeName.value}' …
        </p>
      );
    case 'renaming':
      return (
        <section role="status">
          <h2>
            '{storeName.value}' becomes '{session.to}'
          </h2>
          <p>Its files are copied, for browsers can't rename folders. A crash leaves it whole under one of the two names.</p>
          <progress max={1} value={session.share} aria-label="Renaming" />
        </section>
      );
    case 'taken':
      return (
        <section role="alert">
          <h2>This store is open in another tab</h2>
          <p>
            One tab at a time writes to '{storeName.value}'. Close the other one, then try again here. Or open a store of another
            name in this tab.
          </p>
          <div class="buttons">
            {retry('Try again')}
            <a href={`?store=${encodeURIComponent(`${storeName.value}-2`)}`}>Open '{storeName.value}-2' instead</a>
          </div>
        </section>
      );
    case 'unsupported':
      return (
        <section role="alert">
          <h2>This browser can't keep data here</h2>
          <p>{session.message}</p>
          <p>
            Cassette needs a browser with the origin private file system: Chrome, Edge or Firefox, not in a private window. You
            can still look around with a store in memory, which is gone with the tab.
          </p>
          <div class="buttons">
            <button type="button" class="primary" onClick={() => void openStore(true)}>
              Go on in memory
            </button>
            <button type="button" onClick={() => void openStore()}>
              Try again
            </button>
          </div>
        </section>
      );
    case 'lost':
      return (
        <section role="alert">
          <h2>The engine stopped</h2>
          <p>{session.message}</p>
          <p>What was acknowledged is on this device: opening the store again brings it back.</p>
          <div class="buttons">{retry('Open again')}</div>
        </section>
      );
    case 'failed':
      return (
        <section role="alert">
          <h2>The store could not be opened</h2>
          <pre>{session.message}</pre>
          <p class="muted">
            <code>{session.code}</code>
          </p>
          <div class="buttons">{retry('Try again')}</div>
        </section>
      );
  }
}
