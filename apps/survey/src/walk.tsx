import type { RemoteDatabase, UuidText } from '@cassette/client';
import { useDatabase, useLiveQuery } from '@cassette/hooks/preact';
import { useState } from 'preact/hooks';
import { forget, ofSite, remark, see, species } from './sightings.ts';

const time = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** A site: a tap counts a bird, and all that is shown is what the store has, whichever tab wrote it; but a note that is being written stays. */
export function Walk({ site }: { site: string }) {
  const db = useDatabase<RemoteDatabase>();
  const { rows, error, loading } = useLiveQuery(ofSite, [site]);
  const [refused, refuse] = useState('');
  const kept = () => refuse('');
  const tell = (write: Promise<unknown>) => write.then(kept, (reason: Error) => refuse(`Not kept: ${reason.message}`));
  const trouble = error === null ? refused : String(error);
  return (
    <>
      <section class="species" aria-label="Count a bird">
        {species.map(([name, latin]) => (
          <button
            type="button"
            key={name}
            disabled={db === null}
            onClick={() => tell(db!.execute(see, [site, new Date(), crypto.randomUUID(), name]))}
          >
            <b>{rows.filter((row) => row.species === name).length}</b>
            {name}
            <small lang="la">{latin}</small>
          </button>
        ))}
      </section>
      <section aria-label="Sightings">
        <h2>{loading ? 'Opening …' : `${rows.length} seen`}</h2>
        {trouble !== '' && <p role="alert">{trouble}</p>}
        {!loading && rows.length === 0 && <p>Tap a bird when you see one. It is kept at once, with or without a network.</p>}
        <table>
          <tbody>
            {rows.slice(0, 100).map(({ seen, id, species: name, note }) => {
              const key = [site, seen, id.toString() as UuidText] as const;
              return (
                <tr key={id.toString()}>
                  <td>
                    {name} <small>{time.format(seen)}</small>
                    <input
                      aria-label={`Note on ${name}`}
                      placeholder="Note"
                      ref={(field) => {
                        if (field !== null && field !== document.activeElement) field.value = note ?? '';
                      }}
                      onChange={(event) => tell(db!.execute(remark, [event.currentTarget.value, ...key]))}
                    />
                  </td>
                  <td>
                    <button
                      type="button"
                      class="outline secondary"
                      aria-label={`Remove ${name}`}
                      onClick={() => tell(db!.execute(forget, key))}
                    >
                      ×
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}
