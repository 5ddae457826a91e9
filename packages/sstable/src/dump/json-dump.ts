import { CassetteError, CorruptionError } from '@cassette/bytes';
import {
  CollectionType,
  type ColumnMetadata,
  type CqlType,
  jsonText,
  nativeTypes,
  quoteIdentifier,
  type TableMetadata,
  UserType,
} from '@cassette/cql';
import { decodeClustering } from '../clustering/clustering-values.ts';
import { keyTypes } from '../data/layout-of-header.ts';
import type { SSTableCursor } from '../reader/sstable-cursor.ts';
import { type DeletionTime, NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind, isBoundary, isStart, type RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { DumpOutput } from './dump-output.ts';
import { microsText, secondsText } from './dump-times.ts';
import { keyTexts } from './json-keys.ts';
import { RowBytes } from './row-bytes.ts';
import { typeText } from './type-text.ts';

/** How a dump looks. */
export interface JsonDumpOptions {
  /** Times as microseconds and seconds (sstabledump -t) and not as dates. */
  readonly rawTimestamps?: boolean;
  /** What "expired" is judged by: seconds since the epoch. */
  readonly nowInSeconds: number;
  /** Partitions that are left out, asked for each by its key, which is valid during the call (sstabledump -x). */
  readonly excludes?: (key: Uint8Array) => boolean;
  /** One line of JSON a partition, and nothing around them (sstabledump -l); default: an array of objects, indented. */
  readonly lines?: boolean;
}

/** {@link jsonDumpBytes} as text. */
export function* jsonDump(cursor: SSTableCursor, table: TableMetadata, options: JsonDumpOptions): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  // A piece ends behind a row.
  for (const bytes of jsonDumpBytes(cursor, table, options)) yield decoder.decode(bytes);
}

/**
 * The partitions of a cursor over one SSTable as sstabledump prints them, letter for letter, in pieces of UTF-8 that are the caller's. Throws what the
 * cursor throws, and CorruptionError where a value is none of its type; before that it gives what ends the JSON, with an object
 * `{ "error" : … }` as its last partition: who has printed the pieces has printed JSON that says that it is not whole.
 * Cassandra: tools.JsonTransformer.
 */
export function* jsonDumpBytes(cursor: SSTableCursor, table: TableMetadata, options: JsonDumpOptions): Generator<Uint8Array> {
  const output = new DumpOutput(options.lines);
  try {
    yield* pieces(cursor, table, options, output);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const told =
      error.code === 'INVALID_REQUEST'
        ? new CorruptionError(`a value is none of its type: ${error.message}`, cursor.file, cursor.position, {}, error)
        : error;
    output.endWith(told);
    yield output.out.take();
    throw told;
  }
}

function* pieces(
  cursor: SSTableCursor,
  table: TableMetadata,
  options: JsonDumpOptions,
  output: DumpOutput,
): Generator<Uint8Array> {
  const printer = new DumpPrinter(cursor, table, options);
  const { excludes, rawTimestamps: raw = false, lines = false } = options;
  const { out } = output;
  const plain = new RowBytes(out, table, { raw, lines }, cellText);
  const addRow = (row: Row, position: number) => {
    if (!plain.prints(row)) {
      output.item(printer.row(row, position));
      return;
    }
    const { length } = out;
    output.startItem();
    try {
      plain.row(row, position);
    } catch (error) {
      output.takeBack(length);
      throw error;
    }
  };
  while (cursor.nextPartition()) {
    if (excludes?.(cursor.keyBytes.subarray(cursor.keyFrom, cursor.keyTo)) === true) continue;
    output.startPartition(printer.partitionStart());
    const position = cursor.position;
    if (cursor.staticRow !== null) addRow(cursor.staticRow, position);
    for (;;) {
      const at = cursor.position;
      const found = cursor.next();
      if (found === Unfiltered.END) break;
      if (found === Unfiltered.ROW) addRow(cursor.row, at);
      else output.item(printer.marker(cursor.marker));
      if (out.isFull) yield out.take();
    }
    output.endPartition();
  }
  output.end();
  yield out.take();
}

/**
 * A counter is printed as the number that its first eight bytes make, which are no part of its sum: so does sstabledump. The sum is
 * what decodeCounterContext and CounterType give.
 */
export function cellText(type: CqlType, bytes: Uint8Array, from: number, to: number): string {
  if (type === nativeTypes.counter && to - from >= 8) return nativeTypes.bigint.toJson(bytes, from, from + 8);
  return type.toJson(bytes, from, to);
}

/** Prints one thing at a time, of any kind; the indents are those that it has in the whole. */
export class DumpPrinter {
  private readonly cursor: SSTableCursor;
  private readonly table: TableMetadata;
  private readonly raw: boolean;
  private readonly now: number;
  private readonly keyTypes: readonly CqlType[];

  constructor(cursor: SSTableCursor, table: TableMetadata, options: JsonDumpOptions) {
    this.cursor = cursor;
    this.table = table;
    this.raw = options.rawTimestamps ?? false;
    this.now = options.nowInSeconds;
    this.keyTypes = keyTypes(table);
  }

  partitionStart(): string {
    const { cursor } = this;
    const deletion = cursor.partitionDeletion.isLive ? '' : `,\n      ${this.deletion(cursor.partitionDeletion)}`;
    return (
      `{\n    "table kind" : "REGULAR",\n    "partition" : {\n      "key" : [ ${this.key().map(jsonText).join(', ')} ],\n` +
      `      "position" : ${cursor.position}${deletion}\n    },\n    "rows" : [`
    );
  }

  row(row: Row, position: number): string {
    const fields = [`"type" : "${row.isStatic ? 'static_block' : 'row'}"`, `"position" : ${position}`];
    if (!row.isStatic) {
      const clustering = this.clustering(this.table.clustering.length, row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
      if (clustering !== '') fields.push(clustering);
    }
    if (row.hasLiveness) {
      const expiry =
        row.livenessTtl === 0
          ? ''
          : this.expiry(row.livenessTtl, row.livenessLocalExpirationTime, this.now > row.livenessLocalExpirationTime);
      fields.push(`"liveness_info" : { "tstamp" : "${microsText(row.livenessHi, row.livenessLo, this.raw)}"${expiry} }`);
    }
    if (!row.deletion.isLive) fields.push(this.deletion(row.deletion));
    const cells: string[] = [];
    for (let i = 0; i < row.cellCount; i++) cells.push(this.cell(row, i));
    fields.push(cells.length === 0 ? '"cells" : [ ]' : `"cells" : [\n          ${cells.join(',\n          ')}\n        ]`);
    return `{\n        ${fields.join(',\n        ')}\n      }`;
  }

  marker(marker: RangeTombstoneMarker): string {
    const fields: string[] = [];
    if (isBoundary(marker.kind)) {
      const exclusiveEnd = marker.kind === BoundKind.EXCL_END_INCL_START_BOUNDARY;
      fields.push('"type" : "range_tombstone_boundary"');
      fields.push(this.bound('start', exclusiveEnd, marker, marker.opening));
      fields.push(this.bound('end', !exclusiveEnd, marker, marker.closing));
    } else {
      const start = isStart(marker.kind);
      const inclusive = marker.kind === BoundKind.INCL_START_BOUND || marker.kind === BoundKind.INCL_END_BOUND;
      fields.push('"type" : "range_tombstone_bound"');
      fields.push(this.bound(start ? 'start' : 'end', inclusive, marker, start ? marker.opening : marker.closing));
    }
    return `{\n        ${fields.join(',\n        ')}\n      }`;
  }

  private bound(name: string, inclusive: boolean, marker: RangeTombstoneMarker, deletion: DeletionTime): string {
    const fields = [`"type" : "${inclusive ? 'inclusive' : 'exclusive'}"`];
    const clustering = this.clustering(marker.size, marker.clusteringBytes, marker.clusteringFrom, marker.clusteringTo);
    if (clustering !== '') fields.push(clustering);
    fields.push(this.deletion(deletion));
    return `"${name}" : {\n          ${fields.join(',\n          ')}\n        }`;
  }

  private clustering(size: number, bytes: Uint8Array, from: number, to: number): string {
    if (size === 0) return '';
    const columns = this.table.clustering;
    const values = decodeClustering(columns, size, bytes, from, to);
    const texts = columns.map(({ type }, i) => {
      if (i >= size) return '"*"';
      const value = values[i];
      return value === null ? 'null' : type.toJson(value, 0, value.length);
    });
    return `"clustering" : [ ${texts.join(', ')} ]`;
  }

  private cell(row: Row, i: number): string {
    const column = (row.isStatic ? this.table.staticColumns : this.table.regularColumns)[row.cellColumn[i]];
    const name = `{ "name" : ${jsonText(quoteIdentifier(column.name))}`;
    const flags = row.cellFlags[i];
    const seconds = row.cellLocalDeletionTime[i];
    const timestamp = microsText(row.cellHi[i], row.cellLo[i], this.raw);
    if ((flags & CellFlag.COMPLEX_DELETION) !== 0) return `${name}, ${this.deletionInfo(timestamp, seconds)} }`;
    const { path, valueType } = this.pathAndType(column, row, i);
    const same = row.hasLiveness && row.cellHi[i] === row.livenessHi && row.cellLo[i] === row.livenessLo;
    const tstamp = same ? '' : `"tstamp" : "${timestamp}"`;
    if ((flags & CellFlag.DELETED) !== 0) {
      const info = `"deletion_info" : { "local_delete_time" : "${secondsText(seconds, this.raw)}" }`;
      return `${name}${path}, ${info}${tstamp === '' ? '' : `,\n            ${tstamp}`}\n          }`;
    }
    const value = cellText(valueType, row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
    const ttl = row.cellTtl[i];
    const expires = ttl !== 0 && !(row.hasLiveness && ttl === row.livenessTtl);
    // Here, unlike for a row's liveness, sstabledump has its "now" in 31 bits and a sign: from 2038 on nothing is expired.
    const expiry = expires ? this.expiry(ttl, seconds, seconds !== NO_DELETION_TIME && (this.now | 0) >= seconds) : '';
    return `${name}${path}, "value" : ${value}${tstamp === '' ? '' : `, ${tstamp}`}${expiry} }`;
  }

  private pathAndType({ type }: ColumnMetadata, row: Row, i: number): { path: string; valueType: CqlType } {
    if (!type.isMultiCell) return { path: '', valueType: type };
    const bytes = row.cellPathBytes[i];
    const from = row.cellPathFrom[i];
    const to = row.cellPathTo[i];
    if (type instanceof UserType) {
      const field = to - from === 2 ? type.fields[(bytes[from] << 8) | bytes[from + 1]] : undefined;
      if (field !== undefined) return { path: `, "path" : [ ${jsonText(field.name)} ]`, valueType: field.type };
    }
    if (type instanceof CollectionType) {
      return { path: `, "path" : [ ${jsonText(typeText(type.nameType, bytes, from, to))} ]`, valueType: type.valueType };
    }
    throw new CorruptionError(`a cell of ${type} has a path that can't be`, this.cursor.file, this.cursor.position);
  }

  private expiry(ttl: number, seconds: number, expired: boolean): string {
    return `, "ttl" : ${ttl}, "expires_at" : "${secondsText(seconds, this.raw)}", "expired" : ${expired}`;
  }

  private deletion(deletion: DeletionTime): string {
    return this.deletionInfo(microsText(deletion.hi, deletion.lo, this.raw), deletion.localDeletionTime);
  }

  private deletionInfo(timestamp: string, seconds: number): string {
    return `"deletion_info" : { "marked_deleted" : "${timestamp}", "local_delete_time" : "${secondsText(seconds, this.raw)}" }`;
  }

  private key(): string[] {
    const { keyBytes, keyFrom, keyTo } = this.cursor;
    return keyTexts(this.keyTypes, keyBytes, keyFrom, keyTo, this.cursor.file);
  }
}
