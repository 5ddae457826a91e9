import { CorruptionError, toBigInt } from '@cassette/bytes';
import { CollectionType, type ColumnMetadata, type CqlType, UserType } from '@cassette/cql';
import {
  BoundKind,
  CellFlag,
  type DataDirectory,
  type DataPlace,
  type DeletionTime,
  decodeClustering,
  isBoundary,
  isEnd,
  literal,
  NO_DELETION_TIME,
  type RangeTombstoneMarker,
  type Row,
  secondsText,
  timestampText,
} from '@cassette/sstable';
import type { InspectedRow } from './inspector.ts';

type Cell = InspectedRow['cells'][number];

/** Cells of one row that are told: of collections of thousands the first. */
const CELLS_MAX = 500;

/** Rows and markers as texts. */
export class RowTexts {
  private readonly directory: DataDirectory;

  constructor(directory: DataDirectory) {
    this.directory = directory;
  }

  /** Those of a partition from the `first`th, the static row being the first where there is one. Damage is a row that says so. */
  of(partition: DataPlace, first: number, max: number): InspectedRow[] {
    const { directory } = this;
    directory.readPartition(partition);
    const { staticRow, rowsFrom } = directory.header;
    const rows: InspectedRow[] = [];
    const statics = staticRow === null ? 0 : 1;
    if (staticRow !== null && first === 0 && max > 0) rows.push(this.row(staticRow, partition.from, rowsFrom));
    for (let i = Math.max(0, first - statics); rows.length < max; i++) {
      const place = directory.row(partition, i);
      if (place === null) break;
      rows.push(this.at(place));
    }
    return rows;
  }

  private at(place: DataPlace): InspectedRow {
    if (place.damage !== '') return damaged(place, place.damage);
    try {
      const found = this.directory.readRow(place);
      return 'row' in found ? this.row(found.row, place.from, place.to) : this.marker(found.marker, place.from, place.to);
    } catch (error) {
      if (error instanceof CorruptionError) return damaged(place, error.message);
      throw error;
    }
  }

  private row(row: Row, from: number, to: number): InspectedRow {
    const info: string[] = [];
    if (row.hasLiveness) {
      const expiry =
        row.livenessTtl === 0 ? '' : `, TTL ${row.livenessTtl}, expires at ${secondsText(row.livenessLocalExpirationTime)}`;
      info.push(`inserted at ${timestampText(toBigInt(row.livenessHi, row.livenessLo))}${expiry}`);
    }
    if (!row.deletion.isLive) info.push(deletionText(row.deletion));
    const cells: Cell[] = [];
    for (let i = 0; i < row.cellCount && cells.length < CELLS_MAX; i++) cells.push(this.cell(row, i));
    if (row.cellCount > CELLS_MAX) info.push(`${row.cellCount - CELLS_MAX} more cells`);
    const clustering = row.isStatic
      ? ''
      : this.clustering(this.directory.table.clustering.length, row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
    return { kind: row.isStatic ? 'static' : 'row', clustering, from, to, info: info.join('; '), cells };
  }

  private marker(marker: RangeTombstoneMarker, from: number, to: number): InspectedRow {
    const values = this.clustering(marker.size, marker.clusteringBytes, marker.clusteringFrom, marker.clusteringTo);
    const clustering = `${boundNames[marker.kind]} ${values === '' ? 'all rows' : values}`;
    if (isBoundary(marker.kind)) {
      const info = `until here ${deletionText(marker.closing)}; from here ${deletionText(marker.opening)}`;
      return { kind: 'boundary', clustering, from, to, info, cells: [] };
    }
    const info = deletionText(isEnd(marker.kind) ? marker.closing : marker.opening);
    return { kind: 'bound', clustering, from, to, info, cells: [] };
  }

  private clustering(size: number, bytes: Uint8Array, from: number, to: number): string {
    const columns = this.directory.table.clustering;
    const values = decodeClustering(columns, size, bytes, from, to);
    return values.map((value, i) => (value === null ? 'null' : literal(columns[i].type, value))).join(', ');
  }

  private cell(row: Row, i: number): Cell {
    const { table } = this.directory;
    const column = (row.isStatic ? table.staticColumns : table.regularColumns)[row.cellColumn[i]];
    const timestamp = timestampText(toBigInt(row.cellHi[i], row.cellLo[i]));
    const flags = row.cellFlags[i];
    const seconds = row.cellLocalDeletionTime[i];
    if ((flags & CellFlag.COMPLEX_DELETION) !== 0) {
      return {
        column: column.name,
        value: `all before deleted, at ${secondsText(seconds)}`,
        timestamp,
        ttl: '',
        isTombstone: true,
      };
    }
    const { path, type } = pathOf(column, row, i);
    const name = path === '' ? column.name : `${column.name}[${path}]`;
    if ((flags & CellFlag.DELETED) !== 0) {
      return { column: name, value: `deleted at ${secondsText(seconds)}`, timestamp, ttl: '', isTombstone: true };
    }
    const value = literal(type, row.cellValueBytes[i].subarray(row.cellValueFrom[i], row.cellValueTo[i]));
    const ttl =
      row.cellTtl[i] === 0 || seconds === NO_DELETION_TIME ? '' : `${row.cellTtl[i]}, expires at ${secondsText(seconds)}`;
    return { column: name, value, timestamp, ttl, isTombstone: false };
  }
}

/** A deletion in one line; empty where there is none. */
export function deletionText(deletion: DeletionTime): string {
  if (deletion.isLive) return '';
  return `deleted up to ${timestampText(toBigInt(deletion.hi, deletion.lo))}, at ${secondsText(deletion.localDeletionTime)}`;
}

const boundNames: Readonly<Record<number, string>> = {
  [BoundKind.EXCL_END_BOUND]: 'ends before',
  [BoundKind.INCL_START_BOUND]: 'begins with',
  [BoundKind.EXCL_END_INCL_START_BOUNDARY]: 'changes before',
  [BoundKind.INCL_END_EXCL_START_BOUNDARY]: 'changes behind',
  [BoundKind.INCL_END_BOUND]: 'ends with',
  [BoundKind.EXCL_START_BOUND]: 'begins behind',
};

function damaged({ from, to }: DataPlace, why: string): InspectedRow {
  return { kind: 'row', clustering: '', from, to, info: `damaged: ${why}`, cells: [] };
}

function pathOf({ type }: ColumnMetadata, row: Row, i: number): { readonly path: string; readonly type: CqlType } {
  if (!type.isMultiCell) return { path: '', type };
  const bytes = row.cellPathBytes[i].subarray(row.cellPathFrom[i], row.cellPathTo[i]);
  if (type instanceof CollectionType) return { path: literal(type.nameType, bytes), type: type.valueType };
  const field = type instanceof UserType ? type.fields[(bytes[0] << 8) | bytes[1]] : undefined;
  return field === undefined ? { path: literal(type, bytes), type } : { path: field.name, type: field.type };
}
