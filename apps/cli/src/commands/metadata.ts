import { existsSync, statSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { Component, sstableMetadata } from '@cassette/sstable';
import { printJson } from '../print.ts';
import { forEachSSTable } from '../several-sstables.ts';
import { findSSTables, parsePath, withComponents } from '../sstable-files.ts';

/** Options of `cassette metadata`. */
interface MetadataOptions {
  readonly gcGraceSeconds?: number;
}

/** What is read: the rest of an SSTable, however large, is not touched, and need not be there. */
const READ: readonly Component[] = [Component.STATISTICS, Component.COMPRESSION_INFO, Component.SUMMARY];

/**
 * `cassette metadata [--gc-grace-seconds N] FILE-Data.db|FILE-Statistics.db|DIR…`: what each SSTable tells of itself, one JSON object
 * a line; of several the others are told where one can't be. A lone Statistics.db tells all but the compression and, before oa, the first and the last key.
 */
export async function metadata(paths: readonly string[], { gcGraceSeconds = 0 }: MetadataOptions): Promise<void> {
  const gcBefore = Math.floor(Date.now() / 1000) - gcGraceSeconds;
  const files = findSSTables(paths);
  const alone = files.length === 1 && files[0] === paths[0];
  await forEachSSTable(files, alone, async (file) => {
    const { descriptor, component, pathOf } = parsePath(file);
    if (component !== Component.DATA && component !== Component.STATISTICS) {
      throw new CassetteError('WRONG_FILE', `${file} is neither a -Data.db nor a -Statistics.db file: give one of these`, {
        file,
      });
    }
    const told = await withComponents(pathOf, READ, async (sources) =>
      sstableMetadata(descriptor, sources, { components: sizesOf(pathOf), gcBefore }),
    );
    const path = [Component.DATA, Component.STATISTICS].map(pathOf).find(existsSync) ?? file;
    await printJson({ ...told, sstable: path });
  });
}

function sizesOf(pathOf: (component: Component) => string): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const component of Object.values(Component)) {
    const path = pathOf(component);
    if (existsSync(path)) sizes[component] = statSync(path).size;
  }
  return sizes;
}
