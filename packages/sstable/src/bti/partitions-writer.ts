import { ByteWriter } from '@cassette/bytes';
import { putDecoratedKey } from './comparable-keys.ts';
import type { PagedOutput } from './paged-output.ts';
import { encodePartitionsFooter, type PartitionPayload, partitionPayloads } from './partitions-codec.ts';
import { TrieWriter } from './trie-writer.ts';

/** Writes Partitions.db (layout: partitions-codec.ts). Cassandra: bti.PartitionIndexBuilder. */
export class PartitionsWriter {
  private readonly output: PagedOutput;
  private readonly trie: TrieWriter<PartitionPayload>;
  // The last key is added when the next one tells how much of it is needed.
  private last = new ByteWriter(64);
  private current = new ByteWriter(64);
  private lastPayload: PartitionPayload | null = null;
  private lastDifference = 0;

  constructor(output: PagedOutput) {
    this.output = output;
    this.trie = new TrieWriter(partitionPayloads, output);
  }

  /** Adds a partition, after all with smaller token and key. */
  add(tokenHi: number, tokenLo: number, key: Uint8Array, keyLength: number, payload: PartitionPayload): void {
    const { current, last } = this;
    current.clear();
    putDecoratedKey(current, tokenHi, tokenLo, key, 0, keyLength);
    if (this.lastPayload !== null) {
      // No key is a prefix of another, so the first difference lies within both.
      let difference = 1;
      while (current.buffer[difference - 1] === last.buffer[difference - 1]) difference++;
      this.trie.add(last.buffer, Math.max(difference, this.lastDifference), this.lastPayload);
      this.lastDifference = difference;
    }
    this.last = current;
    this.current = last;
    this.lastPayload = payload;
  }

  /** Writes the rest: there was a partition at least. */
  finish(firstKey: Uint8Array, lastKey: Uint8Array): void {
    if (this.lastPayload !== null) this.trie.add(this.last.buffer, this.lastDifference, this.lastPayload);
    const root = this.trie.finish();
    const { output, trie } = this;
    encodePartitionsFooter(output.out, output.position, { firstKey, lastKey, partitions: trie.count, root });
    output.flush();
  }
}
