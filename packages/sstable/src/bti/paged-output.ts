import { ByteWriter } from '@cassette/bytes';
import type { ByteSink } from '../io/byte-sink.ts';

/** Bytes of a page: no node of a trie goes beyond the page that it begins in. Cassandra: io.util.PageAware. */
export const PAGE_SIZE = 4096;

/** Bytes that gather before they go to the file. */
const FLUSH_BYTES = 65536;

/** A file that is written from its start, with an eye on its pages. Cassandra: DataOutputPlus#padToPageBoundary and its kin. */
export class PagedOutput {
  /** What is appended here is in the file, or soon will be. */
  readonly out = new ByteWriter(FLUSH_BYTES);
  private readonly sink: ByteSink;
  private flushed = 0;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  /** File position of what is appended next. */
  get position(): number {
    return this.flushed + this.out.length;
  }

  /** A whole page at its boundary. */
  get bytesLeftInPage(): number {
    return PAGE_SIZE - (this.position % PAGE_SIZE);
  }

  /** Zeros up to the next page; nothing at a boundary. */
  padToPage(): void {
    const left = this.bytesLeftInPage;
    if (left === PAGE_SIZE) return;
    this.out.ensure(left);
    this.out.buffer.fill(0, this.out.length, this.out.length + left);
    this.out.length += left;
  }

  /** Gives to the file what has gathered, if it is much. */
  flushIfLarge(): void {
    if (this.out.length >= FLUSH_BYTES) this.flush();
  }

  /** Gives to the file what has gathered. */
  flush(): void {
    if (this.out.length === 0) return;
    this.sink.write(this.out.written());
    this.flushed += this.out.length;
    this.out.clear();
  }
}
