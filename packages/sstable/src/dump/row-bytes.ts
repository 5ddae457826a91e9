import { type CqlType, jsonText, quoteIdentifier, type TableMetadata } from '@cassette/cql';
import { decodeClustering } from '../clustering/clustering-values.ts';
import type { Row } from '../rows/row.ts';
import { dateText, microsText } from './dump-times.ts';
import type { JsonBytes } from './json-bytes.ts';

/** How a value is printed: by its type's own JSON, or straight from its bytes. */
const Kind = { OTHER: 0, TEXT: 1, BLOB: 2, TIMESTAMP: 3 } as const;
const kinds: Readonly<Record<string, number>> = { text: Kind.TEXT, ascii: Kind.TEXT, blob: Kind.BLOB, timestamp: Kind.TIMESTAMP };

/** Microseconds, and milliseconds, from 1970 on up to which a date is four digits of a year, two of a month and two of a day. */
const MICROS_MAX = 9e15;
const MILLIS_MAX = 253_402_300_799_999;
const DAY_SECONDS = 86_400;

const SPACE = 0x20;
const COLON = 0x3a;
const LETTER_T = 0x54;

interface Column {
  /** From its name to its value. */
  readonly head: Uint8Array;
  readonly type: CqlType;
  readonly kind: number;
  readonly isSimple: boolean;
}

/**
 * Prints rows as DumpPrinter does, letter for letter, but straight into bytes: those that were only inserted and updated, which most are. Half of the
 * time of a dump went into strings that were put together, and into making UTF-8 of them.
 */
export class RowBytes {
  private readonly out: JsonBytes;
  private readonly raw: boolean;
  private readonly columns: { readonly statics: readonly Column[]; readonly regulars: readonly Column[] };
  private readonly clustering: TableMetadata['clustering'];
  private readonly clusteringKinds: readonly number[];
  private readonly cellText: (type: CqlType, bytes: Uint8Array, from: number, to: number) => string;
  // Pieces of the layout.
  private readonly rowHead: Uint8Array;
  private readonly staticHead: Uint8Array;
  private readonly clusteringHead: Uint8Array;
  private readonly clusteringEnd: Uint8Array;
  private readonly livenessHead: Uint8Array;
  private readonly livenessEnd: Uint8Array;
  private readonly noCells: Uint8Array;
  private readonly cellsHead: Uint8Array;
  private readonly betweenCells: Uint8Array;
  private readonly cellsEnd: Uint8Array;
  private readonly between: Uint8Array;
  private readonly stampHead: Uint8Array;
  // Times when rows were written, and those that are in them, lie on days of their own.
  private readonly writtenDay = new Day();
  private readonly valueDay = new Day();

  /** `cellText`: the text of a value of other types. */
  constructor(
    out: JsonBytes,
    table: TableMetadata,
    { raw, lines }: { readonly raw: boolean; readonly lines: boolean },
    cellText: (type: CqlType, bytes: Uint8Array, from: number, to: number) => string,
  ) {
    const laid = (text: string) => new TextEncoder().encode(lines ? text.replace(/\n */g, '') : text);
    this.out = out;
    this.raw = raw;
    this.cellText = cellText;
    const columns = (given: TableMetadata['regularColumns']) =>
      given.map(({ name, type }): Column => {
        const head = laid(`{ "name" : ${jsonText(quoteIdentifier(name))}, "value" : `);
        return { head, type, kind: kindOf(type), isSimple: !type.isMultiCell };
      });
    this.columns = { statics: columns(table.staticColumns), regulars: columns(table.regularColumns) };
    this.clustering = table.clustering;
    this.clusteringKinds = table.clustering.map(({ type }) => kindOf(type));
    this.rowHead = laid('{\n        "type" : "row",\n        "position" : ');
    this.staticHead = laid('{\n        "type" : "static_block",\n        "position" : ');
    this.between = laid(',\n        ');
    this.clusteringHead = laid('"clustering" : [ ');
    this.clusteringEnd = laid(' ]');
    this.livenessHead = laid('"liveness_info" : { "tstamp" : "');
    this.livenessEnd = laid('" }');
    this.noCells = laid('"cells" : [ ]\n      }');
    this.cellsHead = laid('"cells" : [\n          ');
    this.betweenCells = laid(' },\n          ');
    this.cellsEnd = laid(' }\n        ]\n      }');
    this.stampHead = laid(', "tstamp" : "');
  }

  /** Whether it prints such a row. */
  prints(row: Row): boolean {
    if (!row.deletion.isLive || row.livenessTtl !== 0) return false;
    const columns = row.isStatic ? this.columns.statics : this.columns.regulars;
    for (let i = 0; i < row.cellCount; i++) {
      if (row.cellFlags[i] !== 0 || row.cellTtl[i] !== 0 || !columns[row.cellColumn[i]].isSimple) return false;
    }
    return true;
  }

  /** Prints a row that it {@link prints}. Throws InvalidRequestError where a value is none of its type; then part of it is printed. */
  row(row: Row, position: number): void {
    const { out } = this;
    out.copy(row.isStatic ? this.staticHead : this.rowHead);
    out.text(String(position));
    out.copy(this.between);
    if (!row.isStatic && this.clustering.length > 0) this.clusteringOf(row);
    if (row.hasLiveness) {
      out.copy(this.livenessHead);
      this.micros(row.livenessHi, row.livenessLo);
      out.copy(this.livenessEnd);
      out.copy(this.between);
    }
    if (row.cellCount === 0) {
      out.copy(this.noCells);
      return;
    }
    const columns = row.isStatic ? this.columns.statics : this.columns.regulars;
    for (let i = 0; i < row.cellCount; i++) {
      const { head, type, kind } = columns[row.cellColumn[i]];
      out.copy(i === 0 ? this.cellsHead : this.betweenCells);
      out.copy(head);
      this.value(type, kind, row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
      if (row.hasLiveness && row.cellHi[i] === row.livenessHi && row.cellLo[i] === row.livenessLo) continue;
      out.copy(this.stampHead);
      this.micros(row.cellHi[i], row.cellLo[i]);
      out.text('"');
    }
    out.copy(this.cellsEnd);
  }

  private clusteringOf(row: Row): void {
    const { out, clustering, clusteringKinds } = this;
    const { clusteringBytes: bytes, clusteringFrom: from, clusteringTo: to } = row;
    out.copy(this.clusteringHead);
    const fixed = clustering[0].type.fixedLength;
    if (clustering.length === 1 && bytes[from] === 0 && fixed > 0) {
      this.value(clustering[0].type, clusteringKinds[0], bytes, from + 1, from + 1 + fixed);
    } else {
      const values = decodeClustering(clustering, clustering.length, bytes, from, to);
      for (let i = 0; i < clustering.length; i++) {
        const value = values[i];
        if (i > 0) out.text(', ');
        if (value === null) out.text('null');
        else this.value(clustering[i].type, clusteringKinds[i], value, 0, value.length);
      }
    }
    out.copy(this.clusteringEnd);
    out.copy(this.between);
  }

  private value(type: CqlType, kind: number, bytes: Uint8Array, from: number, to: number): void {
    const { out } = this;
    if (kind === Kind.TEXT && this.plainText(bytes, from, to)) return;
    if (kind === Kind.TIMESTAMP && to - from === 8 && this.timestamp(bytes, from)) return;
    if (kind === Kind.BLOB) {
      out.text('"0x');
      out.hex(bytes, from, to);
      out.text('"');
    } else out.text(this.cellText(type, bytes, from, to));
  }

  /** Of ASCII without what JSON escapes; false, and nothing is printed, for others. */
  private plainText(bytes: Uint8Array, from: number, to: number): boolean {
    const { out } = this;
    out.room(to - from + 2);
    const target = out.bytes;
    let at = out.length;
    target[at++] = 0x22;
    for (let i = from; i < to; i++) {
      const c = bytes[i];
      if (c < 0x20 || c >= 0x7f || c === 0x22 || c === 0x5c) return false;
      target[at++] = c;
    }
    target[at++] = 0x22;
    out.length = at;
    return true;
  }

  private timestamp(bytes: Uint8Array, at: number): boolean {
    const hi = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    const lo = ((bytes[at + 4] << 24) | (bytes[at + 5] << 16) | (bytes[at + 6] << 8) | bytes[at + 7]) >>> 0;
    const millis = hi * 0x1_0000_0000 + lo;
    if (millis < 0 || millis > MILLIS_MAX) return false;
    const { out } = this;
    const seconds = Math.floor(millis / 1000);
    out.text('"');
    this.instant(this.valueDay, seconds, SPACE);
    out.text('.');
    out.digits(millis - seconds * 1000, 3);
    out.text('Z"');
    return true;
  }

  private micros(hi: number, lo: number): void {
    const { out } = this;
    const micros = hi * 0x1_0000_0000 + (lo >>> 0);
    if (micros < 0 || micros > MICROS_MAX) {
      out.text(microsText(hi, lo, this.raw));
      return;
    }
    if (this.raw) {
      out.text(String(micros));
      return;
    }
    const seconds = Math.floor(micros / 1_000_000);
    const fraction = micros - seconds * 1_000_000;
    this.instant(this.writtenDay, seconds, LETTER_T);
    if (fraction !== 0) {
      out.text('.');
      if (fraction % 1000 === 0) out.digits(fraction / 1000, 3);
      else out.digits(fraction, 6);
    }
    out.text('Z');
  }

  private instant(days: Day, seconds: number, separator: number): void {
    const { out } = this;
    const day = Math.floor(seconds / DAY_SECONDS);
    const ofDay = seconds - day * DAY_SECONDS;
    const hours = Math.floor(ofDay / 3600);
    out.copy(days.dateOf(day));
    out.byte(separator);
    out.digits(hours, 2);
    out.byte(COLON);
    out.digits(Math.floor(ofDay / 60) - hours * 60, 2);
    out.byte(COLON);
    out.digits(ofDay % 60, 2);
  }
}

/** The date of the day that was asked for last: the next time is mostly of the same. */
class Day {
  private day = -1;
  private date: Uint8Array = new Uint8Array(0);

  dateOf(day: number): Uint8Array {
    if (day !== this.day) {
      this.day = day;
      this.date = new TextEncoder().encode(dateText(day));
    }
    return this.date;
  }
}

function kindOf(type: CqlType): number {
  return kinds[type.cqlName()] ?? Kind.OTHER;
}
