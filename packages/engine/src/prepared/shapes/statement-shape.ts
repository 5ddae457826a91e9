import type { ByteWriter } from '@cassette/bytes';
import { LiteralScanner, type Schema, type Statement } from '@cassette/cql';
import { LiteralSlot } from '../literal-slot.ts';
import { prepareStatement } from '../prepare-statement.ts';
import type { PreparedStatement } from '../prepared-statement.ts';
import { encodeScanned, type ScannedColumn, scannedColumn } from './encode-scanned.ts';
import { type LiteralPlace, literalPlaces } from './slots-of.ts';

/** What a constant may follow without being a part of it: no symbol of two characters ends in one of these and begins with another. */
const BEFORE: ReadonlySet<string> = new Set([...' \n\r\t(,=<>']);

/** Bytes that are told of each match: longer than a few of them is `startsWith`. */
const SHORT = 8;

/**
 * All statements that differ in constants alone: their common text, and the plan of the statement that has bind markers in place of these.
 * A text of the shape is matched in one pass that leaves the constants as bytes, without tokens, a tree, or a plan of its own.
 *
 * Why a match is the same statement: what stands before a constant is, character by character, what stood before another where the lexer
 * began a token; that constant is a token by itself (`LiteralScanner`) and ends where it must; and so on to the end of the text. So its tokens
 * are those of the statement with markers, but for the constants, each of which stands where the grammar takes any.
 */
export class StatementShape {
  readonly keyspace: string | undefined;
  /** The statement with markers. */
  readonly prepared: PreparedStatement;
  /** Of the last match: the values, in the order of the markers. Filled by the next. */
  readonly values: readonly LiteralSlot[];
  private readonly places: readonly LiteralPlace[];
  private readonly columns: readonly ScannedColumn[];
  /** The text before each constant. */
  private readonly before: readonly string[];
  /** The text behind the last one. */
  private readonly end: string;

  private constructor(
    keyspace: string | undefined,
    prepared: PreparedStatement,
    places: readonly LiteralPlace[],
    pieces: readonly string[],
  ) {
    this.keyspace = keyspace;
    this.prepared = prepared;
    this.places = places;
    this.columns = prepared.markers.map(scannedColumn);
    this.values = places.map(() => new LiteralSlot());
    this.before = pieces.slice(0, -1);
    this.end = pieces[pieces.length - 1];
  }

  /**
   * The shape of a statement; null where it has none that would save anything: no constants, or such that only its own plan can have. `lengthMax`: of
   * the text without constants. Throws PartNotLoadedError, and what planning throws.
   */
  static of(
    source: string,
    statement: Statement,
    schema: Schema,
    keyspace: string | undefined,
    lengthMax: number,
  ): StatementShape | null {
    const places = literalPlaces(statement);
    if (places === null) return null;
    const scanner = new LiteralScanner();
    const ranges: number[] = [];
    let at = 0;
    let length = 0;
    for (const { pos } of places) {
      if (pos <= at || !BEFORE.has(source[pos - 1]) || !scanner.scan(source, pos)) return null;
      ranges.push(at, pos);
      length += pos - at;
      at = scanner.to;
    }
    ranges.push(at, source.length);
    if (length + source.length - at > lengthMax) return null;
    const texts: string[] = [];
    for (let i = 0; i < ranges.length; i += 2) texts.push(source.slice(ranges[i], ranges[i + 1]));
    const template = texts.join('?');
    const prepared = prepareStatement(template, schema, keyspace);
    if (prepared.plan === null || prepared.markers.length !== places.length) return null;
    // Pieces of the template, not of the source: they would keep all of that, its constants too, as long as the shape is kept.
    const pieces: string[] = [];
    let from = 0;
    for (const { pos } of prepared.statement.bindMarkers) {
      pieces.push(template.slice(from, pos));
      from = pos + 1;
    }
    pieces.push(template.slice(from));
    return new StatementShape(keyspace, prepared, places, pieces);
  }

  /** The values of the last match, not to be filled again: for what reads them later. */
  takeValues(): readonly LiteralSlot[] {
    const bytes = this.values[0].bytes.slice(0, this.values[this.values.length - 1].to);
    return this.values.map(({ from, to, isNull }) => Object.assign(new LiteralSlot(), { bytes, from, to, isNull }));
  }

  /** So many characters that all its texts begin with; null where some may differ within them. */
  beginning(length: number): string | null {
    const [first] = this.before;
    return length > first.length ? null : first.slice(0, length);
  }

  /**
   * Whether a text is of the shape, its constants all values of what they stand for; they are then in `values`, their bytes in `out`, which
   * is cleared. Throws InvalidRequestError instead where one is no value.
   */
  match(text: string, scanner: LiteralScanner, out: ByteWriter): boolean {
    const { before, places, columns, values, end } = this;
    out.clear();
    let at = 0;
    for (let i = 0; i < places.length; i++) {
      const piece = before[i];
      if (!hasAt(text, piece, at) || !scanner.scan(text, at + piece.length)) return false;
      at = scanner.to;
      const slot = values[i];
      const place = places[i];
      slot.isNull = scanner.kind === 'null';
      slot.from = out.length;
      if (slot.isNull) {
        if (!place.mayBeNull) return false;
      } else if (place.isInteger && scanner.kind !== 'integer') return false;
      else if (!encodeScanned(scanner, text, columns[i], out)) return false;
      slot.to = out.length;
    }
    if (text.length - at !== end.length || !hasAt(text, end, at)) return false;
    for (const slot of values) slot.bytes = out.buffer;
    return true;
  }
}

function hasAt(text: string, piece: string, at: number): boolean {
  if (piece.length > SHORT) return text.startsWith(piece, at);
  for (let i = 0; i < piece.length; i++) if (text.charCodeAt(at + i) !== piece.charCodeAt(i)) return false;
  return true;
}
