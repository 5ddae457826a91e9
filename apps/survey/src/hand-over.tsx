import { exportToFile, type RemoteDatabase } from '@cassette/client';
import { useDatabase } from '@cassette/hooks/preact';
import { useState } from 'preact/hooks';

/** The export, and what its receiver does with it. */
export function HandOver() {
  const db = useDatabase<RemoteDatabase>();
  const [told, tell] = useState('');
  const handOver = async () => {
    tell('Writing …');
    try {
      const { bytes, sstables } = await exportToFile(db!, {}, { suggestedName: 'hedgerow.zip', picker: false });
      tell(`hedgerow.zip: ${(bytes / 1000).toFixed(1)} kB, ${sstables.length} SSTable${sstables.length === 1 ? '' : 's'}`);
    } catch (error) {
      tell(String(error));
    }
  };
  return (
    <section aria-label="Hand over">
      <h2>Hand over</h2>
      <button type="button" disabled={db === null} onClick={handOver}>
        Export hedgerow.zip
      </button>
      <output>{told}</output>
      <details>
        <summary>How a server loads it</summary>
        <p>
          On a machine that runs Cassandra 4 or 5. Any number of devices, in any order, twice if need be: the latest write wins.
        </p>
        <pre>{'unzip hedgerow.zip -d hedgerow\nsh hedgerow/load.sh --schema'}</pre>
      </details>
    </section>
  );
}
