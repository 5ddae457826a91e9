/** What a piece is, for the eye: pieces of one kind look alike in every component. */
export type PieceKind =
  /** Consists of others and says nothing itself. */
  | 'group'
  /** How long something is, or how many there are. */
  | 'length'
  /** Bits that say what follows. */
  | 'flags'
  /** A partition key, a clustering, a token, a cell path. */
  | 'key'
  /** Timestamps, deletion times, TTLs. */
  | 'time'
  /** What somebody stored. */
  | 'value'
  /** Where something else is. */
  | 'position'
  | 'checksum'
  /** Compressed bytes, bits of a filter, filling. */
  | 'raw'
  /** Bytes that are not what the format asks for: damage, or what comes after the end. */
  | 'damage';

/**
 * One piece of a component: a range of its bytes, what it is called and what it says. Plain data: it crosses to another thread as it is. Its
 * texts are data: a name or a value may be markup, and is never to be run.
 */
export interface Piece {
  /** Names the piece within its component; stable, so that a page can keep it. */
  readonly id: string;
  /** First byte, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly kind: PieceKind;
  /** Cassandra's word for it: `partition key`, `local deletion time`, `column count`. */
  readonly name: string;
  /** What the bytes say, as a person would write it; empty where the parts say it. At most some 200 characters. */
  readonly value: string;
  /** One or two sentences: what it is for, how it is encoded, relative to what. Empty where the name says it all. */
  readonly note: string;
  /** How many parts it has, 0 for a leaf; -1 where they have not been counted yet, and there are some. */
  readonly parts: number;
}

/**
 * All bytes of a component explained, lazily: as a tree whose leaves cover it without a gap and without overlap. Nothing is decoded that
 * nobody asked for, so that a file of gigabytes opens at once.
 */
export interface Anatomy {
  /** The component's whole. */
  readonly root: Piece;
  /** Parts of a piece, from the `first`th (from 0), `max` at most. Damage is told as a piece, not thrown. */
  parts(piece: Piece, first: number, max: number): readonly Piece[];
  /** The pieces that a byte is in, from the root to the leaf, and for each but the root which part it is of the one before. */
  pathTo(offset: number): readonly { readonly piece: Piece; readonly index: number }[];
  /** The leaves that lie in a range of bytes, wholly or in part, in their order, `max` at most. */
  leaves(from: number, to: number, max: number): readonly Piece[];
}
