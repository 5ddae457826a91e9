import type { ExportInfo, RemoteDatabase } from '@cassette/client';
import { useState } from 'preact/hooks';
import { exportsEnded, openExports } from '../export/export-job.ts';
import { schema } from '../store/watch.ts';
import { plural } from '../text/numbers.ts';
import { sayError } from '../text/say-error.ts';
import { Failure, useLoaded } from './loaded.tsx';

/** What was exported, and what can be: all of it, or what is new since an export. */
export function ExportsPanel({ database }: { database: RemoteDatabase }) {
  const [changes, setChanges] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  // Asked again when one has ended: there may be one more.
  const exports = useLoaded(() => database.exports(), [database, changes, exportsEnded.value]);
  const hasTables = schema.value?.some(({ tables }) => tables.length > 0) ?? false;
  const confirm = async (id: string) => {
    try {
      await database.confirmExported(id);
      setFailure(null);
    } catch (error) {
      setFailure(sayError(error));
    }
    setChanges(changes + 1);
  };
  return (
    <section class="card" aria-label="Export">
      <h2>Export</h2>
      <p>
        A zip of real SSTables with a load kit: schema, manifest with checksums, and a script that runs{' '}
        <code>nodetool import</code> or <code>sstableloader</code>.
      </p>
      <div class="buttons">
        <button type="button" class="primary" disabled={!hasTables} onClick={() => openExports(null)}>
          Export all …
        </button>
      </div>
      <Failure text={exports.failure ?? failure} />
      {exports.value !== null && exports.value.length > 0 && (
        <ol class="exports">
          {[...exports.value].reverse().map((one) => (
            <Export key={one.id} one={one} onConfirm={() => void confirm(one.id)} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Export({ one, onConfirm }: { one: ExportInfo; onConfirm: () => void }) {
  return (
    <li>
      <span>
        <code>{one.id.slice(0, 8)}</code> {one.createdAt.toLocaleString()}, {plural(one.tables.length, 'table')}
        {one.since !== null && (
          <>
            , since <code>{one.since.slice(0, 8)}</code>
          </>
        )}
      </span>
      <span class="buttons">
        <button type="button" title="A zip of what was written since, deletions included" onClick={() => openExports(one.id)}>
          What is new since …
        </button>
        {one.confirmedAt === null ? (
          <button type="button" title="The cluster has it: its tombstones may go when their time has come" onClick={onConfirm}>
            The cluster has it
          </button>
        ) : (
          <span class="good">in the cluster</span>
        )}
      </span>
    </li>
  );
}
