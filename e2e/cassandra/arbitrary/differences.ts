import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Version } from '@cassette/sstable';
import { SSTableCollection, type SSTablesOfStore } from '../../../packages/engine/src/goldens/testing/sstable-files.ts';

/** Something in which Cassette and Cassandra differ. */
export interface Difference {
  /** `keyspace.table`; null where that can't be told. */
  readonly table: string | null;
  readonly what: string;
}

/** Rows as text, a line each. */
export function linesOf(rows: readonly object[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

/** The first line in which two texts differ, told as text; empty for equal ones. */
export function firstDifference(ours: string, theirs: string): string {
  if (ours.trim() === theirs.trim()) return '';
  const [a, b] = [ours.trim().split('\n'), theirs.trim().split('\n')];
  const at = b.findIndex((line, index) => line !== a[index]);
  const line = at < 0 ? b.length : at;
  const [own, wanted] = [a[line] ?? '(nothing)', b[line] ?? '(nothing)'];
  let same = 0;
  while (same < own.length && own[same] === wanted[same]) same++;
  // Lines can be of kilobytes: what is around the first difference tells enough.
  const around = (text: string) => `${same > 120 ? '…' : ''}${text.slice(Math.max(0, same - 120), same + 120)}`;
  return `\n    line ${line}\n    Cassette:  ${around(own)}\n    Cassandra: ${around(wanted)}`;
}

/** The SSTables below a folder of `<keyspace>/<table>/`. */
export async function readSSTables(dir: string, { name, format }: Version): Promise<SSTablesOfStore> {
  const pattern = new RegExp(`^([^/]+)/([^/]+)/${name}-(\\d+)-${format}-(.+)$`);
  const found = new SSTableCollection();
  for (const path of (await readdir(dir, { recursive: true })).sort()) {
    const [, keyspace, table, generation, component] = pattern.exec(path) ?? [];
    if (component === undefined) continue;
    found.add(`${keyspace}.${table}`, Number(generation), component, new Uint8Array(await readFile(join(dir, path))));
  }
  return found.tables;
}
