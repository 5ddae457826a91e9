import { useEffect, useState } from 'preact/hooks';
import { bytes, count } from '../../text/numbers.ts';
import { sayError } from '../../text/say-error.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { wantedByte } from '../bytes/bytes-tab.tsx';
import { inspector, tab } from '../inspected.ts';
import type { InspectedPartition, InspectedRow, InspectedSSTable } from '../worker/inspector.ts';
import { PartitionList } from './partition-list.tsx';

/** Rows that are fetched at once. */
const PAGE = 100;

/** Partitions of an SSTable, in the order of their tokens, and the rows and markers of one of them. */
export function RowsTab({ sstable }: { sstable: InspectedSSTable }) {
  const facts = useAsked(() => inspector().facts(sstable.id), [sstable.id]);
  const [shown, setShown] = useState<InspectedPartition | null>(null);
  if (facts.state !== 'there') return <NotThere asked={facts} />;
  return (
    <div class={shown === null ? 'rows-of' : 'rows-of has-partition'}>
      <PartitionList id={sstable.id} count={facts.value.partitions} shown={shown} onShow={setShown} />
      {shown === null ? (
        <p class="muted padded">Choose a partition: its rows and tombstones are shown here.</p>
      ) : (
        <Partition key={shown.index} sstable={sstable} partition={shown} onBack={() => setShown(null)} />
      )}
    </div>
  );
}

interface PartitionProps {
  readonly sstable: InspectedSSTable;
  readonly partition: InspectedPartition;
  readonly onBack: () => void;
}

function Partition({ sstable, partition, onBack }: PartitionProps) {
  const [rows, setRows] = useState<readonly InspectedRow[]>([]);
  const [isWhole, setWhole] = useState(false);
  const [isReading, setReading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const more = async () => {
    setReading(true);
    try {
      const found = await inspector().rows(sstable.id, partition.index, rows.length, PAGE);
      setRows([...rows, ...found]);
      setWhole(found.length < PAGE);
    } catch (failure) {
      setError(sayError(failure));
    } finally {
      setReading(false);
    }
  };
  useEffect(() => void more(), []);
  const toBytes = (offset: number) => {
    const data = sstable.components.find(({ component }) => component === 'Data.db')!;
    wantedByte.value = { component: 'Data.db', space: data.uncompressedSize > 0 ? 'uncompressed' : 'file', offset };
    tab.value = 'bytes';
  };
  return (
    <section class="partition" aria-label={`Partition ${partition.key}`}>
      <header>
        <button type="button" class="quiet back" onClick={onBack}>
          ← Partitions
        </button>
        <h3 class="key">{partition.key}</h3>
        <p class="muted">
          token {partition.token}, {bytes(partition.size)} at {count(partition.position)}{' '}
          <button type="button" class="link" onClick={() => toBytes(partition.position)}>
            its bytes
          </button>
        </p>
        {partition.deletion !== '' && <p class="tombstone">The whole partition was deleted: {partition.deletion}</p>}
      </header>
      <ol class="rows-list">
        {rows.map((row) => (
          <li key={row.from} class={row.kind}>
            <RowOf row={row} onBytes={() => toBytes(row.from)} />
          </li>
        ))}
      </ol>
      {error !== null && (
        <p class="warning padded" role="alert">
          {error}
        </p>
      )}
      {!isWhole && error === null && (
        <p class="padded">
          <button type="button" disabled={isReading} onClick={() => void more()}>
            {isReading ? 'Reading …' : `More after ${count(rows.length)}`}
          </button>
        </p>
      )}
      {isWhole && rows.length === 0 && <p class="muted padded">No rows: only what is said of the partition as a whole.</p>}
    </section>
  );
}

const kindNames = {
  static: 'static row',
  row: 'row',
  bound: 'range tombstone bound',
  boundary: 'range tombstone boundary',
} as const;

function RowOf({ row, onBytes }: { row: InspectedRow; onBytes: () => void }) {
  return (
    <>
      <div class="row-head">
        <span class={row.kind === 'bound' || row.kind === 'boundary' ? 'tag tombstone' : 'tag'}>{kindNames[row.kind]}</span>
        <b class="clustering">{row.clustering}</b>
        <span class="muted" title={row.info}>
          {readable(row.info)}
        </span>
        <button type="button" class="link" onClick={onBytes}>
          {count(row.to - row.from)} bytes
        </button>
      </div>
      {row.cells.length > 0 && (
        <table>
          <thead class="hidden">
            <tr>
              <th>Column</th>
              <th>Value</th>
              <th>Written</th>
              <th>Expires</th>
            </tr>
          </thead>
          <tbody>
            {row.cells.map((cell, index) => (
              <tr key={index} class={cell.isTombstone ? 'deleted' : ''}>
                <th scope="row">{cell.column}</th>
                <td class="value">{cell.isTombstone ? readable(cell.value) : cell.value}</td>
                <td class="muted" title={cell.timestamp}>
                  {readable(cell.timestamp)}
                </td>
                <td class="muted" title={cell.ttl}>
                  {readable(cell.ttl)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** Times without the numbers that they were read from: those are in the title. */
function readable(text: string): string {
  return text.replace(/-?\d+ = (?=-?\d{4})/g, '').replace(/(\d)T(\d\d:)/g, '$1 $2');
}
