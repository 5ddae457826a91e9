import { toHex } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { Unfiltered } from '@cassette/sstable';
import type { WriteEngine } from '../write-engine/index.ts';

// What a store of `k int, c int, v int` tables may hold, told by its writers: each row is written by whole statements that are
// numbered, `v` and its timestamp being that number. So what is found can be traced to the write it came from.

/** A write and what became of it. */
export interface TrackedWrite {
  readonly number: number;
  readonly table: string;
  /** `k/c` of each row: all of them are one call of `apply`, there whole or not at all. */
  readonly rows: readonly string[];
  outcome: 'pending' | 'acknowledged' | 'refused';
}

/** Everything in a table, by `k/c`: the number of the write that was last. */
export function readTable(engine: WriteEngine, table: TableMetadata): Map<string, number> {
  const found = new Map<string, number>();
  const cursor = engine.read(table, { partitions: { range: {} } });
  try {
    while (cursor.nextPartition()) {
      const k = int(cursor.keyBytes, cursor.keyFrom);
      for (let next = cursor.next(); next !== Unfiltered.END; next = cursor.next()) {
        if (next !== Unfiltered.ROW) throw new Error('a marker where none was written');
        const { row } = cursor;
        const value = row.cellValueBytes[0].subarray(row.cellValueFrom[0], row.cellValueTo[0]);
        if (row.cellCount !== 1 || value.length !== 4) throw new Error(`a row that was never written: ${toHex(value)}`);
        if (int(value, 0) !== row.cellLo[0]) throw new Error('a value that is not of its timestamp');
        found.set(`${k}/${int(row.clusteringBytes, row.clusteringFrom + 1)}`, row.cellLo[0]);
      }
    }
  } finally {
    cursor.close();
  }
  return found;
}

function int(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(at);
}

/**
 * Checks what a recovery brought back of one table. `voided` are writes that a truncation was told to remove: they may be there
 * only if the truncation was not acknowledged. Returns complaints, none if all is well.
 */
export function complaintsAbout(
  found: ReadonlyMap<string, number>,
  writes: readonly TrackedWrite[],
  mayBeGone: (write: TrackedWrite) => boolean,
  mustBeGone: (write: TrackedWrite) => boolean,
): string[] {
  const complaints: string[] = [];
  const byNumber = new Map(writes.map((write) => [write.number, write]));
  const there = new Set<number>();
  for (const [row, number] of found) {
    const write = byNumber.get(number);
    if (write === undefined || !write.rows.includes(row)) complaints.push(`${row} has ${number}, which nobody wrote there`);
    else if (mustBeGone(write)) complaints.push(`${row} has ${number}, which was truncated`);
    else there.add(number);
  }
  for (const write of writes) {
    const overwritten = (row: string) => (found.get(row) ?? -1) > write.number;
    const missing = write.rows.filter((row) => found.get(row) !== write.number && !overwritten(row));
    if (missing.length === 0) continue;
    if (write.outcome === 'acknowledged' && !mayBeGone(write)) {
      complaints.push(`write ${write.number} was acknowledged and ${missing} of it is gone`);
    } else if (there.has(write.number) && !mayBeGone(write)) {
      complaints.push(`write ${write.number} is there in part: ${missing} is gone`);
    }
  }
  return complaints;
}
