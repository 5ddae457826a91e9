/// <reference types="vite/client" />
import { open, type RemoteDatabase } from '@cassette/client';
import { CassetteProvider } from '@cassette/hooks/preact';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { HandOver } from './hand-over.tsx';
import { schema } from './sightings.ts';
import { Walk } from './walk.tsx';

function App() {
  const [database, setDatabase] = useState<RemoteDatabase | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [site, setSite] = useState(localStorage.getItem('site') ?? 'North hedge');
  useEffect(() => {
    open({ name: 'hedgerow', schema }).then(setDatabase, (error: Error) => setTrouble(error.message));
    // The page and its code, so that it opens without a network. The data needs nobody: it is in the store.
    if (import.meta.env.PROD) void navigator.serviceWorker?.register('./sw.js');
  }, []);
  useEffect(() => localStorage.setItem('site', site), [site]);
  return (
    <CassetteProvider database={database}>
      <header>
        <h1>Hedgerow count</h1>
        <Network />
        <label>
          Site
          <input value={site} list="sites" maxLength={60} onInput={(event) => setSite(event.currentTarget.value)} />
        </label>
        <datalist id="sites">
          {['North hedge', 'Mill lane', 'Orchard'].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </header>
      {trouble !== null && <p role="alert">{trouble}</p>}
      <main>
        <Walk site={site.trim() || 'unnamed'} />
        <HandOver />
      </main>
    </CassetteProvider>
  );
}

function Network() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    window.ononline = window.onoffline = () => setOnline(navigator.onLine);
  }, []);
  return <small role="status">{isOnline ? 'Online' : 'Offline, all is kept here'}</small>;
}

render(<App />, document.body);
