import { CorruptionError, compareBytes } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  ByteWindow,
  ClusteringBound,
  type DataLayout,
  isBoundary,
  isEnd,
  PartitionHeader,
  Unfiltered,
  UnfilteredReader,
} from '@cassette/sstable';
import { type CheckedData, SourceUntil } from './chunk-runs.ts';
import type { Entry, PartitionEntries } from './partition-entries.ts';
import type { LostRange } from './salvage-report.ts';
import type { SalvageTarget } from './salvage-target.ts';

const NOT_VOUCHED_FOR = 'bytes that no checksum vouches for, or that can not be read without them';

/** What reading needs. */
export interface SalvageRowsInput {
  readonly checked: CheckedData;
  readonly layout: DataLayout;
  readonly table: TableMetadata;
  /** Null where there is no index that can be read. */
  readonly entries: PartitionEntries | null;
  /** Whether the index is known to be as it was written: only then what it says of a key counts without the data saying so too. */
  readonly isIndexVouchedFor: boolean;
  readonly target: SalvageTarget;
}

/** What was taken. */
export interface SalvagedRows {
  readonly partitions: number;
  readonly rows: number;
  readonly deletions: number;
  readonly lost: readonly LostRange[];
}

/**
 * Reads the rows of a damaged Data.db: of each run of chunks that are right, from the first place on where a partition or a block of rows
 * is known to begin. Nothing is taken from bytes that no checksum vouches for.
 */
export class SalvageRows {
  private readonly input: SalvageRowsInput;
  private readonly lost: LostRange[] = [];
  private partitions = 0;
  private rows = 0;
  private deletions = 0;
  /** Everything before it was read or is among the lost. */
  private done = 0;

  constructor(input: SalvageRowsInput) {
    this.input = input;
  }

  /** Throws StorageError. */
  async run(): Promise<SalvagedRows> {
    const { checked } = this.input;
    for (const { from, to } of checked.runs) await this.readRun(from, to);
    this.lose(checked.data.size, NOT_VOUCHED_FOR);
    const { partitions, rows, deletions, lost } = this;
    return { partitions, rows, deletions, lost };
  }

  private async readRun(from: number, to: number): Promise<void> {
    const { checked, layout, entries } = this.input;
    const window = new ByteWindow(new SourceUntil(checked.data, to));
    const reader = new UnfilteredReader(window, layout);
    const header = new PartitionHeader(window, reader, layout);
    // The first partition begins with the file; where others do an index has to say.
    let entry: Entry | null = from === 0 ? { position: 0, partition: 0, key: null, block: null } : (entries?.from(from) ?? null);
    while (entry !== null && entry.position < to) {
      const at = entry.position;
      let reached = at;
      try {
        for (let next: Entry | null = entry; next !== null && next.position < to; ) {
          this.lose(next.position, NOT_VOUCHED_FOR);
          await this.readPartition(next, reader, header, to, (position) => (reached = this.done = position));
          next = { position: reached, partition: reached, key: null, block: null };
        }
        return;
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        this.input.target.endPartition();
        entry = entries?.from(Math.max(reached, at + 1)) ?? null;
      }
    }
  }

  /** Reads on from an entry to the end of its partition; `reached` is told where each thing that was taken ends. */
  private async readPartition(
    { position, partition, key, block }: Entry,
    reader: UnfilteredReader,
    header: PartitionHeader,
    to: number,
    reached: (position: number) => void,
  ): Promise<void> {
    const { target, table, layout } = this.input;
    if (block === null) {
      header.read(position);
      if (key !== null) header.mustBe(key, 0, key.length, position);
      target.beginPartition(table, header.keyBytes, 0, header.keyTo);
      if (!header.deletion.isLive) {
        target.deletePartition(header.deletion);
        this.deletions++;
      }
      if (header.staticRow !== null) {
        target.addRow(header.staticRow);
        this.rows++;
      }
      this.partitions++;
      reader.seek(header.rowsFrom, to);
      reached(header.rowsFrom);
    } else {
      if (!this.input.isIndexVouchedFor) this.checkKey(partition, key!);
      reader.seek(position, to, block.before.openMarker ?? undefined);
      reader.peek();
      const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = reader;
      const { first } = block.info;
      const isFirst =
        kind === first.kind &&
        size === (first.kind === BoundKind.CLUSTERING ? layout.clusteringSize : first.size) &&
        compareBytes(clusteringBytes, clusteringFrom, clusteringTo, first.bytes, 0, first.bytes.length) === 0;
      if (!isFirst) throw new CorruptionError('another row is here than the index says', this.input.checked.data.name, position);
      target.beginPartition(table, key!, 0, key!.length);
      this.partitions++;
    }
    // Where the deletion begins that is open; in the middle of a partition it is known from here on.
    let open: ClusteringBound | null = null;
    /** Whether the rows themselves say since when it is open, and which deletion it is. */
    let isOpenRead = false;
    let last: ClusteringBound | null = null;
    try {
      for (;;) {
        const found = reader.peek();
        if (found === Unfiltered.END) break;
        const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = reader;
        const name = clusteringBytes.slice(clusteringFrom, clusteringTo);
        const isFirstOfBlock = last === null && block !== null;
        reader.read();
        if (isFirstOfBlock && open === null) open = new ClusteringBound(BoundKind.INCL_START_BOUND, size, name);
        if (found === Unfiltered.ROW) {
          target.addRow(reader.row);
          this.rows++;
          last = new ClusteringBound(BoundKind.INCL_END_BOUND, size, name);
        } else {
          const { marker } = reader;
          if (isEnd(kind) && open !== null && !marker.closing.isLive) {
            target.deleteRange(open, boundOf(kind, size, name, 'end'), marker.closing);
            this.deletions++;
          }
          open = isEnd(kind) && !isBoundary(kind) ? null : boundOf(kind, size, name, 'start');
          isOpenRead = open !== null;
          last = boundOf(kind, size, name, 'end');
        }
        reached(reader.position);
        if (target.isFull) await target.write();
      }
    } catch (error) {
      if (error instanceof CorruptionError && isOpenRead) this.closeAt(last, open, reader);
      throw error;
    }
    reached(reader.end);
    target.endPartition();
    if (target.isFull) await target.write();
  }

  /** What was deleted up to the last thing that was read is deleted; how far that went on is lost. */
  private closeAt(last: ClusteringBound | null, open: ClusteringBound | null, reader: UnfilteredReader): void {
    const { comparator } = this.input.layout;
    if (open === null || last === null || reader.open.isLive) return;
    if (comparator.compareBounds(open, last) >= 0) return;
    this.input.target.deleteRange(open, last, reader.open);
    this.deletions++;
  }

  /** Throws CorruptionError unless the partition of that key begins there, as checksums vouch for. */
  private checkKey(position: number, key: Uint8Array): void {
    const { checked, layout } = this.input;
    const run = checked.runs.find(({ from, to }) => from <= position && position < to);
    if (run === undefined) throw new CorruptionError('nothing vouches for the key of these rows', checked.data.name, position);
    const window = new ByteWindow(new SourceUntil(checked.data, run.to));
    const header = new PartitionHeader(window, new UnfilteredReader(window, layout), layout);
    header.read(position);
    header.mustBe(key, 0, key.length, position);
  }

  private lose(to: number, reason: string): void {
    const { name } = this.input.checked.data;
    if (to > this.done) this.lost.push({ file: name, from: this.done, to, reason });
    this.done = Math.max(this.done, to);
  }
}

function boundOf(kind: BoundKind, size: number, bytes: Uint8Array, as: 'start' | 'end'): ClusteringBound {
  const isExclusiveEnd = kind === BoundKind.EXCL_END_BOUND || kind === BoundKind.EXCL_END_INCL_START_BOUNDARY;
  const isInclusiveEnd = kind === BoundKind.INCL_END_BOUND || kind === BoundKind.INCL_END_EXCL_START_BOUNDARY;
  if (as === 'end') {
    // What only begins is known to be deleted nowhere before it.
    const isOpenBefore = isExclusiveEnd || kind === BoundKind.INCL_START_BOUND;
    return new ClusteringBound(isOpenBefore ? BoundKind.EXCL_END_BOUND : BoundKind.INCL_END_BOUND, size, bytes);
  }
  const isInclusive = kind === BoundKind.INCL_START_BOUND || isExclusiveEnd;
  return new ClusteringBound(
    isInclusive && !isInclusiveEnd ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND,
    size,
    bytes,
  );
}
