import { DeletionTime, isEnd, isStart, RangeTombstoneMarker } from '@cassette/sstable';
import { setMarkerAt } from '../deletion/marker-at.ts';

/**
 * Merges the range tombstone markers of several sources: keeps what is open in each, and tells where the one that wins among
 * them changes. Cassandra: db.rows.RangeTombstoneMarker.Merger.
 */
export class MarkerMerger {
  private readonly reversed: boolean;
  private readonly open: DeletionTime[] = [];
  private sources = 0;
  private readonly partitionDeletion = new DeletionTime();
  /** The deletion open in the merge; LIVE where there is none, or none that goes before the partition's. */
  private readonly merged = new DeletionTime();
  private readonly previous = new DeletionTime();
  private readonly marker = new RangeTombstoneMarker();

  constructor(reversed: boolean) {
    this.reversed = reversed;
  }

  /** Begins a partition of that many sources. */
  begin(sources: number, partitionDeletion: DeletionTime): void {
    while (this.open.length < sources) this.open.push(new DeletionTime());
    for (let i = 0; i < sources; i++) this.open[i].setLive();
    this.sources = sources;
    this.partitionDeletion.set(partitionDeletion);
    this.merged.setLive();
  }

  /** What deletes rows here: the merged open deletion, else the partition's. */
  get activeDeletion(): DeletionTime {
    return this.merged.isLive ? this.partitionDeletion : this.merged;
  }

  /** Source `i` passes one of its markers. */
  pass(i: number, marker: RangeTombstoneMarker): void {
    if (this.reversed) {
      if (isEnd(marker.kind)) this.open[i].set(marker.closing);
      else this.open[i].setLive();
    } else if (isStart(marker.kind)) this.open[i].set(marker.opening);
    else this.open[i].setLive();
  }

  /** After all markers at one place were passed: the marker of the merge there, or null where nothing changes. */
  merge(at: RangeTombstoneMarker): RangeTombstoneMarker | null {
    const { merged, previous, marker } = this;
    previous.set(merged);
    merged.setLive();
    for (let i = 0; i < this.sources; i++) if (this.open[i].supersedes(merged)) merged.set(this.open[i]);
    if (!merged.supersedes(this.partitionDeletion)) merged.setLive();
    if (merged.equals(previous)) return null;
    const before = this.reversed ? merged : previous;
    const after = this.reversed ? previous : merged;
    setMarkerAt(marker, at.kind, at.size, at.clusteringBytes, at.clusteringFrom, at.clusteringTo, before, after);
    return marker;
  }
}
