import { compareInt64, highWord, lowWord } from '@cassette/bytes';
import { keepsDeletions } from '../lineage/coverage.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import type { PartitionPurge } from './purging-cursor.ts';

const MAX_HI = 0x7fffffff;

/** Whether a compaction of these SSTables has to keep all deletions, whatever else there is. */
export function keepsAllDeletions(state: EngineState, table: TableState, inputs: Iterable<LiveSSTable>): boolean {
  return (
    // No SSTable here has been repaired, for which there must be a cluster.
    table.table.params.compaction['only_purge_repaired_tombstones']?.toLowerCase() === 'true' ||
    [...inputs].some((input) => keepsDeletions(state, table.id, input))
  );
}

/**
 * What else than the inputs of a compaction may hold older data: a tombstone goes only where there is none that it still has to
 * cover. It is asked as things are when they are asked, so that what is flushed meanwhile counts.
 * Cassandra: CompactionController#getPurgeEvaluator.
 */
export class Overlaps implements PartitionPurge {
  private readonly state: EngineState;
  private readonly table: TableState;
  private readonly inputs: ReadonlySet<LiveSSTable>;
  private readonly never: boolean;
  private isKnown = false;
  /** Whether something else holds the partition, and the least timestamp it may have. */
  private isElsewhere = false;
  private minHi = 0;
  private minLo = 0;
  private key = new Uint8Array(64);
  private keyLength = 0;
  private tokenHi = 0;
  private tokenLo = 0;

  constructor(state: EngineState, table: TableState, inputs: Iterable<LiveSSTable>) {
    this.state = state;
    this.table = table;
    this.inputs = new Set(inputs);
    this.never = keepsAllDeletions(state, table, this.inputs);
  }

  /** Begins a partition. */
  begin(tokenHi: number, tokenLo: number, key: Uint8Array, from: number, to: number): void {
    this.isKnown = false;
    this.tokenHi = tokenHi;
    this.tokenLo = tokenLo;
    this.keyLength = to - from;
    if (this.key.length < this.keyLength) this.key = new Uint8Array(this.keyLength * 2);
    for (let i = 0; i < this.keyLength; i++) this.key[i] = key[from + i];
  }

  /** Whether nothing else can hold data of the partition that a deletion of that timestamp has to cover. */
  mayPurge(hi: number, lo: number): boolean {
    // What can't be read can't be asked what it holds; it may be mended later.
    if (this.never || this.table.setAside.length > 0) return false;
    if (!this.isKnown) this.look();
    return !this.isElsewhere || compareInt64(hi, lo, this.minHi, this.minLo) < 0;
  }

  private look(): void {
    const { state, table, tokenHi, tokenLo, keyLength } = this;
    this.isKnown = true;
    this.isElsewhere = false;
    this.minHi = MAX_HI;
    this.minLo = -1;
    const key = this.key.subarray(0, keyLength);
    for (const sstable of table.sstables) {
      if (this.inputs.has(sstable)) continue;
      const { reader, record } = sstable;
      if (reader.mayContainToken(tokenHi, tokenLo) && reader.mayContainKey(key)) this.foundIn(record.minTimestamp);
    }
    for (const set of [...state.sealed, state.active]) {
      const memtable = set.get(table.id);
      if (memtable?.hasPartition(tokenHi, tokenLo, key, 0, keyLength)) this.foundIn(memtable.stats.get().minTimestamp);
    }
  }

  private foundIn(minTimestamp: bigint): void {
    this.isElsewhere = true;
    const hi = highWord(minTimestamp);
    const lo = lowWord(minTimestamp);
    if (compareInt64(hi, lo, this.minHi, this.minLo) >= 0) return;
    this.minHi = hi;
    this.minLo = lo;
  }
}
