// The build of the packages as a fresh clone has it: in a copy of the sources beside no earlier build, whose outputs would hide what is missing.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { capture } from './run.mjs';
import { bin, cache, root } from './workspace.mjs';

const made = new Set(['dist', 'dist-element', '.declarations', '.vite', '.vite-temp']);

/** What a clone has, and the links to what is installed. */
function isSource(path) {
  return !made.has(basename(path)) && !path.endsWith('.tsbuildinfo');
}

/** All files below a folder that `isSource`, links not followed. */
function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!isSource(path) || entry.name === 'node_modules') return [];
    return entry.isDirectory() ? sourcesBelow(path) : [path];
  });
}

/**
 * Builds the packages of `from` in a copy, which is gone afterwards. Wrong are a compiler that fails, and one that leaves files outside of
 * the folders for what is built.
 * @param {string} [from] the workspace
 * @param {(copy: string) => boolean | Promise<boolean>} [andThen] looks at what was built, while it is there
 * @returns {Promise<boolean>} whether all is well; what is not was printed
 */
export async function cleanBuild(from = root, andThen = () => true) {
  const copy = join(cache, `clean-build-${process.pid}`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  try {
    for (const name of ['tsconfig.base.json', 'tsconfig.build.json', 'packages']) {
      cpSync(join(from, name), join(copy, name), { recursive: true, verbatimSymlinks: true, filter: isSource });
    }
    if (existsSync(join(from, 'node_modules'))) symlinkSync(join(from, 'node_modules'), join(copy, 'node_modules'));
    const before = new Set(sourcesBelow(join(copy, 'packages')));
    const { code, stdout, stderr } = await capture(bin('tsc'), ['-b', 'tsconfig.build.json', '--pretty', 'false'], { cwd: copy });
    if (code !== 0) {
      console.error(`tsc -b tsconfig.build.json fails where nothing was built before:\n${stdout}${stderr}`.trimEnd());
      return false;
    }
    const strays = sourcesBelow(join(copy, 'packages')).filter((path) => !before.has(path));
    for (const path of strays) console.error(`tsc -b leaves ${relative(copy, path)}, among the sources`);
    return strays.length === 0 && (await andThen(copy));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
