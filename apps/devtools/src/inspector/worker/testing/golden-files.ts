import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { InspectorHost } from '../inspector-host.ts';
import { BytesBlob } from './bytes-blob.ts';

const FOLDER = resolve(import.meta.dirname, '../../../../../../e2e/cassandra/goldens');

/** Files of an SSTable that Cassandra wrote, below `path` in the folder of goldens, as if they were dropped. */
export function goldenFiles(path: string): { readonly path: string; readonly bytes: Uint8Array }[] {
  const folder = join(FOLDER, path);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ path: `${path}/${name}`, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}

/** Such files as `addFiles` takes them. */
export function dropped(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Parameters<InspectorHost['addFiles']>[0] {
  return files.map(({ path, bytes }) => ({ path, file: new BytesBlob(bytes) as unknown as File }));
}
