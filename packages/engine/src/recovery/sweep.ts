import type { Storage } from '@cassette/storage';
import type { CatalogContents } from '../catalog/index.ts';
import { filesOf, parseSSTableFile } from '../sstables/index.ts';
import { segmentNumber } from '../wal/index.ts';

/** What a start does with the files that it finds. Decided from names alone; nothing is touched. */
export interface SweepPlan {
  /** SSTable files that no record names, and WAL segments whose content is in SSTables. */
  readonly litter: readonly string[];
  /** WAL segments to replay, by number, ascending. */
  readonly segments: readonly number[];
  /** Number that no file has, for the next segment. */
  readonly nextSegment: number;
  /** By table id: the greatest generation that any file has. */
  readonly generations: ReadonlyMap<string, number>;
}

/** Looks through the names. Files of other kinds (set aside by a recovery, or of nobody we know) are left alone. */
export function planSweep(files: readonly string[], contents: CatalogContents): SweepPlan {
  const named = new Set(contents.sstables.flatMap(filesOf));
  const lowest = contents.store?.lowestWalSegment ?? 0;
  const litter: string[] = [];
  const segments: number[] = [];
  const generations = new Map<string, number>();
  let highest = lowest - 1;
  for (const name of files) {
    const segment = segmentNumber(name);
    const sstable = parseSSTableFile(name);
    if (segment !== null) {
      highest = Math.max(highest, segment);
      if (segment < lowest) litter.push(name);
      else segments.push(segment);
    } else if (sstable !== null) {
      generations.set(sstable.tableId, Math.max(generations.get(sstable.tableId) ?? 0, sstable.generation));
      if (!named.has(name)) litter.push(name);
    }
  }
  segments.sort((a, b) => a - b);
  return { litter, segments, nextSegment: Math.max(highest + 1, 1), generations };
}

/** Removes litter. Throws StorageError. Returns what went. */
export async function sweep(storage: Storage, litter: readonly string[]): Promise<string[]> {
  for (const name of litter) await storage.remove(name);
  return [...litter];
}
