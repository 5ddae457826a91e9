import { assert } from '@cassette/bytes';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { Version } from '../version/index.ts';
import { RowIndex } from './row-index.ts';

/**
 * Walks the entries of Index.db (layout: row-index-builder.ts) from any entry on. Reused; its fields are valid until it
 * moves. Throws CorruptionError. Cassandra: big.BigTableKeyReader.
 */
export class IndexScanner {
  /** Partition key, as a range of bytes. */
  keyBytes: Uint8Array = new Uint8Array(0);
  keyFrom = 0;
  keyTo = 0;
  /** Position of the entry in Index.db. */
  entryPosition = 0;
  /** Position of the partition in the uncompressed Data.db. */
  dataPosition = 0;
  /** Whether the partition has a row index: see {@link takeRowIndex}. */
  hasRowIndex = false;
  private readonly window: ByteWindow;
  private readonly fixedLengths: Int32Array;
  private readonly version: Version;
  private readonly name: string;
  private nextPosition = 0;
  private promotedPosition = 0;
  private promotedSize = 0;

  /** `fixedLengths` are those of the clustering types, -1 for none. `bufferSize`: bytes read at a time. */
  constructor(source: ByteSource, fixedLengths: Int32Array, version: Version, bufferSize = 16384) {
    this.window = new ByteWindow(source, bufferSize);
    this.name = source.name;
    this.fixedLengths = fixedLengths;
    this.version = version;
  }

  /** The next call of `next` reads the entry at `position` of Index.db. */
  seek(position: number): void {
    this.nextPosition = position;
  }

  /** Moves to the next entry; false at the end of the file. */
  next(): boolean {
    const at = this.nextPosition;
    const { window } = this;
    if (at >= window.size) return false;
    const keyLength = window.at(at, 2).u16('key length');
    // Position and size take nine bytes each at most.
    const input = window.at(at, 2 + keyLength + 18);
    const start = input.position;
    input.skip(2 + keyLength, 'key');
    this.entryPosition = at;
    this.keyBytes = input.bytes;
    this.keyFrom = start + 2;
    this.keyTo = start + 2 + keyLength;
    this.dataPosition = input.unsignedVIntNumber('position');
    const sizeAt = input.position;
    this.promotedSize = input.unsignedVInt32('promotedSize');
    this.promotedPosition = input.filePosition;
    if (this.promotedSize < 0 || this.promotedSize > window.size - this.promotedPosition) {
      throw input.corrupt(`promotedSize is ${this.promotedSize}, ${window.size - this.promotedPosition} bytes are left`, sizeAt);
    }
    this.hasRowIndex = this.promotedSize > 0;
    this.nextPosition = this.promotedPosition + this.promotedSize;
    return true;
  }

  /** The row index of the current entry, on a copy of its bytes. After it `keyBytes` is no longer valid. */
  takeRowIndex(): RowIndex {
    assert(this.hasRowIndex, 'the entry has a row index');
    const input = this.window.exactly(this.promotedPosition, this.promotedSize, 'a row index');
    const bytes = input.take(this.promotedSize, 'row index').slice();
    return new RowIndex(bytes, this.fixedLengths, this.version, this.name, this.promotedPosition);
  }
}
