import type { EngineStats } from '@cassette/client';
import { useState } from 'preact/hooks';
import { stats } from '../../store/watch.ts';
import { bytes, count, plural } from '../../text/numbers.ts';
import { compacting, flushing } from './live.ts';
import { bandName } from './words.ts';

/** Groups that are listed; more are a sum. */
const linesMax = 60;

/** What the picture shows, as sentences and a table. */
export function PictureAsText() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="as-text" onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>The picture as text</summary>
      {isOpen && stats.value !== null && <Words now={stats.value} />}
    </details>
  );
}

function Words({ now }: { now: EngineStats }) {
  const sealed = now.memtables.filter((one) => one.sealed);
  const flush = flushing.value;
  const merge = compacting.value;
  const groups = now.tables.flatMap((table) =>
    table.groups.map((group) => {
      const generations = new Set(group.generations);
      const size = table.sstables.reduce((sum, one) => (generations.has(one.generation) ? sum + one.bytes : sum), 0);
      return { name: `${table.keyspace}.${table.table}`, group, size };
    }),
  );
  const inputs = merge === null ? '' : ` of ${merge.keyspace}.${merge.table}: SSTables ${merge.inputs.join(', ')}`;
  return (
    <>
      <ul>
        <li>
          Log: {plural(now.walSegments, 'segment')}, {bytes(now.walBytes)}; {bytes(now.walUnsyncedBytes)} not synced.
        </li>
        <li>
          Memtables: {bytes(now.memtableBytes)} in memory, of that {bytes(now.sealedMemtableBytes)} sealed in{' '}
          {plural(sealed.length, 'set')}.
        </li>
        <li>
          {flush === null
            ? 'No flush is under way.'
            : `A flush is under way: ${flush.table}, ${bytes(flush.bytesWritten)} so far.`}
        </li>
        <li>
          {merge === null
            ? `No compaction is under way; ${count(now.compaction.pending)} wait.`
            : `A compaction is under way${inputs}; ${bytes(merge.bytesRead)} of ${bytes(merge.bytes)} read.`}
        </li>
      </ul>
      <div class="text-table">
        <table>
          <caption class="hidden">SSTables by table and tier, level or window</caption>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col">Tier, level or window</th>
              <th scope="col">SSTables</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {groups.slice(0, linesMax).map(({ name, group, size }) => (
              <tr key={`${name} ${group.kind} ${group.number}`}>
                <td>{name}</td>
                <td>{bandName(group)}</td>
                <td>{count(group.generations.length)}</td>
                <td>{bytes(size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {groups.length > linesMax && <p class="muted">And {plural(groups.length - linesMax, 'group')} more.</p>}
    </>
  );
}
