import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Component, type Descriptor, parseFileName, printFileName } from '../descriptor/index.ts';
import { supportedVersions } from '../version/index.ts';
import { MemoryComponents } from './memory-files.ts';

// Files that Apache Cassandra 5.0.9 wrote, and what its sstabledump says of them: e2e/cassandra/goldens has a folder for each version
// and in it one for each case (its README says how they are made). The folders are listed, so a case is added by adding files.
const FOLDER = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens');

/** One SSTable that Cassandra wrote. */
export interface GoldenSSTable {
  /** Version, case and path. */
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly files: MemoryComponents;
  /** sstabledump's text, and the second that it was made at: ten after the script's last CLOCK. */
  readonly dump: string;
  readonly now: number;
}

/** All of them, in the order of their names. */
export function goldenSSTables(): GoldenSSTable[] {
  const found: GoldenSSTable[] = [];
  for (const version of readdirSync(FOLDER, { withFileTypes: true })) {
    if (!version.isDirectory() || !supportedVersions.has(version.name)) continue;
    for (const name of readdirSync(join(FOLDER, version.name))) found.push(...ofCase(version.name, name));
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ofCase(version: string, name: string): GoldenSSTable[] {
  const folder = join(FOLDER, version, name);
  const dumps = readFileSync(join(folder, 'dump.json'), 'utf8');
  const clocks = [...readFileSync(join(FOLDER, 'nb', name, 'script.cql'), 'utf8').matchAll(/^-- CLOCK (\d+)/gm)];
  const base = join(folder, 'sstables');
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('-Data.db'))
    .map((path) => {
      const { descriptor } = parseFileName(path.slice(path.lastIndexOf('/') + 1));
      const files = new MemoryComponents(descriptor);
      for (const component of Object.values(Component)) {
        const file = join(base, dirname(path), printFileName(descriptor, component));
        if (existsSync(file)) files.set(component, new Uint8Array(readFileSync(file)));
      }
      const from = dumps.indexOf(`"${path}": `) + path.length + 4;
      const dump = dumps.slice(from, dumps.indexOf('\n]', from) + 2);
      return { name: `${version}/${name}/${path}`, descriptor, files, dump, now: Number(clocks.at(-1)?.[1]) + 10 };
    });
}
