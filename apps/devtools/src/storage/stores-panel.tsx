import { destroy, list, type RemoteDatabase, rename } from '@cassette/client';
import { useState } from 'preact/hooks';
import { moveHistory } from '../console/history.ts';
import { Dialog } from '../frame/dialog.tsx';
import { tellFailure } from '../frame/notice.tsx';
import { renameStore } from '../store/session.ts';
import { sayError } from '../text/say-error.ts';
import { copying } from './copy-progress.ts';
import { Failure, useLoaded } from './loaded.tsx';

type Question = { readonly kind: 'rename' | 'delete'; readonly store: string } | null;

/** All stores of this origin: opened, made, renamed, deleted. */
export function StoresPanel({ database }: { database: RemoteDatabase }) {
  const [changes, setChanges] = useState(0);
  const [question, setQuestion] = useState<Question>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [copy, setCopy] = useState<{ readonly store: string; readonly share: number } | null>(null);
  const stores = useLoaded(() => list(), [changes]);
  const carryOut = async (work: Promise<void>) => {
    setQuestion(null);
    setFailure(null);
    try {
      await work;
    } catch (error) {
      setFailure(sayError(error));
    }
    setChanges((n) => n + 1);
  };
  return (
    <section class="card" aria-label="Stores">
      <h2>Stores</h2>
      <p>A store is a database of its own: one log, one schema, one folder.</p>
      <Failure text={stores.failure ?? failure} />
      {copy !== null && (
        <p role="status">
          '{copy.store}' is copied … <progress max={1} value={copy.share} aria-label="Renaming" />
        </p>
      )}
      <ul class="stores">
        {(stores.value ?? []).map((store) => (
          <li key={store}>
            {store === database.name ? (
              <>
                <b>{store} (open here)</b>
                {database.persistent && (
                  <button type="button" class="quiet" onClick={() => setQuestion({ kind: 'rename', store })}>
                    Rename …
                  </button>
                )}
              </>
            ) : (
              <>
                <a href={addressOf(store)}>{store}</a>
                <span class="buttons">
                  <button type="button" class="quiet" onClick={() => setQuestion({ kind: 'rename', store })}>
                    Rename …
                  </button>
                  <button type="button" class="quiet danger" onClick={() => setQuestion({ kind: 'delete', store })}>
                    Delete …
                  </button>
                </span>
              </>
            )}
          </li>
        ))}
      </ul>
      <form
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault();
          location.assign(addressOf(name.trim()));
        }}
      >
        <input
          aria-label="Name of a new store"
          placeholder="another-store"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" disabled={name.trim() === ''}>
          Open or make it
        </button>
      </form>
      {question?.kind === 'rename' && (
        <RenameDialog
          store={question.store}
          onClose={() => setQuestion(null)}
          isOpen={question.store === database.name}
          onRename={(to) => {
            const { store } = question;
            if (store === database.name) {
              setQuestion(null);
              renameStore(to).catch((error: unknown) => tellFailure('The store could not be renamed', error));
              return;
            }
            const work = copying(
              store,
              to,
              (share) => setCopy({ store, share }),
              () => rename(store, to),
            );
            void carryOut(work.then(() => moveHistory(store, to)).finally(() => setCopy(null)));
          }}
        />
      )}
      {question?.kind === 'delete' && (
        <Dialog title={`Delete the store '${question.store}'?`} onClose={() => setQuestion(null)}>
          <p>All its keyspaces, tables and rows are removed from this browser. What was exported stays what it is.</p>
          <div class="buttons end">
            <button type="button" data-first-focus onClick={() => setQuestion(null)}>
              Keep it
            </button>
            <button
              type="button"
              class="primary danger"
              onClick={() => {
                const { store } = question;
                void carryOut(destroy(store).then(() => moveHistory(store, null)));
              }}
            >
              Delete it
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

/** The page with another store, at the same view. */
function addressOf(store: string): string {
  return `?store=${encodeURIComponent(store)}#/storage`;
}

interface RenameProps {
  readonly store: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onRename: (to: string) => void;
}

function RenameDialog({ store, isOpen, onClose, onRename }: RenameProps) {
  const [name, setName] = useState(store);
  return (
    <Dialog title={`Rename the store '${store}'`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRename(name.trim());
        }}
      >
        <p>
          Its files are copied, for browsers can’t rename folders: there has to be room for them.
          {isOpen && ' It is closed for that, and opened again.'}
        </p>
        <p>
          <input data-first-focus aria-label="New name" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </p>
        <div class="buttons end">
          <button type="submit" class="primary" disabled={name.trim() === '' || name.trim() === store}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
