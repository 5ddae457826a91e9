import { ByteWriter } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { CellFlag, DeletionTime, Row } from '@cassette/sstable';
import { MutationBuilder } from './mutation-builder.ts';
import { MutationReader } from './mutation-reader.ts';

/**
 * Mutations of one table with everything at one timestamp (microseconds, as words), but for deletions of all kinds, which lie one
 * microsecond before: so those of a conditional write delete what was there and nothing that it writes itself.
 * Cassandra: PartitionUpdate.Builder#updateAllTimestamp, of what a Paxos ballot proposes.
 */
export function retimed(mutations: Uint8Array, table: TableMetadata, hi: number, lo: number): Uint8Array {
  const beforeLo = (lo - 1) | 0;
  const beforeHi = (lo | 0) === 0 ? hi - 1 : hi;
  const reader = new MutationReader();
  const builder = new MutationBuilder();
  const row = new Row();
  const out = new ByteWriter(mutations.length);
  const deletionOf = ({ localDeletionTime }: DeletionTime) => DeletionTime.of(beforeHi, beforeLo, localDeletionTime);
  const add = (): void => {
    if (row.hasLiveness) row.setLiveness(hi, lo, row.livenessTtl, row.livenessLocalExpirationTime);
    if (!row.deletion.isLive) row.deletion.set(deletionOf(row.deletion));
    for (let i = 0; i < row.cellCount; i++) {
      const isDeletion = (row.cellFlags[i] & (CellFlag.DELETED | CellFlag.COMPLEX_DELETION)) !== 0;
      row.cellHi[i] = isDeletion ? beforeHi : hi;
      row.cellLo[i] = isDeletion ? beforeLo : lo;
    }
    builder.addRow(row);
  };
  for (let at = 0; at < mutations.length; at = reader.end) {
    reader.begin(mutations, at, mutations.length);
    builder.begin(table, mutations, reader.keyFrom, reader.keyTo);
    for (const id of reader.columnIds) {
      const column = table.columnById(id);
      if (column !== undefined) builder.nameColumn(column);
    }
    const { partitionDeletion } = reader;
    if (!partitionDeletion.isLive) builder.partitionDeletion(beforeHi, beforeLo, partitionDeletion.localDeletionTime);
    for (const { start, end, deletion } of reader.ranges) builder.addRangeTombstone({ start, end }, deletionOf(deletion));
    if (reader.staticTo > reader.staticFrom) {
      reader.decodeStatic(row, table);
      add();
    }
    while (reader.nextRow()) {
      reader.decodeRow(row, table);
      add();
    }
    builder.finish(out);
  }
  return out.toBytes();
}
