import type { Storage } from '@cassette/storage';
import type { CatalogContents } from '../catalog/index.ts';
import { isSpoolName } from '../import/spool-name.ts';
import { filesOf, parseSSTableFile } from '../sstables/index.ts';
import { segmentNumber } from '../wal/index.ts';

/** What a start does with the files that it finds. Decided from names alone; nothing is touched. */
export interface SweepPlan {
  /** SSTable files that no record names, WAL segments whose content is in SSTables, and what imports left. */
  readonly litter: readonly string[];
  /** WAL segments to replay, by number, ascending. */
  readonly segments: readonly number[];
  /** WAL segments that there were and whose files are gone: runs of numbers, both ends included. */
  readonly lost: readonly { readonly first: number; readonly last: number }[];
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
  // A number that a truncation knows is older than it: its writes would be taken for truncated ones. So with changes of `cdc`.
  let highest = Math.max(lowest, ...contents.truncated.values(), ...[...contents.cdcSwitches.values()].flat()) - 1;
  for (const name of files) {
    const segment = segmentNumber(name);
    const sstable = parseSSTableFile(name);
    if (segment !== null) {
      highest = Math.max(highest, segment);
      if (segment < lowest) litter.push(name);
      else segments.push(segment);
    } else if (isSpoolName(name)) {
      litter.push(name);
    } else if (sstable !== null) {
      generations.set(sstable.tableId, Math.max(generations.get(sstable.tableId) ?? 0, sstable.generation));
      if (!named.has(name)) litter.push(name);
    }
  }
  segments.sort((a, b) => a - b);
  const lost = gaps(segments, contents.store?.hasWal === true ? lowest : null);
  return { litter, segments, lost, nextSegment: Math.max(highest + 1, 1), generations };
}

/** Segments are made one after the other, each durable before the next, and go from the oldest on: between two there is no gap. */
function gaps(segments: readonly number[], lowest: number | null): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  let next = lowest ?? segments[0] ?? 0;
  for (const number of segments) {
    if (number > next) found.push({ first: next, last: number - 1 });
    next = number + 1;
  }
  // Of the youngest nobody but the catalog knows, and only if it is the oldest too.
  if (segments.length === 0 && lowest !== null) found.push({ first: lowest, last: lowest });
  return found;
}

/** Removes litter. Throws StorageError. Returns what went. */
export async function sweep(storage: Storage, litter: readonly string[]): Promise<string[]> {
  for (const name of litter) await storage.remove(name);
  return [...litter];
}
