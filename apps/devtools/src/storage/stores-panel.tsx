import { destroy, list, type RemoteDatabase, rename } from '@cassette/client';
import { useState } from 'preact/hooks';
import { Dialog } from '../frame/dialog.tsx';
import { sayError } from '../text/say-error.ts';
import { Failure, useLoaded } from './loaded.tsx';

type Question = { readonly kind: 'rename' | 'delete'; readonly store: string } | null;

/** All stores of this origin: opened, made, renamed, deleted. */
export function StoresPanel({ database }: { database: RemoteDatabase }) {
  const [changes, setChanges] = useState(0);
  const [question, setQuestion] = useState<Question>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [name, setName] = useState('');
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
      <ul class="stores">
        {(stores.value ?? []).map((store) => (
          <li key={store}>
            {store === database.name ? (
              <b>{store} (open here)</b>
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
          onRename={(to) => void carryOut(rename(question.store, to))}
        />
      )}
      {question?.kind === 'delete' && (
        <Dialog title={`Delete the store '${question.store}'?`} onClose={() => setQuestion(null)}>
          <p>All its keyspaces, tables and rows are removed from this browser. What was exported stays what it is.</p>
          <div class="buttons end">
            <button type="button" data-first-focus onClick={() => setQuestion(null)}>
              Keep it
            </button>
            <button type="button" class="primary danger" onClick={() => void carryOut(destroy(question.store))}>
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

function RenameDialog(props: { readonly store: string; readonly onClose: () => void; readonly onRename: (to: string) => void }) {
  const { store, onClose, onRename } = props;
  const [name, setName] = useState(store);
  return (
    <Dialog title={`Rename the store '${store}'`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRename(name.trim());
        }}
      >
        <p>Its files are copied, for browsers can’t rename folders: there has to be room for them.</p>
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
