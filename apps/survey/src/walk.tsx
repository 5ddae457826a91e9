import type { RemoteDatabase, UuidText } from '@cassette/client';
import { useDatabase, useLiveQuery } from '@cassette/hooks/preact';
import { forget, ofSite, remark, see, species } from './sightings.ts';

const time = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** A site: a tap counts a bird, and all that is shown is what the store has, whichever tab wrote it. */
export function Walk({ site }: { site: string }) {
  const db = useDatabase<RemoteDatabase>();
  const { rows, error, loading } = useLiveQuery(ofSite, [site]);
  return (
    <>
      <section class="species" aria-label="Count a bird">
        {species.map(([name, latin]) => (
          <button
            type="button"
            key={name}
            disabled={db === null}
            onClick={() => db!.execute(see, [site, new Date(), crypto.randomUUID(), name])}
          >
            <b>{rows.filter((row) => row.species === name).length}</b>
            {name}
            <small lang="la">{latin}</small>
          </button>
        ))}
      </section>
      <section aria-label="Sightings">
        <h2>{loading ? 'Opening …' : `${rows.length} seen`}</h2>
        {error !== null && <p role="alert">{String(error)}</p>}
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
                      value={note ?? ''}
                      onChange={(event) => db!.execute(remark, [event.currentTarget.value, ...key])}
                    />
                  </td>
                  <td>
                    <button
                      type="button"
                      class="outline secondary"
                      aria-label={`Remove ${name}`}
                      onClick={() => db!.execute(forget, key)}
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
