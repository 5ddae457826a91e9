import { CassetteError } from '@cassette/bytes';
import type { PieceKind } from './anatomy.ts';

/** What a kind of piece is called, and what is said of it: see Piece. */
export type Words = readonly [kind: PieceKind, name: string, note?: string];

/** A piece before it has a name within its component. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly words: Words;
  readonly value: string;
  /** What it consists of, made when it is asked for; null for a leaf. */
  readonly inner: readonly Part[] | (() => PartList) | null;
}

/** Parts one behind the other, of which not all are held. */
export interface PartList {
  /** How many there are; -1 where that is not known yet. */
  readonly count: number;
  /** The `index`th; null behind the last. */
  at(index: number): Part | null;
  /** Which one a byte is in, that one of them has. */
  indexOf(offset: number): number;
}

/** The most characters of a value. */
const VALUE_MAX = 200;

/** A text as the value of a piece: of long ones the beginning. */
export function clipped(text: string, most = VALUE_MAX): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A piece that has no parts. */
export function leaf(from: number, to: number, words: Words, value = ''): Part {
  return { from, to, words, value: clipped(value), inner: null };
}

/** A piece of parts. */
export function branch(from: number, to: number, words: Words, value: string, inner: readonly Part[] | (() => PartList)): Part {
  return { from, to, words, value: clipped(value), inner: from === to ? null : inner };
}

/** Bytes that are not what the format asks for; `why` says what was wrong with them. */
export function damage(from: number, to: number, why: string): Part {
  return leaf(from, to, DAMAGE, why);
}

/**
 * What an error says that reading bytes gave; what is no error of bytes is thrown on: a file that can't be read any more is no damage in it.
 */
export function whyDamaged(error: unknown): string {
  if (error instanceof CassetteError && DAMAGE_CODES.has(error.code)) return error.message;
  throw error;
}

const DAMAGE: Words = [
  'damage',
  'damage',
  'These bytes are not what the format asks for: they were changed, cut off or put in, or what leads to them was. What lies behind them in ' +
    'the same part can’t be told apart any more.',
];

/** Codes of errors that tell of the bytes themselves, or of what describes them. */
const DAMAGE_CODES: ReadonlySet<string> = new Set([
  'CORRUPTION',
  'MISSING_COMPONENT',
  'UNSUPPORTED_COMPRESSOR',
  'UNKNOWN_TYPE',
  'SCHEMA_MISMATCH',
  'INVALID_REQUEST',
  'SYNTAX_ERROR',
]);
