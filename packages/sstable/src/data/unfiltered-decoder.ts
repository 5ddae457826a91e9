import { type ByteReader, compareInt64 } from '@cassette/bytes';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind, isBoundary, isStart, type RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import { decodeColumnSubset } from './column-subset.ts';
import type { DataLayout, StoredColumns } from './data-layout.ts';
import { INVALID_DELETION_TIME } from './deletion-time-codec.ts';
import { StoredCellFlag, UnfilteredFlag } from './flags.ts';

/** TTL of a liveness that a materialized view wrote as expired. Cassandra: LivenessInfo.EXPIRED_LIVENESS_TTL. */
const EXPIRED_LIVENESS_TTL = 0x7fffffff;

/**
 * Reads the bodies of rows and markers of one SSTable, as the table sees them: cells of columns that it does not have and of
 * dropped ones up to the drop are left out. The layout of the bytes stands in unfiltered-encoder.ts. The bytes may be
 * anything: throws CorruptionError. Cassandra: db.rows.UnfilteredSerializer#deserializeRowBody.
 */
export class UnfilteredDecoder {
  private readonly layout: DataLayout;
  private readonly present: Int32Array;
  private readonly allStatics: Int32Array;
  private readonly allRegulars: Int32Array;

  constructor(layout: DataLayout) {
    this.layout = layout;
    this.present = new Int32Array(Math.max(layout.statics.count, layout.regulars.count));
    this.allStatics = Int32Array.from({ length: layout.statics.count }, (_, i) => i);
    this.allRegulars = Int32Array.from({ length: layout.regulars.count }, (_, i) => i);
  }

  /**
   * Reads what follows the size of a row into `row`, whose clustering and `isStatic` are set and which is else empty; its cells
   * point into the reader's bytes. The reader ends where the row does.
   */
  rowBody(input: ByteReader, flags: number, row: Row): void {
    const columns = row.isStatic ? this.layout.statics : this.layout.regulars;
    input.unsignedVInt('previous unfiltered size');
    if ((flags & UnfilteredFlag.HAS_TIMESTAMP) !== 0) {
      this.timestamp(input);
      const hi = this.hi;
      const lo = this.lo;
      let ttl = 0;
      let expiration = NO_DELETION_TIME;
      if ((flags & UnfilteredFlag.HAS_TTL) !== 0) {
        ttl = this.ttl(input);
        expiration = this.localDeletionTime(input);
        if (expiration < ttl && ttl !== EXPIRED_LIVENESS_TTL) expiration = INVALID_DELETION_TIME;
      }
      row.setLiveness(hi, lo, ttl, expiration);
    } else if ((flags & UnfilteredFlag.HAS_TTL) !== 0) throw input.corrupt('a row has a TTL and no timestamp');
    if ((flags & UnfilteredFlag.HAS_DELETION) !== 0) this.deletion(input, row.deletion);
    let present = row.isStatic ? this.allStatics : this.allRegulars;
    let count = columns.count;
    if ((flags & UnfilteredFlag.HAS_ALL_COLUMNS) === 0) {
      present = this.present;
      count = decodeColumnSubset(input, present, columns.count);
    }
    const complexDeletion = (flags & UnfilteredFlag.HAS_COMPLEX_DELETION) !== 0;
    for (let i = 0; i < count; i++) {
      const position = present[i];
      if (columns.complex[position] === 0) this.cell(input, row, columns, position, false);
      else {
        if (complexDeletion) this.complexDeletion(input, row, columns, position);
        const cells = input.length('cell count');
        for (let c = 0; c < cells; c++) this.cell(input, row, columns, position, true);
      }
    }
    if (input.position !== input.end) throw input.corrupt(`a row has ${input.end - input.position} bytes too many`);
  }

  /** Reads what follows the size of a marker into `marker`, whose bound is set. The reader ends where the marker does. */
  markerBody(input: ByteReader, marker: RangeTombstoneMarker): void {
    input.unsignedVInt('previous unfiltered size');
    const { kind } = marker;
    if (isBoundary(kind)) {
      this.deletion(input, marker.closing);
      this.deletion(input, marker.opening);
    } else if (isStart(kind)) {
      marker.closing.setLive();
      this.deletion(input, marker.opening);
    } else {
      this.deletion(input, marker.closing);
      marker.opening.setLive();
    }
    if (input.position !== input.end) throw input.corrupt(`a marker has ${input.end - input.position} bytes too many`);
  }

  /** Reads the kind of a marker or of an indexed name; refuses what no such thing has. */
  static boundKind(input: ByteReader): BoundKind {
    const kind = input.u8('kind');
    if (kind > BoundKind.EXCL_START_BOUND || kind === BoundKind.STATIC_CLUSTERING || kind === BoundKind.CLUSTERING) {
      throw input.corrupt(`${kind} is no kind of bound`, input.position - 1);
    }
    return kind as BoundKind;
  }

  private complexDeletion(input: ByteReader, row: Row, columns: StoredColumns, position: number): void {
    this.timestamp(input);
    const { hi, lo } = this;
    const time = this.localDeletionTime(input);
    // -2^63 is LIVE, whatever stands beside it: columns without a deletion in a row where another has one.
    if ((hi === -0x80000000 && lo === 0) || columns.target[position] < 0) return;
    if (this.isDropped(columns, position, hi, lo)) return;
    row.addCell(columns.target[position], CellFlag.COMPLEX_DELETION, hi, lo, time, 0);
  }

  private cell(input: ByteReader, row: Row, columns: StoredColumns, position: number, complex: boolean): void {
    const flags = input.u8('cell flags');
    const deleted = (flags & StoredCellFlag.IS_DELETED) !== 0;
    const expiring = (flags & StoredCellFlag.IS_EXPIRING) !== 0;
    let hi: number;
    let lo: number;
    if ((flags & StoredCellFlag.USE_ROW_TIMESTAMP) !== 0) {
      if (!row.hasLiveness) throw input.corrupt('a cell takes its timestamp from a row that has none', input.position - 1);
      hi = row.livenessHi;
      lo = row.livenessLo;
    } else {
      this.timestamp(input);
      hi = this.hi;
      lo = this.lo;
    }
    const rowTtl = (flags & StoredCellFlag.USE_ROW_TTL) !== 0;
    if (flags > 0x1f || (deleted && expiring) || (rowTtl && row.livenessTtl === 0))
      throw input.corrupt(`cell flags ${flags} can't be`);
    let time = NO_DELETION_TIME;
    let ttl = 0;
    if (rowTtl) {
      time = row.livenessLocalExpirationTime;
      ttl = row.livenessTtl;
    } else if (deleted || expiring) {
      time = this.localDeletionTime(input);
      if (expiring) {
        ttl = this.ttl(input);
        if (time < ttl) time = INVALID_DELETION_TIME;
      }
    }
    let pathFrom = 0;
    let pathTo = 0;
    if (complex) {
      const length = input.length('cell path length');
      pathFrom = input.position;
      input.skip(length, 'cell path');
      pathTo = input.position;
    }
    let valueFrom = 0;
    let valueTo = 0;
    if ((flags & StoredCellFlag.HAS_EMPTY_VALUE) === 0) {
      const fixed = columns.fixedLength[position];
      const length = fixed >= 0 ? fixed : input.length('value length');
      valueFrom = input.position;
      input.skip(length, 'value');
      valueTo = input.position;
    }
    const column = columns.target[position];
    if (column < 0 || this.isDropped(columns, position, hi, lo)) return;
    const i = row.addCell(column, deleted ? CellFlag.DELETED : expiring ? CellFlag.EXPIRING : 0, hi, lo, time, ttl);
    if (complex) row.setPath(i, input.bytes, pathFrom, pathTo);
    if (valueFrom !== valueTo) row.setValue(i, input.bytes, valueFrom, valueTo);
  }

  private isDropped(columns: StoredColumns, position: number, hi: number, lo: number): boolean {
    return columns.dropped[position] === 1 && compareInt64(hi, lo, columns.droppedHi[position], columns.droppedLo[position]) <= 0;
  }

  private hi = 0;
  private lo = 0;

  private timestamp(input: ByteReader): void {
    input.unsignedVInt('timestamp');
    const lo = (input.lo >>> 0) + (this.layout.minTimestampLo >>> 0);
    this.lo = lo | 0;
    this.hi = (input.hi + this.layout.minTimestampHi + (lo >= 0x100000000 ? 1 : 0)) | 0;
  }

  // Modulo 2^32; what is negative as an int32 is past 2038 in oa and da, and nothing that can be in nb.
  private localDeletionTime(input: ByteReader): number {
    const time = (input.unsignedVInt32('local deletion time') + this.layout.minLocalDeletionTime) >>> 0;
    return time > 0x7fffffff && !this.layout.compactDeletionTime ? INVALID_DELETION_TIME : time;
  }

  private ttl(input: ByteReader): number {
    const at = input.position;
    const ttl = (input.unsignedVInt32('ttl') + this.layout.minTtl) | 0;
    if (ttl < 0) throw input.corrupt(`a TTL of ${ttl} seconds`, at);
    return ttl;
  }

  private deletion(input: ByteReader, into: DeletionTime): void {
    this.timestamp(input);
    const { hi, lo } = this;
    into.setTo(hi, lo, this.localDeletionTime(input));
  }
}
