import { CorruptionError } from '@cassette/bytes';
import { FileNotFoundError } from '@cassette/storage';
import { type LiveSSTable, parseSSTableFile } from '../sstables/index.ts';
import type { TableState } from '../write-engine/engine-state.ts';

/**
 * Says of the SSTable that a compaction failed at, read or only asked what it shadows, that it is damaged: to try again would fail again, and
 * keep all else in the table from being compacted. What it may hold stays a reason to keep deletions. Cassandra: SSTableReader#markSuspect.
 */
export function markSuspects({ id, sstables }: TableState, error: unknown): void {
  const file = damagedFile(error);
  const found = file === null ? null : parseSSTableFile(file);
  if (found?.tableId !== id) return;
  const isMeant = ({ record }: LiveSSTable) => record.generation === found.generation;
  for (const sstable of sstables) if (isMeant(sstable)) sstable.markSuspect();
}

/** The name of the file that an error says is damaged, or not there any more; null for every other error. */
function damagedFile(error: unknown): string | null {
  if (error instanceof CorruptionError) return nameOf(error.file);
  if (error instanceof FileNotFoundError) return nameOf(String(error.data['file']));
  return null;
}

/** Some storages tell of files by their paths. */
function nameOf(file: string): string {
  return file.slice(file.search(/[^/\\]*$/));
}
