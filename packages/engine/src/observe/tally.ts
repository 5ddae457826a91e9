import { ReadFigure } from '@cassette/sstable';
import type { LiveSSTable } from '../sstables/live-sstable.ts';
import { LatencyHistogram } from './latency.ts';
import type { SkipReason } from './trace.ts';

/** SSTables of one read that are told apart; more count as so many. */
const SSTABLES_PER_READ_MAX = 32;

/** What an engine counts of its reads and writes since it was opened, beside its counters: an addition here and there. */
export class Tally {
  /** Reads (of partitions or ranges) by how many SSTables they went to. */
  readonly sstablesPerRead = new Float64Array(SSTABLES_PER_READ_MAX + 1);
  /** SSTables that were passed over. */
  readonly skipped: Record<SkipReason, number> = {
    'key range': 0,
    'bloom filter': 0,
    clusterings: 0,
    'older than the row': 0,
    'older than the deletion of its partition': 0,
  };
  /** Of SELECTs, from the beginning to the answer or page. */
  readonly selects = new LatencyHistogram();
  /** Of writes, from handing them over to their acknowledgement. */
  readonly writes = new LatencyHistogram();
  /** Of flushes of memtables. */
  readonly flushes = new LatencyHistogram();
  /** Figures of SSTables that are gone. */
  readonly retired = new Float64Array(ReadFigure.COUNT);

  /** A read goes to so many SSTables. */
  read(sstables: number): void {
    this.sstablesPerRead[Math.min(sstables, SSTABLES_PER_READ_MAX)]++;
  }

  /** An SSTable goes: what was counted of it stays. Whoever reads it still is counted when what is returned is called, at its end. */
  retire(sstable: LiveSSTable): () => void {
    const counted = new Float64Array(ReadFigure.COUNT);
    const count = () => {
      const now = new Float64Array(ReadFigure.COUNT);
      sstable.addFigures(now);
      for (let figure = 0; figure < now.length; figure++) this.retired[figure] += now[figure] - counted[figure];
      counted.set(now);
    };
    count();
    return count;
  }
}
