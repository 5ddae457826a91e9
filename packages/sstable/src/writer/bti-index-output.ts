import { PagedOutput, PartitionsWriter, RowsWriter } from '../bti/index.ts';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { Component } from '../descriptor/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import type { IndexOutput, WholeComponent, WrittenPartition } from './index-output.ts';

/** Partitions.db and Rows.db as they go. Cassandra: bti.BtiTableWriter.IndexWriter. */
export class BtiIndexOutput implements IndexOutput {
  readonly blocks: RowsWriter;
  private readonly partitionsOutput: PagedOutput;
  private readonly rowsOutput: PagedOutput;
  private readonly partitions: PartitionsWriter;
  private firstKey: Uint8Array | null = null;
  private lastKey: Uint8Array = new Uint8Array(0);
  private lastKeyLength = 0;

  /** Asks for the sinks of both. */
  constructor(columns: readonly ClusteringColumn[], sink: (component: Component) => ByteSink) {
    this.partitionsOutput = new PagedOutput(sink(Component.PARTITIONS));
    this.rowsOutput = new PagedOutput(sink(Component.ROWS));
    this.partitions = new PartitionsWriter(this.partitionsOutput);
    this.blocks = new RowsWriter(columns, this.rowsOutput);
  }

  get bytesWritten(): number {
    return this.partitionsOutput.position + this.rowsOutput.position;
  }

  add({ key, keyLength, hash, tokenHi, tokenLo, deletion, position, endOffset }: WrittenPartition): void {
    const entry = this.blocks.endPartition(key, keyLength, position, endOffset, deletion);
    const payload = { hash: hash[3] & 0xff, position: entry >= 0 ? entry : -1 - position };
    this.partitions.add(tokenHi, tokenLo, key, keyLength, payload);
    this.firstKey ??= key.slice(0, keyLength);
    if (this.lastKey.length < keyLength) this.lastKey = new Uint8Array(keyLength * 2);
    for (let i = 0; i < keyLength; i++) this.lastKey[i] = key[i];
    this.lastKeyLength = keyLength;
  }

  finish(): { written: readonly Component[]; whole: readonly WholeComponent[] } {
    this.partitions.finish(this.firstKey ?? new Uint8Array(0), this.lastKey.slice(0, this.lastKeyLength));
    this.rowsOutput.flush();
    return { written: [Component.PARTITIONS, Component.ROWS], whole: [] };
  }
}
