import { toBigInt, toHex } from '@cassette/bytes';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';

// What a cursor gives, as plain values that tests compare.

/** A cell as text: column, flags, timestamp, local deletion time, ttl, path, value. */
export function plainRow(row: Row): Record<string, unknown> {
  const cells: string[] = [];
  for (let i = 0; i < row.cellCount; i++) {
    cells.push(
      [
        row.cellColumn[i],
        row.cellFlags[i],
        toBigInt(row.cellHi[i], row.cellLo[i]),
        row.cellLocalDeletionTime[i],
        row.cellTtl[i],
        toHex(row.cellPathBytes[i].subarray(row.cellPathFrom[i], row.cellPathTo[i])),
        toHex(row.cellValueBytes[i].subarray(row.cellValueFrom[i], row.cellValueTo[i])),
      ].join(' '),
    );
  }
  return {
    row: toHex(row.clusteringBytes.subarray(row.clusteringFrom, row.clusteringTo)),
    isStatic: row.isStatic,
    liveness: row.hasLiveness
      ? `${toBigInt(row.livenessHi, row.livenessLo)} ${row.livenessTtl} ${row.livenessLocalExpirationTime}`
      : '',
    deletion: plainDeletion(row.deletion),
    cells,
  };
}

export function plainMarker(marker: RangeTombstoneMarker): Record<string, unknown> {
  return {
    marker: marker.kind,
    size: marker.size,
    values: toHex(marker.clusteringBytes.subarray(marker.clusteringFrom, marker.clusteringTo)),
    closing: plainDeletion(marker.closing),
    opening: plainDeletion(marker.opening),
  };
}

export function plainDeletion(deletion: DeletionTime): string {
  return deletion.isLive ? 'LIVE' : `${toBigInt(deletion.hi, deletion.lo)} ${deletion.localDeletionTime}`;
}

/** A partition with all that a cursor gives of it. */
export interface PlainPartition {
  readonly key: string;
  readonly deletion: string;
  readonly staticRow: Record<string, unknown> | null;
  readonly unfiltereds: Record<string, unknown>[];
}

/** Everything that a cursor gives. */
export function plainPartitions(cursor: UnfilteredCursor): PlainPartition[] {
  const partitions: PlainPartition[] = [];
  while (cursor.nextPartition()) {
    const unfiltereds: Record<string, unknown>[] = [];
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      unfiltereds.push(found === Unfiltered.ROW ? plainRow(cursor.row) : plainMarker(cursor.marker));
    }
    partitions.push({
      // Read after the rows: key, deletion and static row stay while the rows go by.
      key: toHex(cursor.keyBytes.subarray(cursor.keyFrom, cursor.keyTo)),
      deletion: plainDeletion(cursor.partitionDeletion),
      staticRow: cursor.staticRow === null ? null : plainRow(cursor.staticRow),
      unfiltereds,
    });
  }
  return partitions;
}
