import { CorruptionError } from '@cassette/bytes';
import type { Slice } from '../clustering/clustering-bound.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';
import { type CursorParts, isTooLarge } from './cursor-parts.ts';
import { ForwardRows } from './forward-rows.ts';
import type { HashedKey } from './partition-header.ts';
import type { PartitionBlocks } from './partition-rows.ts';
import { PlaceCache } from './place-cache.ts';
import type { SSTableAccess } from './sstable-access.ts';

/**
 * Looks up one partition after the other with the same parts: what a cursor is made of costs more than most look-ups of a row. It keeps the
 * places of partitions that it found, so that those are not searched for again; what it finds is what an SSTableCursor finds.
 * Cassandra: SSTableReader#rowIterator and its key cache.
 */
export class PointCursor implements UnfilteredCursor {
  private readonly access: SSTableAccess;
  private parts: CursorParts;
  private rows: ForwardRows;
  private readonly places: PlaceCache;
  private key: HashedKey | null = null;
  private slices: readonly Slice[] | null = null;
  private inPartition = false;
  private isOpen = false;

  constructor(access: SSTableAccess) {
    this.access = access;
    this.parts = access.parts.take();
    this.rows = new ForwardRows(this.parts.reader, this.parts.window, access.layout, null);
    this.places = new PlaceCache();
  }

  /** Whether somebody has it, who has not closed it. */
  get isInUse(): boolean {
    return this.isOpen;
  }

  /** Begins anew: what it is to look for. The key and the slices (null: all) are the caller's again after `close`. */
  begin(key: HashedKey, slices: readonly Slice[] | null): this {
    this.isOpen = true;
    this.inPartition = false;
    this.key = key;
    this.slices = slices;
    return this;
  }

  get keyBytes(): Uint8Array {
    return this.parts.header.keyBytes;
  }
  get keyFrom(): number {
    return 0;
  }
  get keyTo(): number {
    return this.parts.header.keyTo;
  }
  get tokenHi(): number {
    return this.parts.header.tokenHi;
  }
  get tokenLo(): number {
    return this.parts.header.tokenLo;
  }
  get partitionDeletion(): DeletionTime {
    return this.parts.header.deletion;
  }
  get staticRow(): Row | null {
    return this.parts.header.staticRow;
  }
  get row(): Row {
    return this.parts.reader.row;
  }
  get marker(): RangeTombstoneMarker {
    return this.parts.reader.marker;
  }

  nextPartition(): boolean {
    const { key } = this;
    this.key = null;
    this.inPartition = key !== null && (this.enterKnown(key) || this.enter(key));
    return this.inPartition;
  }

  next(): Unfiltered {
    if (!this.inPartition) return Unfiltered.END;
    const found = this.rows.next();
    if (found === Unfiltered.END) this.inPartition = false;
    return found;
  }

  /** What it gave is no longer valid. */
  close(): void {
    this.isOpen = false;
    this.inPartition = false;
    this.key = null;
    this.parts.window.keep();
    if (isTooLarge(this.parts)) this.renew();
  }

  /** Lets go of the memory that a large row took: as long as the SSTable is there this cursor is. */
  private renew(): void {
    const { access } = this;
    this.parts = access.parts.take();
    this.rows = new ForwardRows(this.parts.reader, this.parts.window, access.layout, null);
  }

  /** Goes to a partition whose place is known; false where it is not, or is that of another key of the same token. */
  private enterKnown(key: HashedKey): boolean {
    const { places, access } = this;
    const slot = places.find(key.tokenHi, key.tokenLo);
    if (slot < 0) return false;
    const { header, window } = this.parts;
    const from = places.from(slot);
    window.readAhead = from;
    header.read(from, key);
    if (!header.isOf(key.key)) return false;
    access.truePositives++;
    this.start(places.end(slot), null);
    return true;
  }

  /** Goes to a partition by filter and index. Throws CorruptionError. */
  private enter(key: HashedKey): boolean {
    const { access, parts, slices } = this;
    const { header, window } = parts;
    const scanner = access.find(key, parts.scanner);
    if (scanner === null) return false;
    parts.scanner = scanner;
    const position = scanner.dataPosition;
    window.readAhead = position;
    header.read(position, key);
    scanner.check(header, position);
    const { hasRowIndex } = scanner;
    const index = hasRowIndex && slices !== null && slices.length > 0 ? scanner.rowIndex() : null;
    if (index !== null) access.rowIndexesRead++;
    const { name, size } = access.data;
    const end = scanner.next() ? scanner.dataPosition : size;
    if (end < header.rowsFrom || end > size) {
      throw new CorruptionError(`the next partition is said to begin at ${end}`, name, position);
    }
    // Of a large partition the blocks are asked for each time.
    if (!hasRowIndex) this.places.keep(key.tokenHi, key.tokenLo, position, end);
    this.start(end, index === null ? null : index.blocks(name, position, header.rowsFrom, end));
    return true;
  }

  private start(end: number, blocks: PartitionBlocks | null): void {
    this.rows.within(this.slices);
    this.rows.start({ rowsFrom: this.parts.header.rowsFrom, end, blocks });
  }
}
