import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { PartitionHeader } from './partition-header.ts';
import type { PartitionScanner } from './partition-index.ts';

/** Bytes that a look-up by key reads at a time, and those up to which a window is kept for the next. */
const WINDOW = 16384;
const KEPT_MAX = 65536;
/** As many as are in use at a time where reads do not overlap, and one. */
const KEPT_COUNT = 2;

/** What a cursor reads with. */
export class CursorParts {
  readonly window: ByteWindow;
  readonly reader: UnfilteredReader;
  readonly header: PartitionHeader;
  /** Of the index, with what it read last. */
  scanner: PartitionScanner | null = null;

  /** Over uncompressed data; `capacity` is the window's at first. */
  constructor(data: ByteSource, layout: DataLayout, capacity: number) {
    this.window = new ByteWindow(data, capacity);
    this.reader = new UnfilteredReader(this.window, layout);
    this.header = new PartitionHeader(this.window, this.reader, layout);
  }
}

/** Whether a large row has made so much of their window that they are not to be kept for the next look-up. */
export function isTooLarge({ window }: CursorParts): boolean {
  return window.capacity > KEPT_MAX;
}

/**
 * The parts of closed cursors, for the next look-up by key: making them costs more than most look-ups, and as an SSTable never changes, what
 * is in their windows stays right. Memory: two windows of 64 KiB at most.
 */
export class CursorPartsPool {
  private readonly data: ByteSource;
  private readonly layout: DataLayout;
  private readonly kept: CursorParts[] = [];

  constructor(data: ByteSource, layout: DataLayout) {
    this.data = data;
    this.layout = layout;
  }

  /** Parts that nobody else has. */
  take(): CursorParts {
    return this.kept.pop() ?? new CursorParts(this.data, this.layout, WINDOW);
  }

  /** Takes parts back; whoever had them must not use them any more. */
  giveBack(parts: CursorParts): void {
    parts.window.keep();
    if (this.kept.length < KEPT_COUNT && !isTooLarge(parts)) this.kept.push(parts);
  }
}
