import { ByteReader, CorruptionError } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';
import { PAGE_SIZE } from './paged-output.ts';

/** Pages kept: the upper levels of a trie are in a few, and every look-up goes through them. */
const PAGES = 64;

/** Pages of a file of tries, some of them in memory; shared by all who walk through it. Cassandra: io.util.Rebufferer. */
export class TriePages {
  /** For messages. */
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Nodes that were gone to so far. */
  nodesVisited = 0;
  private readonly source: ByteSource;
  private readonly pages = new Map<number, Uint8Array>();

  constructor(source: ByteSource) {
    this.source = source;
    this.name = source.name;
    this.size = source.size;
  }

  /** Sets `input` to a file position, with what its page has from there on. Throws CorruptionError outside the file. */
  at(position: number, input: ByteReader): void {
    if (position < 0 || position >= this.size) {
      throw new CorruptionError(`a trie can't have a node at ${position} in a file of ${this.size} bytes`, this.name, position);
    }
    this.nodesVisited++;
    const start = position - (position % PAGE_SIZE);
    const page = this.page(start);
    input.reset(page, position - start, page.length, start);
  }

  /** A reader for {@link at}, with the file's name in its messages. */
  newInput(): ByteReader {
    return new ByteReader(new Uint8Array(0), this.name);
  }

  private page(start: number): Uint8Array {
    const known = this.pages.get(start);
    if (known !== undefined) return known;
    const page = new Uint8Array(Math.min(PAGE_SIZE, this.size - start));
    for (let at = 0; at < page.length; ) {
      const count = this.source.read(at === 0 ? page : page.subarray(at), start + at);
      if (count <= 0) throw new CorruptionError(`the file ends before its ${this.size} bytes`, this.name, start + at);
      at += count;
    }
    if (this.pages.size === PAGES) this.pages.delete(this.pages.keys().next().value!);
    this.pages.set(start, page);
    return page;
  }
}
