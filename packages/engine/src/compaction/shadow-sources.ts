import type { TableMetadata } from '@cassette/cql';
import { NO_DELETION_TIME, type SSTableReader, type UnfilteredCursor } from '@cassette/sstable';
import { KWayMerger, PASSED_MAX } from '../merge/index.ts';
import type { TombstoneOption } from './tombstone-option.ts';
import { TombstonesOnly } from './tombstones-only.ts';

/**
 * What SSTables that are not compacted hold of a partition that is: it shadows what the compaction need not write again. It asks the SSTables as
 * they were when the compaction began: what they shadow stays shadowed, for none of their tombstones goes before what it covers is gone.
 * Cassandra: CompactionController#shadowSources.
 */
export class ShadowSources {
  private readonly table: TableMetadata;
  private readonly readers: readonly SSTableReader[];
  private readonly option: TombstoneOption;

  /** `beside`: readers of the other SSTables; `compacted`: of those that are compacted, their least timestamps. */
  constructor(
    table: TableMetadata,
    beside: readonly SSTableReader[],
    compacted: readonly { readonly minTimestamp: bigint }[],
    option: TombstoneOption,
  ) {
    this.table = table;
    this.option = option;
    this.readers = beside.filter(({ stats }) => {
      if (!compacted.some(({ minTimestamp }) => minTimestamp < stats.maxTimestamp)) return false;
      return option === 'cell' || (option === 'row' && stats.minLocalDeletionTime !== NO_DELETION_TIME);
    });
  }

  /** Whether there is none to ask for any partition. */
  get isEmpty(): boolean {
    return this.readers.length === 0;
  }

  /** What they hold of a partition, merged, at that partition and to be closed; null where none has it. Throws CorruptionError. */
  open(tokenHi: number, tokenLo: number, key: Uint8Array): UnfilteredCursor | null {
    const holding = this.readers.filter((reader) => reader.mayContainToken(tokenHi, tokenLo) && reader.mayContainKey(key));
    if (holding.length === 0) return null;
    const cursors = holding.map((reader) => {
      const cursor = reader.cursor({ partitions: { keys: [key] } });
      return this.option === 'cell' ? cursor : new TombstonesOnly(cursor);
    });
    const merged = new KWayMerger(this.table, cursors, { passedMax: PASSED_MAX });
    if (merged.nextPartition()) return merged;
    merged.close();
    return null;
  }
}
