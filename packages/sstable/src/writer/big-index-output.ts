import { ByteWriter } from '@cassette/bytes';
import { Component } from '../descriptor/index.ts';
import { RowIndexBuilder } from '../index/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import { encodeSummary, SummaryBuilder } from '../summary/index.ts';
import type { Version } from '../version/index.ts';
import type { IndexOutput, WholeComponent, WrittenPartition } from './index-output.ts';
import { FLUSH_BYTES } from './partition-writer.ts';

/** Index.db as it goes, and Summary.db at the end. Cassandra: big.BigTableWriter.IndexWriter. */
export class BigIndexOutput implements IndexOutput {
  readonly blocks: RowIndexBuilder;
  private readonly index: ByteSink;
  private readonly out = new ByteWriter(FLUSH_BYTES * 2);
  private readonly summary: SummaryBuilder;
  /** In Index.db, of the next entry. */
  private position = 0;

  /** Asks for the sink of Index.db. */
  constructor(version: Version, minIndexInterval: number, sink: (component: Component) => ByteSink) {
    this.index = sink(Component.INDEX);
    this.blocks = new RowIndexBuilder(version);
    this.summary = new SummaryBuilder(minIndexInterval);
  }

  get bytesWritten(): number {
    return this.position;
  }

  add({ key, keyLength, position, headerLength, deletion }: WrittenPartition): void {
    const { out } = this;
    this.summary.add(key, 0, keyLength, this.position);
    const from = out.length;
    this.blocks.encodeEntry(out, key, 0, keyLength, position, headerLength, deletion);
    this.position += out.length - from;
    if (out.length >= FLUSH_BYTES) this.flush();
  }

  finish(): { written: readonly Component[]; whole: readonly WholeComponent[] } {
    this.flush();
    const out = new ByteWriter(8192);
    encodeSummary(out, this.summary.finish());
    return { written: [Component.INDEX], whole: [{ component: Component.SUMMARY, bytes: out.written() }] };
  }

  private flush(): void {
    if (this.out.length === 0) return;
    this.index.write(this.out.written());
    this.out.clear();
  }
}
