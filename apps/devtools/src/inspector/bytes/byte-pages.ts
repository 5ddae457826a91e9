// Bytes of a component and the leaves that they belong to, page by page as they come into sight.

import type { Piece } from '@cassette/sstable';
import { signal } from '@preact/signals';

/** Bytes of a page; a multiple of each line's length. */
export const pageBytes = 2048;
/** Pages that are kept. */
const KEPT = 64;
/** Leaves of a page: each has a byte at least. */
const LEAVES = pageBytes;

/** A page of bytes; empty until they have come. */
export interface BytePage {
  readonly bytes: Uint8Array;
  /** Of each byte which leaf it is of, counted from the page's first; odd and even alternate, so that neighbours can be told apart. */
  readonly leafOf: Uint16Array;
  readonly leaves: readonly Piece[];
}

/** Fetches what a page holds. */
export interface PageSource {
  bytes(from: number, to: number): Promise<Uint8Array>;
  leaves(from: number, to: number, max: number): Promise<readonly Piece[]>;
}

/** Pages of a component, at most 64 of them. */
export class BytePages {
  /** Goes up when a page has come. */
  readonly changes = signal(0);
  readonly error = signal<unknown>(null);
  private readonly source: PageSource;
  private readonly pages = new Map<number, BytePage | null>();

  constructor(source: PageSource) {
    this.source = source;
  }

  /** The page of a byte, if it has come; asks for it otherwise. */
  pageOf(offset: number): BytePage | null {
    const number = Math.floor(offset / pageBytes);
    const found = this.pages.get(number);
    if (found === undefined) this.fetch(number);
    else {
      // The last that was looked at is the last to go.
      this.pages.delete(number);
      this.pages.set(number, found);
    }
    return found ?? null;
  }

  private fetch(number: number): void {
    this.pages.set(number, null);
    for (const old of this.pages.keys()) {
      if (this.pages.size <= KEPT) break;
      this.pages.delete(old);
    }
    const from = number * pageBytes;
    const to = from + pageBytes;
    Promise.all([this.source.bytes(from, to), this.source.leaves(from, to, LEAVES)]).then(
      ([bytes, leaves]) => {
        const leafOf = new Uint16Array(bytes.length);
        for (const [index, leaf] of leaves.entries()) {
          leafOf.fill(index, Math.max(leaf.from - from, 0), Math.min(leaf.to - from, bytes.length));
        }
        if (!this.pages.has(number)) return;
        this.pages.set(number, { bytes, leafOf, leaves });
        this.changes.value++;
      },
      (error: unknown) => {
        // It stays asked for: what is drawn because of the error would ask again, and so on.
        this.error.value = error;
      },
    );
  }
}
