import type { DeletionTime } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';

// Thousands of damaged files are read in dozens of ways: what a cursor gives is compared as 64 bits of it, not as text.

/** Everything that a cursor gives, as a number: two cursors that give the same have the same, others hardly ever. */
export function fingerprintOf(cursor: UnfilteredCursor): number {
  const mix = new Mix();
  while (cursor.nextPartition()) {
    mix.number(1);
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      if (found === Unfiltered.ROW) mixRow(mix, cursor.row);
      else mixMarker(mix, cursor.marker);
    }
    // After the rows: key, deletion and static row stay while the rows go by.
    mix.bytes(cursor.keyBytes, cursor.keyFrom, cursor.keyTo);
    mixDeletion(mix, cursor.partitionDeletion);
    if (cursor.staticRow !== null) mixRow(mix, cursor.staticRow);
  }
  return mix.result;
}

/** Text as such a number. */
export function fingerprintOfText(text: string): number {
  const mix = new Mix();
  for (let i = 0; i < text.length; i++) mix.number(text.charCodeAt(i));
  return mix.result;
}

class Mix {
  private a = 0x811c9dc5 | 0;
  private b = 0x2545f491;

  get result(): number {
    return (this.a & 0x1fffff) * 0x100000000 + (this.b >>> 0);
  }

  number(value: number): void {
    const a = Math.imul(this.a ^ value, 0x9e3779b1);
    this.a = a ^ (a >>> 15);
    const b = Math.imul(this.b + value, 0x85ebca77);
    this.b = b ^ (b >>> 13);
  }

  bytes(bytes: Uint8Array, from: number, to: number): void {
    this.number(to - from);
    for (let i = from; i < to; i++) this.number(bytes[i]);
  }
}

function mixDeletion(mix: Mix, deletion: DeletionTime): void {
  mix.number(deletion.isLive ? 0 : 1);
  if (deletion.isLive) return;
  mix.number(deletion.hi);
  mix.number(deletion.lo);
  mix.number(deletion.localDeletionTime);
}

function mixMarker(mix: Mix, marker: RangeTombstoneMarker): void {
  mix.number(3);
  mix.number(marker.kind);
  mix.number(marker.size);
  mix.bytes(marker.clusteringBytes, marker.clusteringFrom, marker.clusteringTo);
  mixDeletion(mix, marker.closing);
  mixDeletion(mix, marker.opening);
}

function mixRow(mix: Mix, row: Row): void {
  mix.number(row.isStatic ? 4 : 2);
  mix.bytes(row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
  mix.number(row.hasLiveness ? 1 : 0);
  if (row.hasLiveness) {
    mix.number(row.livenessHi);
    mix.number(row.livenessLo);
    mix.number(row.livenessTtl);
    mix.number(row.livenessLocalExpirationTime);
  }
  mixDeletion(mix, row.deletion);
  mix.number(row.cellCount);
  for (let i = 0; i < row.cellCount; i++) {
    mix.number(row.cellColumn[i]);
    mix.number(row.cellFlags[i]);
    mix.number(row.cellHi[i]);
    mix.number(row.cellLo[i]);
    mix.number(row.cellLocalDeletionTime[i]);
    mix.number(row.cellTtl[i]);
    mix.bytes(row.cellPathBytes[i], row.cellPathFrom[i], row.cellPathTo[i]);
    mix.bytes(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
  }
}
