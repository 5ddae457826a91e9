import { DeletionTime, NO_DELETION_TIME } from './deletion-time.ts';
import type { StoredCells } from './stored-cells.ts';

/**
 * What a cell is. A complex deletion stands in the list as an entry of its own, before the cells of its column.
 * Bits of `Row.cellFlags`.
 */
export const CellFlag = {
  /** A tombstone: no value, `cellLocalDeletionTime` says since when. */
  DELETED: 1,
  /** Has a TTL; `cellLocalDeletionTime` is when it expires. */
  EXPIRING: 2,
  /** Not a cell but the deletion of the whole complex column: timestamp = markedForDeleteAt, and its local deletion time. */
  COMPLEX_DELETION: 4,
} as const;

const NONE = new Uint8Array(0);

/**
 * One row (or static row) in a form that every part of Cassette understands: the SSTable reader and the memtable fill it,
 * the merger combines several into one, the SSTable writer and SELECT consume it. One object is filled again and again:
 * columns of typed arrays, no object a cell. Cassandra: db.rows.Row.
 *
 * Bytes (clustering, paths, values) are ranges of arrays that belong to whoever filled the row, valid until it fills
 * the row anew.
 *
 * Cells are ordered by `cellColumn` (the position in storage order of TableMetadata.regularColumns or .staticColumns),
 * within a complex column by path (the complex deletion first).
 */
export class Row {
  /** The static row has no clustering. */
  isStatic = false;

  /** Clustering values as Data.db has them: a vint header a 32 values, then the non-empty ones, framed by type. */
  clusteringBytes: Uint8Array = NONE;
  clusteringFrom = 0;
  clusteringTo = 0;

  /** Primary key liveness: whether INSERT was here. Cassandra: LivenessInfo. */
  hasLiveness = false;
  livenessHi = 0;
  livenessLo = 0;
  /** Seconds; 0 for none. */
  livenessTtl = 0;
  /** Seconds since the epoch at which the liveness expires; NO_DELETION_TIME without a TTL. */
  livenessLocalExpirationTime = NO_DELETION_TIME;

  /** Deletion of the row itself, LIVE if none. */
  readonly deletion = new DeletionTime();

  /**
   * All cells, still as they are stored; then the arrays below have none of them until `loadCells`. Null but in rows of cursors that were
   * asked for it (`ReadCommand.asStored`).
   */
  stored: StoredCells | null = null;

  /** Entries in use in the arrays below. */
  cellCount = 0;
  cellColumn = new Int32Array(16);
  /** CellFlag bits. */
  cellFlags = new Uint8Array(16);
  /** Timestamps in microseconds. */
  cellHi = new Int32Array(16);
  cellLo = new Int32Array(16);
  /** Deletion or expiration time in seconds; NO_DELETION_TIME for a live cell without TTL. */
  cellLocalDeletionTime = new Uint32Array(16);
  /** Seconds; 0 for none. */
  cellTtl = new Int32Array(16);
  /** Path of a cell of a complex column; an empty range of a simple one. */
  cellPathBytes: Uint8Array[] = new Array<Uint8Array>(16).fill(NONE);
  cellPathFrom = new Int32Array(16);
  cellPathTo = new Int32Array(16);
  /** Value; an empty range for a tombstone, a complex deletion and an empty value. */
  cellValueBytes: Uint8Array[] = new Array<Uint8Array>(16).fill(NONE);
  cellValueFrom = new Int32Array(16);
  cellValueTo = new Int32Array(16);

  /** Back to a row of nothing; keeps the arrays. */
  clear(): void {
    this.isStatic = false;
    this.clusteringBytes = NONE;
    this.clusteringFrom = 0;
    this.clusteringTo = 0;
    this.clearLiveness();
    this.deletion.setLive();
    this.stored = null;
    this.cellCount = 0;
  }

  /** Takes stored cells apart, if they were not: for whoever looks at cells or changes them. */
  loadCells(): void {
    if (this.stored === null) return;
    this.stored.addTo(this);
    this.stored = null;
  }

  clearLiveness(): void {
    this.hasLiveness = false;
    this.livenessHi = 0;
    this.livenessLo = 0;
    this.livenessTtl = 0;
    this.livenessLocalExpirationTime = NO_DELETION_TIME;
  }

  setClustering(bytes: Uint8Array, from: number, to: number): void {
    this.clusteringBytes = bytes;
    this.clusteringFrom = from;
    this.clusteringTo = to;
  }

  setLiveness(hi: number, lo: number, ttl = 0, localExpirationTime = NO_DELETION_TIME): void {
    this.hasLiveness = true;
    this.livenessHi = hi;
    this.livenessLo = lo | 0;
    this.livenessTtl = ttl;
    this.livenessLocalExpirationTime = localExpirationTime;
  }

  /** Neither liveness nor deletion nor cells: such a row is never written. */
  get isEmpty(): boolean {
    return !this.hasLiveness && this.cellCount === 0 && this.deletion.isLive;
  }

  /** Appends an entry without path and value and returns its index. */
  addCell(column: number, flags: number, hi: number, lo: number, localDeletionTime: number, ttl: number): number {
    const i = this.cellCount;
    if (i === this.cellColumn.length) this.grow();
    this.cellCount = i + 1;
    this.cellColumn[i] = column;
    this.cellFlags[i] = flags;
    this.cellHi[i] = hi;
    this.cellLo[i] = lo;
    this.cellLocalDeletionTime[i] = localDeletionTime;
    this.cellTtl[i] = ttl;
    this.cellPathBytes[i] = NONE;
    this.cellPathFrom[i] = 0;
    this.cellPathTo[i] = 0;
    this.cellValueBytes[i] = NONE;
    this.cellValueFrom[i] = 0;
    this.cellValueTo[i] = 0;
    return i;
  }

  setPath(i: number, bytes: Uint8Array, from: number, to: number): void {
    this.cellPathBytes[i] = bytes;
    this.cellPathFrom[i] = from;
    this.cellPathTo[i] = to;
  }

  setValue(i: number, bytes: Uint8Array, from: number, to: number): void {
    this.cellValueBytes[i] = bytes;
    this.cellValueFrom[i] = from;
    this.cellValueTo[i] = to;
  }

  /** Appends entry `j` of another row; its bytes are shared, not copied. */
  addCellOf(other: Row, j: number, column = other.cellColumn[j]): void {
    const i = this.addCell(
      column,
      other.cellFlags[j],
      other.cellHi[j],
      other.cellLo[j],
      other.cellLocalDeletionTime[j],
      other.cellTtl[j],
    );
    this.cellPathBytes[i] = other.cellPathBytes[j];
    this.cellPathFrom[i] = other.cellPathFrom[j];
    this.cellPathTo[i] = other.cellPathTo[j];
    this.cellValueBytes[i] = other.cellValueBytes[j];
    this.cellValueFrom[i] = other.cellValueFrom[j];
    this.cellValueTo[i] = other.cellValueTo[j];
  }

  private grow(): void {
    const capacity = this.cellColumn.length * 2;
    const wider = <T extends Int32Array | Uint8Array | Uint32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.cellColumn = wider(this.cellColumn, new Int32Array(capacity));
    this.cellFlags = wider(this.cellFlags, new Uint8Array(capacity));
    this.cellHi = wider(this.cellHi, new Int32Array(capacity));
    this.cellLo = wider(this.cellLo, new Int32Array(capacity));
    this.cellLocalDeletionTime = wider(this.cellLocalDeletionTime, new Uint32Array(capacity));
    this.cellTtl = wider(this.cellTtl, new Int32Array(capacity));
    this.cellPathFrom = wider(this.cellPathFrom, new Int32Array(capacity));
    this.cellPathTo = wider(this.cellPathTo, new Int32Array(capacity));
    this.cellValueFrom = wider(this.cellValueFrom, new Int32Array(capacity));
    this.cellValueTo = wider(this.cellValueTo, new Int32Array(capacity));
    while (this.cellPathBytes.length < capacity) {
      this.cellPathBytes.push(NONE);
      this.cellValueBytes.push(NONE);
    }
  }
}
