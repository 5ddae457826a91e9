// The packages as they are published: packed out of a clean build, so that nothing lies in them that an earlier build has left.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanBuild } from './clean-build.mjs';
import { capture } from './run.mjs';
import { bin, cache, pnpm, root } from './workspace.mjs';

/** Where `npm run pack` leaves them. */
export const packed = join(cache, 'packages');

/** Folders of the packages that are published, in the order in which they know each other. */
export const published = [
  ...['bytes', 'cql', 'sstable', 'storage', 'engine', 'client', 'hooks'].map((name) => `packages/${name}`),
  'apps/devtools',
  'apps/cli',
];

/** The package.json of a folder of the workspace. */
export function manifest(folder, from = root) {
  return JSON.parse(readFileSync(join(from, folder, 'package.json'), 'utf8'));
}

/**
 * Packs folders of a workspace that is built. Throws where pnpm fails.
 * @param {string} workspace
 * @param {readonly string[]} folders
 * @param {string} destination emptied before
 * @returns {Promise<string[]>} the tarballs, in the order of the folders
 */
export async function pack(workspace, folders, destination) {
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  const [command, ...args] = await pnpm();
  const filters = folders.flatMap((folder) => ['--filter', `./${folder}`]);
  const { code, stdout, stderr } = await capture(
    command,
    [...args, '-r', ...filters, 'pack', '--pack-destination', destination],
    {
      cwd: workspace,
    },
  );
  if (code !== 0) throw new Error(`pnpm pack ends with ${code}:\n${stdout}${stderr}`);
  const there = new Set(readdirSync(destination));
  return folders.map((folder) => {
    const { name, version } = manifest(folder, workspace);
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    if (!there.has(file)) throw new Error(`pnpm pack has made no ${file}`);
    return join(destination, file);
  });
}

/**
 * Builds everything that is published in a copy of the workspace, as a fresh clone has it, and packs it into `packed`.
 * @returns {Promise<string[] | null>} the tarballs in the order of `published`; null where the build fails, which was printed then
 */
export async function packAll() {
  let tarballs = null;
  await cleanBuild(root, async (copy) => {
    for (const name of ['package.json', 'pnpm-workspace.yaml', 'LICENSE']) cpSync(join(root, name), join(copy, name));
    // Vite empties the folder first: what lies there is of one build.
    cpSync(join(root, 'packages/client/dist'), join(copy, 'packages/client/dist'), { recursive: true });
    for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'dist-element', 'node_modules']) {
      const from = join(root, 'apps/devtools', name);
      cpSync(from, join(copy, 'apps/devtools', name), { recursive: true, verbatimSymlinks: true });
    }
    const isSource = (path) => !/[\\/]dist$/.test(path);
    cpSync(join(root, 'apps/cli'), join(copy, 'apps/cli'), { recursive: true, verbatimSymlinks: true, filter: isSource });
    for (const [command, ...args] of [
      // With the declarations that were just built.
      ['tsc', '-p', 'tsconfig.build.json', '--noEmit', '--pretty', 'false'],
      ['vite', 'build', '--logLevel', 'warn'],
    ]) {
      const cli = await capture(bin(command), args, { cwd: join(copy, 'apps/cli') });
      if (cli.code === 0) continue;
      console.error(`The command line does not build:\n${cli.stdout}${cli.stderr}`);
      return false;
    }
    for (const built of ['packages/client/dist/index.js', 'apps/devtools/dist-element/index.d.ts']) {
      if (!existsSync(join(copy, built))) throw new Error(`${built} is not built: npm run build`);
    }
    tarballs = await pack(copy, published, packed);
    return true;
  });
  return tarballs;
}
