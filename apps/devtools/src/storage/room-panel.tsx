import { type RemoteDatabase, requestPersistence } from '@cassette/client';
import { useState } from 'preact/hooks';
import { bytes } from '../text/numbers.ts';
import { sayError } from '../text/say-error.ts';
import { Failure, useLoaded } from './loaded.tsx';

/** A browser may ask its user, who may take his time. */
const patienceMs = 30_000;

/** What the store takes, what the site may take, and whether the browser keeps it. */
export function RoomPanel({ database, changed }: { database: RemoteDatabase; changed: number | undefined }) {
  const [asked, setAsked] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const facts = useLoaded(() => database.storage(), [database, changed, asked]);
  const kept = useLoaded(async () => (database.persistent ? navigator.storage.persisted() : null), [database, asked]);
  const ask = async () => {
    try {
      await requestPersistence(patienceMs);
    } catch (error) {
      setFailure(sayError(error));
    }
    setAsked(asked + 1);
  };
  const now = facts.value;
  return (
    <section class="card" aria-label="Room">
      <h2>Room</h2>
      <Failure text={facts.failure ?? kept.failure ?? failure} />
      {now !== null && !now.persistent && (
        <p>
          This store is in memory and gone with its last tab
          {now.inMemoryReason === null ? '' : `: ${now.inMemoryReason.replace(/\.+$/, '')}`}. Export what matters.
        </p>
      )}
      {now?.persistent && (
        <>
          <dl>
            <div>
              <dt>This store’s files</dt>
              <dd>{bytes(now.diskBytes)}</dd>
            </div>
            <div>
              <dt>All of this site</dt>
              <dd>{now.usage === null ? 'not told by this browser' : `about ${bytes(now.usage)}`}</dd>
            </div>
            <div>
              <dt>It may take</dt>
              <dd>{now.quota === null ? 'not told by this browser' : bytes(now.quota)}</dd>
            </div>
          </dl>
          {now.usage !== null && now.quota !== null && (
            <progress max={now.quota} value={now.usage} aria-label="Room that is taken" />
          )}
          {kept.value === true && <p class="good">The browser keeps it until somebody removes it.</p>}
          {kept.value === false && (
            <p>
              When the device runs full the browser may remove all data of this site.{' '}
              {asked === 0 ? (
                <button type="button" onClick={() => void ask()}>
                  Ask it to keep it
                </button>
              ) : (
                <span class="muted">It was asked to keep it, and did not agree: export what matters.</span>
              )}
            </p>
          )}
        </>
      )}
    </section>
  );
}
