import type { SSTableStats, TableStats } from '@cassette/client';
import { bytes, count, plural, timestamp } from '../text/numbers.ts';
import { sstableName } from '../text/sstable-name.ts';

/** What each component of an SSTable is for. */
const meanings: Readonly<Record<string, string>> = {
  'Data.db': 'the rows, in order of token and clustering',
  'Index.db': 'where each partition begins in Data.db',
  'Summary.db': 'every 128th key of the index, to be kept in memory',
  'Partitions.db': 'a trie of the partition keys: where each begins in Data.db or Rows.db',
  'Rows.db': 'tries of the rows of large partitions',
  'Filter.db': 'bloom filter: which keys are certainly not here',
  'Statistics.db': 'timestamps, TTLs, tombstones, key range, header',
  'CompressionInfo.db': 'where each compressed chunk of Data.db begins',
  'CRC.db': 'checksums of an uncompressed Data.db',
  'Digest.crc32': 'checksum of Data.db as a whole',
  'TOC.txt': 'the list of these files',
};

/** How many are listed: more are a picture of their own, in the view 'Engine'. */
const listedMax = 60;

/** Tables with their SSTables, down to the single files. */
export function SSTables({ tables }: { tables: readonly TableStats[] }) {
  const all = tables.reduce((sum, table) => sum + table.sstables.length, 0);
  return (
    <section aria-label="SSTables">
      <h3>
        SSTables <span class="muted">{all}</span>
      </h3>
      {all === 0 && (
        <p class="muted padded">None yet. Rows are in the log and in memory; a flush makes them Cassandra's files.</p>
      )}
      {tables
        .flatMap((table) => table.sstables.map((sstable) => ({ table, sstable })))
        .slice(0, listedMax)
        .map(({ table, sstable }) => (
          <SSTable key={`${table.id}-${sstable.generation}`} table={table} sstable={sstable} />
        ))}
      {all > listedMax && <p class="muted padded">And {count(all - listedMax)} more.</p>}
    </section>
  );
}

function SSTable({ table, sstable }: { table: TableStats; sstable: SSTableStats }) {
  const largest = Math.max(...sstable.components.map((component) => component.bytes), 1);
  return (
    <details class="sstable">
      <summary class="sstable-title">
        <span>
          {table.keyspace}.{table.table} <code>{sstableName(sstable)}</code>
        </span>
        <span class="muted">
          {plural(sstable.partitions, 'partition')}, {bytes(sstable.bytes)}
        </span>
      </summary>
      <table>
        <caption class="hidden">Components of this SSTable</caption>
        <tbody>
          {sstable.components.map((component) => (
            <tr key={component.name}>
              <th scope="row">
                {component.name}
                <span>{meanings[component.name] ?? ''}</span>
              </th>
              <td title={`${count(component.bytes)} bytes`}>
                {bytes(component.bytes)}
                <i class="bar" style={{ width: `${Math.max(2, (component.bytes / largest) * 100)}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        Written {timestamp(sstable.minTimestamp)} to {timestamp(sstable.maxTimestamp)} UTC
      </p>
    </details>
  );
}
