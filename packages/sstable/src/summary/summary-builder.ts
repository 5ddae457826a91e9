import { assert, ByteWriter } from '@cassette/bytes';
import { BASE_SAMPLING_LEVEL, Summary } from './summary.ts';

/** Samples the keys of an SSTable while it is written. Cassandra: IndexSummaryBuilder. */
export class SummaryBuilder {
  private readonly minIndexInterval: number;
  private readonly keys = new ByteWriter(1024);
  private readonly keyEnds: number[] = [];
  private readonly positions: number[] = [];
  private readonly last = new ByteWriter(64);
  private partitions = 0;

  /** Samples every `minIndexInterval`-th partition, beginning with the first. */
  constructor(minIndexInterval: number) {
    assert(minIndexInterval > 0, 'an index interval is positive');
    this.minIndexInterval = minIndexInterval;
  }

  /** The next partition in token order, and the position of its entry in Index.db. */
  add(key: Uint8Array, from: number, to: number, indexPosition: number): void {
    if (this.partitions % this.minIndexInterval === 0) {
      this.keys.bytesOf(key, from, to);
      this.keyEnds.push(this.keys.length);
      this.positions.push(indexPosition);
    }
    this.last.clear();
    this.last.bytesOf(key, from, to);
    this.partitions++;
  }

  /** The summary; there must have been a partition. */
  finish(): Summary {
    const keys = this.keys.toBytes();
    return new Summary({
      minIndexInterval: this.minIndexInterval,
      samplingLevel: BASE_SAMPLING_LEVEL,
      sizeAtFullSampling: Math.ceil(this.partitions / this.minIndexInterval),
      keys,
      keyEnds: Int32Array.from(this.keyEnds),
      positions: Float64Array.from(this.positions),
      firstKey: keys.slice(0, this.keyEnds[0]),
      lastKey: this.last.toBytes(),
    });
  }
}
