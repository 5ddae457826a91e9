import { sstableMetadata } from '@cassette/sstable';
import { print } from '../print.ts';
import { findSSTables, withSources } from '../sstable-files.ts';

/** `cassette metadata FILE-Data.db|DIR…`: what each SSTable tells of itself, one JSON object a line. */
export async function metadata(paths: readonly string[]): Promise<void> {
  for (const file of findSSTables(paths)) {
    const told = await withSources(file, async (descriptor, sources) => sstableMetadata(descriptor, sources));
    await print(`${JSON.stringify({ ...told, sstable: file })}\n`);
  }
}
