import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Component, type Descriptor, parseFileName, printFileName } from '../descriptor/index.ts';
import { supportedVersions } from '../version/index.ts';
import { MemoryComponents } from './memory-files.ts';

// Files that Apache Cassandra wrote, and what sstabledump of 5.0.9 says of them: e2e/cassandra/goldens has a folder for each version
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
  /** Bytes of rows to a block of the row index, if the script sets it. */
  readonly columnIndexSize: number | undefined;
}

/** Those that older versions of Cassandra wrote (`cassandra`, a folder in goldens/older), all in versions that are read. */
export function olderSSTables(cassandra: string): GoldenSSTable[] {
  const folder = join(FOLDER, 'older', cassandra);
  const dumps = gunzipSync(readFileSync(join(folder, 'dump.json.gz'))).toString('utf8');
  const script = readFileSync(join(FOLDER, 'older', 'script.cql'), 'utf8');
  return sstablesIn(`older/${cassandra}`, join(folder, 'sstables'), dumps, script);
}

/** The paths of the files that an older version of Cassandra wrote, below the folder of a case. */
export function olderFiles(cassandra: string): string[] {
  const folder = join(FOLDER, 'older', cassandra, 'sstables');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /-\w+\.\w+$/.test(path));
}

/** All of them, in the order of their names. */
export function goldenSSTables(): GoldenSSTable[] {
  const found: GoldenSSTable[] = [];
  for (const version of readdirSync(FOLDER, { withFileTypes: true })) {
    if (!version.isDirectory()) continue;
    for (const name of readdirSync(join(FOLDER, version.name))) {
      if (supportedVersions.has(version.name)) found.push(...ofCase(version.name, name));
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of a file of a golden, wherever its sources lie and however it is stored; null if there is none. */
export function goldenText(version: string, name: string, file: string): string | null {
  const from = [version, 'nb', 'oa'].map((one) => join(FOLDER, one, name, file));
  const path = from.find((one) => existsSync(one) || existsSync(`${one}.gz`));
  if (path === undefined) return null;
  return existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}

function ofCase(version: string, name: string): GoldenSSTable[] {
  const base = join(FOLDER, version, name, 'sstables');
  if (!existsSync(base)) return [];
  const dumps = goldenText(version, name, 'dump.json') ?? '';
  return sstablesIn(`${version}/${name}`, base, dumps, goldenText(version, name, 'script.cql') ?? '');
}

function sstablesIn(name: string, base: string, dumps: string, script: string): GoldenSSTable[] {
  const clocks = [...script.matchAll(/^-- CLOCK (\d+)/gm)];
  const indexKib = /^-- INDEX (\d+)$/m.exec(script)?.[1];
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
      return {
        name: `${name}/${path}`,
        descriptor,
        files,
        dump,
        now: Number(clocks.at(-1)?.[1]) + 10,
        columnIndexSize: indexKib === undefined ? undefined : Number(indexKib) * 1024,
      };
    });
}
