import { CorruptionError } from '@cassette/bytes';
import {
  BtiPartitionIndex,
  type ByteSource,
  Component,
  CountingSource,
  type DataLayout,
  type IndexInfo,
  IndexScanner,
  type RowIndex,
  type SSTableSources,
  type Version,
} from '@cassette/sstable';

/** Where reading can begin again: the head of a partition, or a block of its rows. */
export interface Entry {
  /** In the uncompressed Data.db. */
  readonly position: number;
  /** Where the partition begins. */
  readonly partition: number;
  /** Of the partition; null where the index has only a part of it. */
  readonly key: Uint8Array | null;
  /** The block's names and what is open behind the block before it; null for the head of a partition. */
  readonly block: { readonly info: IndexInfo; readonly before: IndexInfo } | null;
}

/** What an index tells of the places of partitions, in order, as far as it can be read: it is damaged perhaps as well. */
export class PartitionEntries {
  private readonly next: () => {
    readonly position: number;
    readonly key: Uint8Array | null;
    readonly rows: RowIndex | null;
  } | null;
  private current: ReturnType<PartitionEntries['next']>;

  constructor(sources: SSTableSources, data: ByteSource, layout: DataLayout, version: Version) {
    this.next = version.format === 'big' ? bigEntries(sources, layout, version) : btiEntries(sources, data, layout);
    this.current = this.next();
  }

  /** The first place at or behind `position` where reading can begin; null for none. `position` only grows. */
  from(position: number): Entry | null {
    for (; this.current !== null; this.current = this.next()) {
      const { position: partition, key, rows } = this.current;
      if (partition >= position) return { position: partition, partition, key, block: null };
      if (rows === null || key === null) continue;
      const found = blockFrom(rows, position - partition);
      if (found !== null) return { position: partition + found.info.offset, partition, key, block: found };
    }
    return null;
  }

  /** Moves on to the next partition; null at the end, or where the index can't be read any more. */
  step(): { readonly position: number; readonly key: Uint8Array | null } | null {
    const { current } = this;
    if (current !== null) this.current = this.next();
    return current;
  }
}

/** The first block at or behind `offset` but not the first of all, which begins behind what only the partition's head has. */
function blockFrom(rows: RowIndex, offset: number): Entry['block'] {
  try {
    for (let i = 1; i < rows.blockCount; i++) {
      const info = rows.block(i);
      if (info.offset >= offset) return { info, before: rows.block(i - 1) };
    }
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
  }
  return null;
}

function bigEntries(sources: SSTableSources, layout: DataLayout, version: Version): PartitionEntries['next'] {
  const index = sources[Component.INDEX];
  if (index === undefined) return () => null;
  const scanner = new IndexScanner(index, layout.clusteringFixed, version);
  return untilDamaged(() => {
    if (!scanner.next()) return null;
    const { dataPosition: position, keyBytes, keyFrom, keyTo } = scanner;
    const key = keyBytes.slice(keyFrom, keyTo);
    return { position, key, rows: scanner.hasRowIndex ? scanner.takeRowIndex() : null };
  });
}

function btiEntries(sources: SSTableSources, data: ByteSource, layout: DataLayout): PartitionEntries['next'] {
  const [partitions, rows] = [sources[Component.PARTITIONS], sources[Component.ROWS]];
  if (partitions === undefined || rows === undefined) return () => null;
  let scanner: ReturnType<BtiPartitionIndex['keys']> | null = null;
  return untilDamaged(() => {
    scanner ??= new BtiPartitionIndex(new CountingSource(partitions), new CountingSource(rows), data, layout).keys();
    return scanner.next() ? { position: scanner.dataPosition, key: null, rows: null } : null;
  });
}

function untilDamaged(next: PartitionEntries['next']): PartitionEntries['next'] {
  let isOver = false;
  return () => {
    if (isOver) return null;
    try {
      const entry = next();
      isOver = entry === null;
      return entry;
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      isOver = true;
      return null;
    }
  };
}
