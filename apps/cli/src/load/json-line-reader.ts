import type { TableMetadata } from '@cassette/cql';
import { NULL_VALUE, type RowBuffer } from './row-buffer.ts';

/** How a column's value is read of bytes; OTHER: not here. */
const Kind = {
  OTHER: 0,
  TEXT: 1,
  ASCII: 2,
  INT: 3,
  BIGINT: 4,
  DOUBLE: 5,
  FLOAT: 6,
  BOOLEAN: 7,
  TIMESTAMP: 8,
  BLOB: 9,
  UUID: 10,
  TIMEUUID: 11,
  SMALLINT: 12,
  TINYINT: 13,
} as const;

const kinds: Readonly<Record<string, number>> = {
  text: Kind.TEXT,
  ascii: Kind.ASCII,
  int: Kind.INT,
  bigint: Kind.BIGINT,
  double: Kind.DOUBLE,
  float: Kind.FLOAT,
  boolean: Kind.BOOLEAN,
  timestamp: Kind.TIMESTAMP,
  blob: Kind.BLOB,
  uuid: Kind.UUID,
  timeuuid: Kind.TIMEUUID,
  smallint: Kind.SMALLINT,
  tinyint: Kind.TINYINT,
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LETTER_U = 0x75;

/** What a character behind a backslash stands for; -1 for none. */
const escapes = new Int8Array(256).fill(-1);
for (const [i, c] of [...'"\\/bfnrt'].entries()) escapes[c.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(i);

/** A line that is longer is left to the other reader, which looks at limits. Bytes. */
const LINE_MAX = 1 << 18;
/** Digits of a number that a double holds exactly, and the powers of ten that it does: one division then rounds once. */
const EXACT_DIGITS = 15;
const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const digitOfHex = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  digitOfHex[i.toString(16).charCodeAt(0)] = i;
  digitOfHex[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

/**
 * Reads lines of JSON from their bytes into a {@link RowBuffer}: no text, no object, no value in between. It takes only what it is sure of: an object
 * of known names, each once, whose values are of the form that is usual for their types. All else (collections, numbers in quotes, what is wrong)
 * is left to JsonRows, which gives the same row for what both take, and says what is wrong. Six times as many rows a second as by way of JSON.parse
 * and statements.
 */
export class JsonLineReader {
  private readonly buffer: RowBuffer;
  private readonly kindOf: Uint8Array;
  private readonly positions: ReadonlyMap<string, number>;
  /** Names of the last line in their order, as bytes, and their columns: lines of one file are alike. */
  private readonly names: Uint8Array[] = [];
  private readonly columns: number[] = [];
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private number = 0;
  private isWhole = false;

  private constructor(table: TableMetadata, buffer: RowBuffer) {
    this.buffer = buffer;
    const all = table.columns;
    this.kindOf = Uint8Array.from(all, ({ kind, type }) =>
      kind === 'static' ? Kind.OTHER : (kinds[type.cqlName()] ?? Kind.OTHER),
    );
    this.positions = new Map(all.map(({ name }, i) => [name, i]));
  }

  /** Null for a table of which it could read no row. */
  static of(table: TableMetadata, buffer: RowBuffer): JsonLineReader | null {
    const reader = new JsonLineReader(table, buffer);
    const keys = table.partitionKey.length + table.clustering.length;
    return reader.kindOf.subarray(0, keys).includes(Kind.OTHER) || table.clustering.length > 32 ? null : reader;
  }

  /** Reads the line that lies there, UTF-8 without its end; false, and nothing is taken, where the other reader must. */
  take(bytes: Buffer, from: number, to: number, stamp: number): boolean {
    if (to - from > LINE_MAX) return false;
    const { buffer } = this;
    // A number of one digit becomes eight bytes; values of keys are there twice.
    buffer.begin((to - from) * 2 + this.kindOf.length * 16);
    this.bytes = bytes;
    this.at = from;
    if (this.object(to) && buffer.commit(stamp)) return true;
    buffer.reset();
    return false;
  }

  private object(end: number): boolean {
    const { buffer } = this;
    if (this.next(end) !== OPEN) return false;
    this.at++;
    for (let field = 0; ; field++) {
      if (this.next(end) !== QUOTE) return false;
      this.at++;
      const column = this.column(field, end);
      if (column < 0 || buffer.valueFrom[column] !== -1 || this.next(end) !== COLON) return false;
      this.at++;
      this.next(end);
      if (!this.value(column, end)) return false;
      const c = this.next(end);
      this.at++;
      if (c === COMMA) continue;
      return c === CLOSE && this.next(end) === -1;
    }
  }

  /** The next byte that is no white space, at which it stays; -1 at the end. */
  private next(end: number): number {
    const { bytes } = this;
    let { at } = this;
    let c = -1;
    while (at < end) {
      c = bytes[at];
      if (c !== 0x20 && c !== 0x09 && c !== 0x0d) break;
      at++;
      c = -1;
    }
    this.at = at;
    return c;
  }

  /** The column whose name begins here; then it is behind the quote that ends it. -1 for none. */
  private column(field: number, end: number): number {
    const { bytes, at, names } = this;
    if (field < names.length) {
      const name = names[field];
      let i = 0;
      while (i < name.length && bytes[at + i] === name[i]) i++;
      if (i === name.length && at + i < end && bytes[at + i] === QUOTE) {
        this.at = at + i + 1;
        return this.columns[field];
      }
    }
    let to = at;
    while (to < end && bytes[to] !== QUOTE) {
      if (bytes[to] === BACKSLASH || bytes[to] < 0x20 || bytes[to] >= 0x80) return -1;
      to++;
    }
    if (to >= end) return -1;
    const column = this.positions.get(bytes.toString('latin1', at, to).toLowerCase()) ?? -1;
    this.at = to + 1;
    if (field <= names.length && column >= 0) {
      names[field] = Uint8Array.from(bytes.subarray(at, to));
      this.columns[field] = column;
    }
    return column;
  }

  /** Appends the value that begins here; then it is behind it. */
  private value(column: number, end: number): boolean {
    const { buffer, bytes } = this;
    const c = bytes[this.at];
    if (c === 0x6e) {
      buffer.valueFrom[column] = NULL_VALUE;
      return this.word('null', end);
    }
    const from = buffer.end;
    buffer.valueFrom[column] = from;
    const kind = this.kindOf[column];
    if (c === QUOTE) {
      this.at++;
      if (!this.quoted(kind, end) || this.at >= end || bytes[this.at] !== QUOTE) return false;
      this.at++;
    } else if (kind === Kind.BOOLEAN) {
      buffer.bytes[buffer.end++] = c === 0x74 ? 1 : 0;
      if (!this.word(c === 0x74 ? 'true' : 'false', end)) return false;
    } else if (!this.readNumber(end) || !this.putNumber(kind)) return false;
    buffer.valueTo[column] = buffer.end;
    return true;
  }

  private word(word: string, end: number): boolean {
    const { bytes, at } = this;
    if (at + word.length > end) return false;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
    this.at = at + word.length;
    return true;
  }

  /** A value in quotes, up to that which ends it. */
  private quoted(kind: number, end: number): boolean {
    switch (kind) {
      case Kind.TEXT:
      case Kind.ASCII:
        return this.text(kind === Kind.ASCII ? 0x7f : 0xff, end);
      case Kind.TIMESTAMP:
        return this.timestamp(end);
      case Kind.BLOB:
        return this.blob(end);
      case Kind.UUID:
      case Kind.TIMEUUID:
        return this.uuid(kind === Kind.TIMEUUID, end);
      default:
        return false;
    }
  }

  private text(greatest: number, end: number): boolean {
    const { bytes, buffer } = this;
    const target = buffer.bytes;
    let { at } = this;
    let out = buffer.end;
    for (; at < end; at++) {
      const c = bytes[at];
      if (c === QUOTE) break;
      if (c === BACKSLASH) {
        this.at = at + 1;
        buffer.end = out;
        if (!this.escape(greatest, end)) return false;
        at = this.at - 1;
        out = buffer.end;
        continue;
      }
      if (c < 0x20 || c > greatest) return false;
      target[out++] = c;
    }
    this.at = at;
    buffer.end = out;
    return true;
  }

  /** Appends what is written behind a backslash, as UTF-8; then it is behind that. Half of a surrogate pair is for the other reader to judge. */
  private escape(greatest: number, end: number): boolean {
    const { bytes, buffer } = this;
    if (this.at >= end) return false;
    const c = bytes[this.at++];
    let code = c === LETTER_U ? this.codeUnit(end) : escapes[c];
    if (code < 0 || (code >= 0x80 && greatest < 0x80)) return false;
    if (code >= 0xd800 && code < 0xe000) {
      if (code >= 0xdc00 || this.at + 2 > end || bytes[this.at] !== BACKSLASH || bytes[this.at + 1] !== LETTER_U) return false;
      this.at += 2;
      const low = this.codeUnit(end);
      if (low < 0xdc00 || low >= 0xe000) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    const target = buffer.bytes;
    if (code < 0x80) target[buffer.end++] = code;
    else {
      if (code < 0x800) target[buffer.end++] = 0xc0 | (code >> 6);
      else {
        if (code < 0x10000) target[buffer.end++] = 0xe0 | (code >> 12);
        else {
          target[buffer.end++] = 0xf0 | (code >> 18);
          target[buffer.end++] = 0x80 | ((code >> 12) & 0x3f);
        }
        target[buffer.end++] = 0x80 | ((code >> 6) & 0x3f);
      }
      target[buffer.end++] = 0x80 | (code & 0x3f);
    }
    return true;
  }

  /** Four hexadecimal digits; negative where there are none. */
  private codeUnit(end: number): number {
    const { bytes, at } = this;
    if (at + 4 > end) return -1;
    this.at = at + 4;
    return (
      (digitOfHex[bytes[at]] << 12) |
      (digitOfHex[bytes[at + 1]] << 8) |
      (digitOfHex[bytes[at + 2]] << 4) |
      digitOfHex[bytes[at + 3]]
    );
  }

  private blob(end: number): boolean {
    const { bytes, buffer } = this;
    const target = buffer.bytes;
    let { at } = this;
    if (at + 2 > end || bytes[at] !== ZERO || bytes[at + 1] !== 0x78) return false;
    let out = buffer.end;
    for (at += 2; at + 1 < end && bytes[at] !== QUOTE; at += 2) {
      const byte = (digitOfHex[bytes[at]] << 4) | digitOfHex[bytes[at + 1]];
      if (byte < 0) return false;
      target[out++] = byte;
    }
    this.at = at;
    buffer.end = out;
    return true;
  }

  private uuid(isTime: boolean, end: number): boolean {
    const { bytes, buffer, at } = this;
    if (at + 36 > end) return false;
    const from = buffer.end;
    let out = from;
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) {
        if (bytes[at + i] !== MINUS) return false;
        i++;
      }
      const byte = (digitOfHex[bytes[at + i]] << 4) | digitOfHex[bytes[at + i + 1]];
      if (byte < 0) return false;
      buffer.bytes[out++] = byte;
    }
    this.at = at + 36;
    buffer.end = out;
    return !isTime || buffer.bytes[from + 6] >> 4 === 1;
  }

  /** `yyyy-mm-dd hh:mm:ss.mmmZ`, with a T or without a fraction too: what SELECT JSON and toISOString write. */
  private timestamp(end: number): boolean {
    const { bytes, at } = this;
    if (
      at + 20 > end ||
      bytes[at + 4] !== MINUS ||
      bytes[at + 7] !== MINUS ||
      bytes[at + 13] !== COLON ||
      bytes[at + 16] !== COLON
    )
      return false;
    if (bytes[at + 10] !== 0x20 && bytes[at + 10] !== 0x54) return false;
    const century = this.twoDigits(at);
    const ofCentury = this.twoDigits(at + 2);
    const month = this.twoDigits(at + 5);
    const day = this.twoDigits(at + 8);
    const hour = this.twoDigits(at + 11);
    const minute = this.twoDigits(at + 14);
    const second = this.twoDigits(at + 17);
    if (century < 10 || ofCentury < 0 || month < 1 || month > 12) return false;
    // What is no day of its month the other reader judges.
    const isLeap = (ofCentury & 3) === 0 && (ofCentury !== 0 || (century & 3) === 0);
    if (day < 1 || day > daysInMonth[month - 1] + (isLeap && month === 2 ? 1 : 0)) return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    let to = at + 19;
    let millis = 0;
    if (bytes[to] === POINT) {
      to++;
      let scale = 100;
      for (; scale >= 1 && to < end && bytes[to] >= ZERO && bytes[to] <= 0x39; to++) {
        millis += (bytes[to] - ZERO) * scale;
        scale = scale === 1 ? 0 : scale / 10;
      }
      if (scale === 100) return false;
    }
    if (to >= end || bytes[to] !== 0x5a) return false;
    this.at = to + 1;
    const year = century * 100 + ofCentury;
    const before = year - 1;
    const years = before * 365 + (before >> 2) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162;
    const days = years + daysBeforeMonth[month - 1] + (isLeap && month > 2 ? 1 : 0) + day - 1;
    this.putLong((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + millis);
    return true;
  }

  /** -1 where it is not two digits. */
  private twoDigits(at: number): number {
    const tens = this.bytes[at] - ZERO;
    const ones = this.bytes[at + 1] - ZERO;
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  private readNumber(end: number): boolean {
    const { bytes, at: start } = this;
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let value = 0;
    let digits = 0;
    let scale = 0;
    let isExact = true;
    for (; at < end && bytes[at] >= ZERO && bytes[at] <= 0x39; at++) {
      value = value * 10 + (bytes[at] - ZERO);
      digits++;
    }
    if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) return false;
    if (at < end && bytes[at] === POINT) {
      at++;
      const fraction = at;
      for (; at < end && bytes[at] >= ZERO && bytes[at] <= 0x39; at++) value = value * 10 + (bytes[at] - ZERO);
      scale = at - fraction;
      if (scale === 0) return false;
      digits += scale;
    }
    this.isWhole = scale === 0 && digits <= EXACT_DIGITS;
    if (at < end && (bytes[at] | 0x20) === 0x65) {
      isExact = false;
      this.isWhole = false;
      at++;
      if (at < end && (bytes[at] === MINUS || bytes[at] === 0x2b)) at++;
      const exponent = at;
      while (at < end && bytes[at] >= ZERO && bytes[at] <= 0x39) at++;
      if (at === exponent) return false;
    }
    this.at = at;
    if (isExact && digits <= EXACT_DIGITS) {
      const magnitude = scale === 0 ? value : value / powersOfTen[scale];
      this.number = isNegative ? -magnitude : magnitude;
    } else {
      this.number = Number(bytes.toString('latin1', start, at));
    }
    return true;
  }

  private putNumber(kind: number): boolean {
    const { buffer, number, isWhole } = this;
    const { end } = buffer;
    switch (kind) {
      case Kind.DOUBLE:
        if (!Number.isFinite(number)) return false;
        buffer.view.setFloat64(end, number);
        buffer.end = end + 8;
        return true;
      case Kind.FLOAT:
        if (!Number.isFinite(Math.fround(number))) return false;
        buffer.view.setFloat32(end, number);
        buffer.end = end + 4;
        return true;
      case Kind.INT:
        if (!isWhole || (number | 0) !== number) return false;
        buffer.view.setInt32(end, number);
        buffer.end = end + 4;
        return true;
      case Kind.SMALLINT:
        if (!isWhole || (number << 16) >> 16 !== number) return false;
        buffer.view.setInt16(end, number);
        buffer.end = end + 2;
        return true;
      case Kind.TINYINT:
        if (!isWhole || (number << 24) >> 24 !== number) return false;
        buffer.view.setInt8(end, number);
        buffer.end = end + 1;
        return true;
      case Kind.TIMESTAMP:
        // Milliseconds, as many programs write a point of time; of an int Cassandra makes none, which the other reader says.
        if (!isWhole || (number | 0) === number) return false;
        this.putLong(number);
        return true;
      case Kind.BIGINT:
        if (!isWhole) return false;
        this.putLong(number);
        return true;
      default:
        return false;
    }
  }

  private putLong(value: number): void {
    const { buffer } = this;
    const hi = Math.floor(value / 0x1_0000_0000);
    buffer.view.setInt32(buffer.end, hi);
    buffer.view.setUint32(buffer.end + 4, value - hi * 0x1_0000_0000);
    buffer.end += 8;
  }
}
