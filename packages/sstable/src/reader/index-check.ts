import { CorruptionError, compareInt64 } from '@cassette/bytes';
import { ClusteringBound } from '../clustering/clustering-bound.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { PartitionHeader } from './partition-header.ts';
import type { PartitionIndex, PartitionScanner } from './partition-index.ts';

/** An entry of the index that a scanner has left. */
export class LeftEntry {
  bookmark = -1;
  dataPosition = -1;
  hasRowIndex = false;
  tokenHi = 0;
  tokenLo = 0;

  /** Keeps where the scanner stands; the token is that of its key. */
  set(scanner: PartitionScanner, tokenHi: number, tokenLo: number): void {
    this.bookmark = scanner.bookmark;
    this.dataPosition = scanner.dataPosition;
    this.hasRowIndex = scanner.hasRowIndex;
    this.tokenHi = tokenHi;
    this.tokenLo = tokenLo;
  }
}

/**
 * Holds what an index says against Data.db, where a search relies on what it did not read: nothing guards the bytes of an index, and
 * one that is wrong must not hide partitions. That the key before the place and the one behind it are those of Data.db, and that one
 * partition ends where the other begins, is enough.
 */
export class IndexCheck {
  private readonly index: PartitionIndex;
  private readonly data: ByteSource;
  private readonly window: ByteWindow;
  private readonly reader: UnfilteredReader;
  private readonly header: PartitionHeader;

  constructor(index: PartitionIndex, data: ByteSource, layout: DataLayout) {
    this.index = index;
    this.data = data;
    this.window = new ByteWindow(data, 16384);
    this.reader = new UnfilteredReader(this.window, layout);
    this.header = new PartitionHeader(this.window, this.reader, layout);
  }

  /**
   * Throws CorruptionError unless the partition at `after` (null: the end of the file) is the next one behind that of `before` (null, or
   * one that is none: the beginning of the file).
   */
  mustFollow(before: LeftEntry | null, after: PartitionScanner | null): void {
    const { data, header } = this;
    const next = after?.dataPosition ?? data.size;
    if (before === null || before.dataPosition < 0) {
      if (next !== 0) throw this.corrupt('the index does not begin with the first partition', 0);
    } else this.mustEndAt(before, next);
    if (after === null) return;
    this.window.readAhead = next + 4096;
    header.read(next);
    after.check(header, next);
    const { tokenHi, tokenLo } = header;
    if (before !== null && before.dataPosition >= 0 && compareInt64(tokenHi, tokenLo, before.tokenHi, before.tokenLo) < 0) {
      throw this.corrupt('partitions are not in the order of their tokens', next);
    }
  }

  private mustEndAt(before: LeftEntry, next: number): void {
    const { header, data, reader } = this;
    const { dataPosition: from } = before;
    this.window.readAhead = from + 4096;
    header.read(from);
    if (compareInt64(header.tokenHi, header.tokenLo, before.tokenHi, before.tokenLo) !== 0) {
      throw this.corrupt('another partition is here than the index says', from);
    }
    if (before.hasRowIndex) {
      // Throws unless the blocks lie one behind the other from the first row to there; where they say nothing of the end, the last does.
      const blocks = this.index.scannerAt(before.bookmark).rowIndex().blocks(data.name, from, header.rowsFrom, next);
      if (blocks.hasNames) return;
      blocks.seek(ClusteringBound.TOP);
      reader.seek(blocks.from, data.size, blocks.open);
    } else reader.seek(header.rowsFrom, data.size);
    this.window.readAhead = Math.max(next, header.rowsFrom);
    while (reader.peek() !== Unfiltered.END) reader.skip();
    if (reader.end !== next)
      throw this.corrupt(`the index says that the partition ends at ${next}, it does at ${reader.end}`, from);
  }

  private corrupt(message: string, position: number): CorruptionError {
    return new CorruptionError(message, this.data.name, position);
  }
}
