import type { TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  type ClusteringComparator,
  DeletionTime,
  isEnd,
  isStart,
  RangeTombstoneMarker,
  type Row,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import { comparatorOf } from '../deletion/comparator-of.ts';
import { setMarkerAt } from '../deletion/marker-at.ts';
import { PASSED_MAX } from '../merge/k-way-merger.ts';
import { type PathOrder, pathOrderOf } from '../merge/path-order.ts';
import { removeShadowed } from '../merge/remove-shadowed.ts';
import { WrappedCursor } from '../merge/wrapped-cursor.ts';
import { removeShadowedCells } from './remove-shadowed-cells.ts';
import type { ShadowSources } from './shadow-sources.ts';

/**
 * A merge without what other SSTables shadow: with those it reads as before. Deletions are taken off only, never put in: those that shadow
 * stay where they are. It reads forward, and pauses. Cassandra: CompactionIterator.GarbageSkippingUnfilteredRowIterator.
 */
export class GarbageSkippingCursor extends WrappedCursor {
  readonly partitionDeletion = new DeletionTime();
  staticRow: Row | null = null;
  private readonly shadows: ShadowSources;
  private readonly cellLevel: boolean;
  private readonly comparator: ClusteringComparator;
  private readonly clusteringSize: number;
  private readonly paths: PathOrder;
  /** What shadows in the partition at hand; null where nothing does. */
  private shadow: UnfilteredCursor | null = null;
  private kind: Unfiltered = Unfiltered.END;
  private shadowKind: Unfiltered = Unfiltered.END;
  /** Whether what the cursors are at has been dealt with: they move on when the next is asked for. */
  private isTaken = true;
  private isShadowTaken = true;
  /** Open ranges: of the source, of what shadows it, and of what came out. */
  private readonly open = new DeletionTime();
  private readonly shadowOpen = new DeletionTime();
  private readonly toldOpen = new DeletionTime();
  private readonly shadowPartition = new DeletionTime();
  /** What shadows here. */
  private active = this.shadowPartition;
  private readonly rowDeletion = new DeletionTime();
  private readonly live = new DeletionTime();
  private readonly cut = new RangeTombstoneMarker();
  private current: RangeTombstoneMarker = this.cut;

  /** Takes the source over; `cellLevel`: whether single cells that are overwritten go too. */
  constructor(table: TableMetadata, source: UnfilteredCursor, shadows: ShadowSources, cellLevel: boolean) {
    super(source);
    this.shadows = shadows;
    this.cellLevel = cellLevel;
    this.comparator = comparatorOf(table);
    this.clusteringSize = table.clustering.length;
    this.paths = pathOrderOf(table);
  }

  get row(): Row {
    return this.source.row;
  }
  get marker(): RangeTombstoneMarker {
    return this.current;
  }

  nextPartition(): boolean {
    const { source } = this;
    this.closeShadow();
    if (!source.nextPartition()) return false;
    this.partitionDeletion.set(source.partitionDeletion);
    this.staticRow = source.staticRow;
    const key = source.keyBytes.slice(source.keyFrom, source.keyTo);
    this.shadow = this.shadows.open(source.tokenHi, source.tokenLo, key);
    if (this.shadow !== null) this.begin(this.shadow);
    return true;
  }

  next(): Unfiltered {
    const { source, shadow } = this;
    if (shadow === null) {
      const found = source.next();
      this.current = source.marker;
      return found;
    }
    for (let passed = 0; passed < PASSED_MAX; passed++) {
      if (this.isTaken) {
        this.kind = source.next();
        if (this.kind === Unfiltered.PAUSE) return Unfiltered.PAUSE;
        this.isTaken = false;
      }
      if (this.isShadowTaken) {
        this.shadowKind = shadow.next();
        if (this.shadowKind === Unfiltered.PAUSE) return Unfiltered.PAUSE;
        this.isShadowTaken = false;
      }
      if (this.kind === Unfiltered.END) return Unfiltered.END;
      const order = this.shadowKind === Unfiltered.END ? -1 : this.compare(shadow);
      this.isTaken = order <= 0;
      this.isShadowTaken = order >= 0;
      if (order >= 0 && this.shadowKind === Unfiltered.MARKER) this.pass(shadow.marker);
      if (order > 0) {
        if (this.shadowKind === Unfiltered.MARKER && this.reopens(shadow.marker)) return Unfiltered.MARKER;
      } else if (this.kind === Unfiltered.ROW) {
        if (this.keepsRow(source.row, order === 0 ? shadow.row : null)) return Unfiltered.ROW;
      } else if (this.keepsMarker(source.marker)) return Unfiltered.MARKER;
    }
    return Unfiltered.PAUSE;
  }

  override close(): void {
    this.closeShadow();
    super.close();
  }

  private begin(shadow: UnfilteredCursor): void {
    this.shadowPartition.set(shadow.partitionDeletion);
    this.active = this.shadowPartition;
    for (const open of [this.open, this.shadowOpen, this.toldOpen]) open.setLive();
    this.isTaken = this.isShadowTaken = true;
    if (!this.partitionDeletion.supersedes(this.shadowPartition)) this.partitionDeletion.setLive();
    if (this.staticRow !== null && !this.filterRow(this.staticRow, shadow.staticRow)) this.staticRow = null;
  }

  private closeShadow(): void {
    this.shadow?.close();
    this.shadow = null;
  }

  /** Whether something of a row stays; `other`: what shadows it holds of it. */
  private keepsRow(row: Row, other: Row | null): boolean {
    if (other !== null) return this.filterRow(row, other);
    removeShadowed(row, this.active);
    return !row.isEmpty;
  }

  private filterRow(row: Row, other: Row | null): boolean {
    if (this.cellLevel) removeShadowedCells(this.paths, row, other, this.active);
    else {
      this.rowDeletion.set(other === null || this.active.supersedes(other.deletion) ? this.active : other.deletion);
      removeShadowed(row, this.rowDeletion);
    }
    return !row.isEmpty;
  }

  /** What shadows passes one of its markers. */
  private pass(marker: RangeTombstoneMarker): void {
    this.shadowOpen.set(isStart(marker.kind) ? marker.opening : this.live);
    this.active = this.shadowOpen.supersedes(this.shadowPartition) ? this.shadowOpen : this.shadowPartition;
  }

  /** Whether a range of the source that was shadowed up to a marker is not any more, and so begins there. */
  private reopens(at: RangeTombstoneMarker): boolean {
    if (!this.toldOpen.isLive || !this.open.supersedes(this.active)) return false;
    this.tell(at, this.live, this.open);
    return true;
  }

  /** Whether something of a marker of the source stays: either side is shadowed or not. */
  private keepsMarker(marker: RangeTombstoneMarker): boolean {
    this.open.set(isStart(marker.kind) ? marker.opening : this.live);
    const wasShadowed = this.toldOpen.isLive;
    const isShadowed = !this.open.supersedes(this.active);
    if (wasShadowed && isShadowed) return false;
    this.tell(marker, wasShadowed || !isEnd(marker.kind) ? this.live : marker.closing, isShadowed ? this.live : this.open);
    return true;
  }

  private tell(at: RangeTombstoneMarker, before: DeletionTime, after: DeletionTime): void {
    setMarkerAt(this.cut, at.kind, at.size, at.clusteringBytes, at.clusteringFrom, at.clusteringTo, before, after);
    this.current = this.cut;
    this.toldOpen.set(after);
  }

  private compare(shadow: UnfilteredCursor): number {
    const isRow = this.kind === Unfiltered.ROW;
    const isShadowRow = this.shadowKind === Unfiltered.ROW;
    const { marker, row } = this.source;
    const a = isRow ? row : marker;
    const b = isShadowRow ? shadow.row : shadow.marker;
    return this.comparator.comparePrefixes(
      isRow ? BoundKind.CLUSTERING : marker.kind,
      isRow ? this.clusteringSize : marker.size,
      a.clusteringBytes,
      a.clusteringFrom,
      a.clusteringTo,
      isShadowRow ? BoundKind.CLUSTERING : shadow.marker.kind,
      isShadowRow ? this.clusteringSize : shadow.marker.size,
      b.clusteringBytes,
      b.clusteringFrom,
      b.clusteringTo,
    );
  }
}
