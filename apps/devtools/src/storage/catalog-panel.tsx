import type { RemoteDatabase } from '@cassette/client';
import { useState } from 'preact/hooks';
import { plural } from '../text/numbers.ts';
import { catalogOf } from './catalog-entries.ts';
import { Failure, useLoaded } from './loaded.tsx';

/** Characters of a value that are shown, and entries: thousands of SSTables have one each. */
const shownMax = 2000;
const entriesMax = 500;

/** What the catalog says: which files count, the schema, the exports. Read when it is opened. */
export function CatalogPanel({ database, changed }: { database: RemoteDatabase; changed: number | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const found = useLoaded(async () => (isOpen ? await catalogOf(database.name) : null), [database, isOpen, changed]);
  if (!database.persistent) return null;
  const entries = found.value;
  return (
    <section class="card wide" aria-label="Catalog">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2>Catalog</h2>
        </summary>
        <p class="muted">
          In IndexedDB, with a second copy among the files: what is not named here is not there. Flushes, compactions and imports
          change it in one transaction.
        </p>
        <Failure text={found.failure} />
        {entries !== null && (
          <>
            <p class="muted">{plural(entries.length, 'entry', 'entries')}</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls by its keys */}
            <section class="catalog-list" tabIndex={0} aria-label="Entries of the catalog">
              <dl>
                {entries.slice(0, entriesMax).map(({ key, json }) => (
                  <div key={key}>
                    <dt>{key}</dt>
                    <dd>
                      {json.slice(0, shownMax)}
                      {json.length > shownMax && ` … and ${plural(json.length - shownMax, 'character')} more`}
                    </dd>
                  </div>
                ))}
              </dl>
              {entries.length > entriesMax && (
                <p class="muted">And {plural(entries.length - entriesMax, 'entry', 'entries')} more.</p>
              )}
            </section>
          </>
        )}
      </details>
    </section>
  );
}
