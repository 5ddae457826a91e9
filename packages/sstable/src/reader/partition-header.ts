import { CorruptionError, hash128, token, tokenWords } from '@cassette/bytes';
import type { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { decodeDeletionTime } from '../data/deletion-time-codec.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { Row } from '../rows/row.ts';

/**
 * What stands before the rows of a partition, with bytes of its own: they stay while the rows go by.
 *   key          u16 length, bytes
 *   deletion     DeletionTime
 *   static row                  if the header of the SSTable has static columns
 */
export class PartitionHeader {
  keyBytes: Uint8Array = new Uint8Array(64);
  readonly keyFrom = 0;
  keyTo = 0;
  tokenHi = 0;
  tokenLo = 0;
  readonly deletion = new DeletionTime();
  /** Null where there is none or it is empty. */
  staticRow: Row | null = null;
  /** File position of the first unfiltered. */
  rowsFrom = 0;
  private readonly window: ByteWindow;
  private readonly reader: UnfilteredReader;
  private readonly layout: DataLayout;
  private readonly row = new Row();

  constructor(window: ByteWindow, reader: UnfilteredReader, layout: DataLayout) {
    this.window = window;
    this.reader = reader;
    this.layout = layout;
  }

  /** Reads the header at `position`; `expected`: the key that is probably there, whose token is known. Throws CorruptionError. */
  read(position: number, expected: HashedKey | null = null): void {
    // The key is rarely longer; then it is looked at again.
    let input = this.window.at(position, 256);
    const length = input.u16('partition key length');
    if (length + 12 > input.remaining) {
      input = this.window.at(position, 2 + length + 12);
      input.position += 2;
    }
    const from = input.position;
    input.skip(length, 'partition key');
    if (this.keyBytes.length < length) this.keyBytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) this.keyBytes[i] = input.bytes[from + i];
    this.keyTo = length;
    if (expected !== null && this.isOf(expected.key)) {
      this.tokenHi = expected.tokenHi;
      this.tokenLo = expected.tokenLo;
    } else {
      token(this.keyBytes, 0, length);
      this.tokenHi = tokenWords[0];
      this.tokenLo = tokenWords[1];
    }
    decodeDeletionTime(input, this.deletion, this.layout.compactDeletionTime);
    this.rowsFrom = input.filePosition;
    this.staticRow = null;
    if (this.layout.statics.count > 0) {
      this.rowsFrom = this.reader.readStatic(this.rowsFrom, this.row);
      if (!this.row.isEmpty) this.staticRow = this.row;
    }
  }

  /** Whether the key is this one. */
  isOf(key: Uint8Array, from = 0, to = key.length): boolean {
    let same = this.keyTo === to - from;
    for (let i = 0; same && i < this.keyTo; i++) same = this.keyBytes[i] === key[from + i];
    return same;
  }

  /** Throws CorruptionError unless the key is this one: what the index says of the place where the header was read. */
  mustBe(key: Uint8Array, from: number, to: number, position: number): void {
    if (!this.isOf(key, from, to))
      throw new CorruptionError('another partition is here than the index says', this.window.name, position);
  }
}

/** The Murmur3 hash and token of a key, kept: the hash's own result is overwritten by the next. */
export interface HashedKey {
  readonly key: Uint8Array;
  readonly tokenHi: number;
  readonly tokenLo: number;
  readonly hash: readonly [number, number, number, number];
}

/** Hashes a key. */
export function hashKey(key: Uint8Array): HashedKey {
  token(key);
  return { key, tokenHi: tokenWords[0], tokenLo: tokenWords[1], hash: [hash128[0], hash128[1], hash128[2], hash128[3]] };
}
