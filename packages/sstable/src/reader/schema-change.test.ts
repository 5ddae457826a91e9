import { type ColumnMetadata, ListType, nativeTypes, TableMetadata, type TableMetadataInput } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import { EncodingStatsCollector } from '../header/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { CellFlag, Row } from '../rows/row.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { int32, modelTable, prefix } from '../testing/model-table.ts';
import { plainPartitions } from '../testing/plain-rows.ts';
import { nb } from '../version/index.ts';
import { SSTableWriter } from '../writer/index.ts';
import { MissingComponentError, SSTableReader } from './sstable-reader.ts';

const descriptor = { version: nb, id: '7' };

function altered(change: Partial<TableMetadataInput>): TableMetadata {
  const { keyspace, name, id, params, nextColumnId } = modelTable;
  return new TableMetadata({ keyspace, name, id, params, nextColumnId, columns: modelTable.columnsInSelectOrder, ...change });
}

/** One partition: a row with v, w, m at time 10 and one with v alone, at time 20 and without liveness. */
function written(options: { readonly without?: string } = {}): MemoryComponents {
  const files = new MemoryComponents(descriptor);
  const both = new Row();
  const first = prefix(BoundKind.CLUSTERING, 1, 'x');
  both.setClustering(first.bytes, 0, first.bytes.length);
  both.setLiveness(0, 10);
  both.setValue(both.addCell(0, 0, 0, 10, 0xffffffff, 0), int32(5), 0, 4);
  both.setValue(both.addCell(1, 0, 0, 10, 0xffffffff, 0), Uint8Array.of(65), 0, 1);
  both.addCell(2, CellFlag.COMPLEX_DELETION, 0, 9, 1700000000, 0);
  const entry = both.addCell(2, 0, 0, 10, 0xffffffff, 0);
  both.setPath(entry, int32(3), 0, 4);
  both.setValue(entry, Uint8Array.of(66), 0, 1);
  const single = new Row();
  const second = prefix(BoundKind.CLUSTERING, 2, 'x');
  single.setClustering(second.bytes, 0, second.bytes.length);
  single.setValue(single.addCell(0, 0, 0, 20, 0xffffffff, 0), int32(6), 0, 4);
  const stats = new EncodingStatsCollector();
  stats.row(both);
  stats.row(single);
  const writer = new SSTableWriter({
    version: nb,
    table: modelTable,
    encodingStats: stats.get(),
    staticColumns: [],
    regularColumns: modelTable.regularColumns.filter((column) => column.name !== options.without),
    expectedPartitions: 1,
    sink: files.sink,
  });
  writer.startPartition(int32(1), 0, 4, new DeletionTime());
  writer.addRow(both);
  writer.addRow(single);
  writer.endPartition();
  writer.finish();
  return files;
}

function cellsRead(files: MemoryComponents, table: TableMetadata): unknown[] {
  const reader = SSTableReader.open(descriptor, files.sources(), { table });
  const [partition] = plainPartitions(reader.cursor({ partitions: { range: {} } }));
  return partition.unfiltereds.map((row) => row.cells);
}

const NONE = 4294967295;
const all = [
  [`0 0 10 ${NONE} 0  00000005`, `1 0 10 ${NONE} 0  41`, '2 4 9 1700000000 0  ', `2 0 10 ${NONE} 0 00000003 42`],
  [`0 0 20 ${NONE} 0  00000006`],
];

describe('an SSTable older than its table', () => {
  test('gives cells by the positions of the table of today', () => {
    const { int } = nativeTypes;
    const added = { name: 'a0', kind: 'regular', type: int, position: 0, descending: false, id: 20 } as const;
    const later = altered({ columns: [...modelTable.columnsInSelectOrder, added] });
    expect(cellsRead(written(), modelTable)).toEqual(all);
    expect(cellsRead(written(), later)).toEqual(
      all.map((cells) => cells.map((cell) => cell.replace(/^\d/, (position) => String(Number(position) + 1)))),
    );
  });

  test('need not have all columns', () => {
    expect(cellsRead(written({ without: 'n' }), modelTable)).toEqual(all);
    expect(() => written({ without: 'w' })).toThrow(/in the header/);
  });

  test('leaves out dropped columns, and rows of nothing else', () => {
    const droppedColumns = new Map(['v', 'm'].map((name) => [name, { column: modelTable.column(name)!, droppedTime: 30n }]));
    const columns = modelTable.columnsInSelectOrder.filter(({ name }) => name !== 'v' && name !== 'm');
    expect(cellsRead(written(), altered({ columns, droppedColumns }))).toEqual([[`0 0 10 ${NONE} 0  41`]]);
  });

  test('leaves out what is older than the drop of a column that was added again', () => {
    const dropped = (name: string, droppedTime: bigint) =>
      altered({ droppedColumns: new Map([[name, { column: modelTable.column(name)!, droppedTime }]]) });
    expect(cellsRead(written(), dropped('v', 9n))).toEqual(all);
    expect(cellsRead(written(), dropped('v', 10n))).toEqual([all[0].slice(1), all[1]]);
    expect(cellsRead(written(), dropped('v', 20n))).toEqual([all[0].slice(1)]);
    expect(cellsRead(written(), dropped('m', 9n))).toEqual([[all[0][0], all[0][1], all[0][3]], all[1]]);
    expect(cellsRead(written(), dropped('m', 10n))).toEqual([all[0].slice(0, 2), all[1]]);
  });

  test('is refused where the table never had a column', () => {
    const columns = modelTable.columnsInSelectOrder.filter(({ name }) => name !== 'v');
    expect(() => cellsRead(written(), altered({ columns }))).toThrow(
      'column v is regular and of type int in the header of nb-7-big-Statistics.db, and not there in table ks.model: ' +
        'add it to the schema (ALTER TABLE ks.model ADD), and drop it there if it was dropped',
    );
  });

  test('is refused where a column is of another type or kind', () => {
    const error = (change: Partial<ColumnMetadata>): unknown => {
      const columns = modelTable.columnsInSelectOrder.map((one) => (one.name === 'v' ? { ...one, ...change } : one));
      try {
        return cellsRead(written(), altered({ columns }));
      } catch (caught) {
        return caught;
      }
    };
    expect(error({ type: nativeTypes.text })).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message:
        'column v is regular and of type int in the header of nb-7-big-Statistics.db, and regular and of type text in table ks.model: ' +
        'give the schema that the SSTable was written with',
      data: { file: 'nb-7-big-Statistics.db', table: 'ks.model', column: 'column v' },
    });
    expect(error({ kind: 'static' })).toMatchObject({ code: 'SCHEMA_MISMATCH', data: { wanted: 'static and of type int' } });
    expect(error({ type: new ListType(nativeTypes.int, false) })).toMatchObject({ code: 'SCHEMA_MISMATCH' });
    expect(error({ type: nativeTypes.blob })).toEqual(all);
  });

  test('is refused with other clustering columns', () => {
    const other = altered({ columns: modelTable.columnsInSelectOrder.filter(({ name }) => name !== 'b') });
    expect(() => SSTableReader.open(descriptor, written().sources(), { table: other })).toThrow(/clustering columns/);
    const ascending = altered({
      columns: modelTable.columnsInSelectOrder.map((c) => (c.name === 'b' ? { ...c, descending: false } : c)),
    });
    expect(() => SSTableReader.open(descriptor, written().sources(), { table: ascending })).toThrow(/clustering column b/);
  });
});

describe('an SSTable without its table', () => {
  test('has the columns of its header, and made-up names of key columns', () => {
    const { table } = SSTableReader.open(descriptor, written().sources());
    expect(table.partitionKey.map((c) => c.name)).toEqual(['PartitionKey']);
    expect(table.clustering.map((c) => [c.name, c.type.cqlName(), c.descending])).toEqual([
      ['clustering', 'int', false],
      ['clustering1', 'text', true],
    ]);
    expect(table.regularColumns.map((c) => c.name)).toEqual(['v', 'w', 'm', 'n']);
  });

  test('names the component that is missing', () => {
    const open = () => SSTableReader.open(descriptor, written().sources(['Index.db']));
    expect(open).toThrow(MissingComponentError);
    expect(open).toThrow('nb-7-big-Index.db is missing');
  });
});
