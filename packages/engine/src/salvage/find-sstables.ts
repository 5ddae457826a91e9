import { CassetteError } from '@cassette/bytes';
import { Component, parseFileName } from '@cassette/sstable';
import type { CatalogContents } from '../catalog/index.ts';
import type { FoundSSTable } from './salvage-sstable.ts';

const NAME = /^(aside-(?:\d+-)?)?([0-9a-f]{32})-(.+)$/;

/** SSTables among the files of a store, by the names of their files. Nothing is opened. */
export interface FoundSSTables {
  /** Those under the names that the engine gives. */
  readonly inPlace: readonly FoundSSTable[];
  /** Those that a recovery set aside under another name. */
  readonly aside: readonly FoundSSTable[];
}

/** Looks through the names. */
export function findSSTables(files: readonly string[], contents: CatalogContents): FoundSSTables {
  const groups = new Map<string, FoundSSTable & { readonly files: Map<Component, string> }>();
  for (const file of files) {
    const match = NAME.exec(file);
    if (match === null) continue;
    const [, prefix = '', tableId, rest] = match;
    const parsed = parsedName(rest);
    if (parsed === null) continue;
    const { descriptor } = parsed;
    const component = Object.values(Component).find((one) => one === parsed.component);
    if (component === undefined) continue;
    const group = `${prefix}${tableId}-${descriptor.version.name}-${descriptor.id}`;
    const record = contents.sstables.find((one) => one.tableId === tableId && String(one.generation) === descriptor.id);
    const found = groups.get(group) ?? { tableId, descriptor, files: new Map(), checksums: record?.checksums ?? {} };
    found.files.set(component, file);
    groups.set(group, found);
  }
  const inPlace = [...groups].filter(([name]) => !name.startsWith('aside-')).map(([, found]) => found);
  const aside = [...groups].filter(([name]) => name.startsWith('aside-')).map(([, found]) => found);
  return { inPlace, aside };
}

function parsedName(name: string): ReturnType<typeof parseFileName> | null {
  try {
    return parseFileName(name);
  } catch (error) {
    if (error instanceof CassetteError) return null;
    throw error;
  }
}
