import { CorruptionError, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { ByteWindow } from '../data/byte-window.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { ReadCommand, TokenRange } from '../io/read-command.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';
import { CursorParts } from './cursor-parts.ts';
import { ForwardRows } from './forward-rows.ts';
import { LeftEntry } from './index-check.ts';
import type { PartitionHeader } from './partition-header.ts';
import type { PartitionScanner } from './partition-index.ts';
import type { PartitionRows } from './partition-rows.ts';
import { ReversedRows } from './reversed-rows.ts';
import type { SSTableAccess } from './sstable-access.ts';

/**
 * Reads what a command asks of one SSTable. Three ways to go from partition to partition: keys are looked up one by one; whole
 * partitions forward are read straight through Data.db; everything else goes along the index, so that only the blocks that slices
 * need, or only the beginnings of partitions, are read. Memory: a window of 64 KiB on Data.db (or the largest row, or reversed the largest block) and one on the index.
 */
export class SSTableCursor implements UnfilteredCursor {
  private readonly access: SSTableAccess;
  private readonly parts: CursorParts;
  private readonly window: ByteWindow;
  private readonly header: PartitionHeader;
  private readonly reader: UnfilteredReader;
  private readonly rows: PartitionRows;
  private readonly advance: () => boolean;
  private readonly needBlocks: boolean;
  private readonly single: boolean;
  private scanner: PartitionScanner | null;
  private inPartition = false;
  private done = false;

  constructor(access: SSTableAccess, command: ReadCommand) {
    this.access = access;
    const single = 'keys' in command.partitions;
    this.single = single;
    const { layout } = access;
    const parts = single ? access.parts.take() : new CursorParts(access.data, layout, 65536);
    const { window } = parts;
    this.parts = parts;
    this.window = window;
    this.reader = parts.reader;
    if (!single && command.asStored === true) this.reader.keepStored();
    this.header = parts.header;
    this.header.rowsFrom = 0;
    this.scanner = parts.scanner;
    const slices = command.slices === undefined ? null : access.slicesHere(command.slices);
    const reversed = command.reversed === true;
    this.rows = reversed
      ? new ReversedRows(this.reader, window, layout, slices)
      : new ForwardRows(this.reader, window, layout, slices);
    this.needBlocks = reversed || (slices !== null && slices.length > 0);
    if ('keys' in command.partitions) this.advance = this.byKeys(command.partitions.keys);
    else {
      const { range } = command.partitions;
      this.advance = reversed || slices !== null || command.leavesEarly === true ? this.byIndex(range) : this.straight(range);
    }
  }

  get keyBytes(): Uint8Array {
    return this.header.keyBytes;
  }
  get keyFrom(): number {
    return 0;
  }
  get keyTo(): number {
    return this.header.keyTo;
  }
  get tokenHi(): number {
    return this.header.tokenHi;
  }
  get tokenLo(): number {
    return this.header.tokenLo;
  }
  get partitionDeletion(): DeletionTime {
    return this.header.deletion;
  }
  get staticRow(): Row | null {
    return this.header.staticRow;
  }
  get row(): Row {
    return this.reader.row;
  }
  get marker(): RangeTombstoneMarker {
    return this.reader.marker;
  }

  /** Name of Data.db, for messages. */
  get file(): string {
    return this.access.data.name;
  }

  /** Position in the uncompressed Data.db: of the first unfiltered after nextPartition, then of the next one. */
  get position(): number {
    return this.inPartition ? this.reader.position : this.header.rowsFrom;
  }

  nextPartition(): boolean {
    if (this.done) return false;
    if (this.advance()) {
      this.inPartition = true;
      return true;
    }
    this.close();
    return false;
  }

  next(): Unfiltered {
    if (!this.inPartition) return Unfiltered.END;
    const found = this.rows.next();
    if (found === Unfiltered.END) this.inPartition = false;
    return found;
  }

  /** What it gave is no longer valid. */
  close(): void {
    if (this.done) return;
    this.done = true;
    this.inPartition = false;
    if (this.single) {
      this.parts.scanner = this.scanner;
      this.access.parts.giveBack(this.parts);
    }
    this.scanner = null;
  }

  // Reads the header of the partition at the scanner's entry, moves the scanner on to know where the partition ends, and goes
  // to its rows. `more` tells whether the scanner still has an entry.
  private enter(scanner: PartitionScanner): boolean {
    const { header, access } = this;
    const position = scanner.dataPosition;
    // One read for a small partition, and nothing beyond its header where blocks tell what is to be read.
    this.window.readAhead = this.needBlocks && scanner.hasRowIndex ? position : position + 4096;
    header.read(position);
    scanner.check(header, position);
    // In a range also where no blocks are wanted: a wrong length of the entry would hide those behind it.
    const index = scanner.hasRowIndex && (this.needBlocks || !this.single) ? scanner.rowIndex() : null;
    if (index !== null) access.rowIndexesRead++;
    const more = scanner.next();
    const end = more ? scanner.dataPosition : access.data.size;
    if (end < header.rowsFrom || end > access.data.size) {
      throw new CorruptionError(`the next partition is said to begin at ${end}`, access.data.name, position);
    }
    const blocks = index === null || !this.needBlocks ? null : index.blocks(access.data.name, position, header.rowsFrom, end);
    this.rows.start({ rowsFrom: header.rowsFrom, end, blocks });
    return more;
  }

  private byKeys(keys: readonly Uint8Array[]): () => boolean {
    const wanted = this.access.hashedInOrder(keys);
    let at = 0;
    return () => {
      while (at < wanted.length) {
        const scanner = this.access.find(wanted[at++], this.scanner);
        if (scanner === null) continue;
        this.scanner = scanner;
        this.enter(scanner);
        return true;
      }
      return false;
    };
  }

  private byIndex(range: TokenRange): () => boolean {
    let state: 'begin' | 'more' | 'end' = 'begin';
    return () => {
      if (state === 'begin') {
        this.scanner = this.access.index.scannerFor(range.start);
        state = this.skipTo(this.scanner, range.start) ? 'more' : 'end';
      }
      if (state === 'end') return false;
      const scanner = this.scanner!;
      if (range.end !== undefined) {
        token(scanner.keyBytes, scanner.keyFrom, scanner.keyTo);
        if (isBehind(range.end, tokenWords[0], tokenWords[1])) {
          state = 'end';
          // A wrong key must not end the range before its time.
          this.header.read(scanner.dataPosition);
          scanner.check(this.header, scanner.dataPosition);
          return false;
        }
      }
      state = this.enter(scanner) ? 'more' : 'end';
      return true;
    };
  }

  private straight(range: TokenRange): () => boolean {
    const { access, header, reader } = this;
    let position = 0;
    let begun = false;
    return () => {
      if (!begun) {
        begun = true;
        if (range.start !== undefined) {
          const scanner = access.index.scannerFor(range.start);
          // That the partition there is the right one has been made sure of.
          position = this.skipTo(scanner, range.start) ? scanner.dataPosition : access.data.size;
        }
      } else {
        // Left early: walk to the end without looking into rows.
        while (reader.peek() !== Unfiltered.END) reader.skip();
        position = reader.end;
      }
      if (position >= access.data.size) return false;
      const { tokenHi, tokenLo } = header;
      const first = header.rowsFrom === 0;
      header.read(position);
      if (!first && compareInt64(header.tokenHi, header.tokenLo, tokenHi, tokenLo) < 0) {
        throw new CorruptionError('partitions are not in the order of their tokens', access.data.name, position);
      }
      if (isBehind(range.end, header.tokenHi, header.tokenLo)) return false;
      this.rows.start({ rowsFrom: header.rowsFrom, end: access.data.size, blocks: null });
      return true;
    };
  }

  // Moves the scanner to the first entry that the range's start lets in.
  private skipTo(scanner: PartitionScanner, start: TokenRange['start']): boolean {
    const skipped = new LeftEntry();
    const found = this.skip(scanner, start, skipped);
    this.access.check.mustFollow(skipped.dataPosition < 0 ? null : skipped, found ? scanner : null);
    return found;
  }

  private skip(scanner: PartitionScanner, start: TokenRange['start'], skipped: LeftEntry): boolean {
    for (; scanner.next(); skipped.set(scanner, tokenWords[0], tokenWords[1])) {
      if (start === undefined) return true;
      token(scanner.keyBytes, scanner.keyFrom, scanner.keyTo);
      const order = compareInt64(tokenWords[0], tokenWords[1], start.hi, start.lo);
      if (order > 0) return true;
      if (order < 0) continue;
      const { afterKey } = start;
      if (afterKey === undefined) {
        if (start.inclusive) return true;
      } else if (compareBytes(scanner.keyBytes, scanner.keyFrom, scanner.keyTo, afterKey, 0, afterKey.length) > 0) return true;
    }
    return false;
  }
}

function isBehind(end: TokenRange['end'], hi: number, lo: number): boolean {
  if (end === undefined) return false;
  const order = compareInt64(hi, lo, end.hi, end.lo);
  return order > 0 || (order === 0 && !end.inclusive);
}
