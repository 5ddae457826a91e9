// Where the repository is, and the state in which its parts are: installed, built.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, must } from './run.mjs';

/** The top of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Things that may be thrown away at any time: stamps, the judge's jars and builds. */
export const cache = process.env.CASSETTE_CACHE ?? join(root, '.cassette-cache');

const pnpmVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('@')[1];

/** `node_modules/.bin/NAME`. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** The command that runs the pinned pnpm: the one that is there if its version is right, else through npx. */
export async function pnpm() {
  const there = await capture('pnpm', ['--version'], { cwd: root });
  return there.code === 0 && there.stdout.trim() === pnpmVersion ? ['pnpm'] : ['npx', '--yes', `pnpm@${pnpmVersion}`];
}

function readStamp(name) {
  const file = join(cache, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function writeStamp(name, value) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, name), value);
}

/** Installs what the lockfile says, unless that was done already. */
export async function ensureInstalled() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  const stamp = hash.digest('hex');
  if (readStamp('installed') === stamp && existsSync(bin('tsc'))) return;
  const [command, ...args] = await pnpm();
  console.log('Installing dependencies …');
  await must(command, [...args, 'install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
  });
  writeStamp('installed', stamp);
}

/** A digest of the names, sizes and times of all source files below `folders`. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('dist') || entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (!entry.name.endsWith('.tsbuildinfo')) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}\0${size}\0${mtimeMs}\n`);
      }
    }
  };
  for (const folder of folders) walk(join(root, folder));
  return hash.update(readStamp('installed')).digest('hex');
}

const steps = [
  {
    name: 'packages',
    sources: ['packages'],
    output: 'packages/engine/dist/index.js',
    async build() {
      await must(bin('tsc'), ['-b', 'tsconfig.build.json'], { cwd: root });
      await must(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'packages/client') });
    },
  },
  {
    name: 'cli',
    sources: ['packages', 'apps/cli'],
    output: 'apps/cli/dist/cassette.js',
    build: () => must(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'apps/cli') }),
  },
  {
    name: 'devtools',
    sources: ['packages', 'apps/devtools'],
    output: 'apps/devtools/dist/index.html',
    build: async () => {
      const cwd = join(root, 'apps/devtools');
      await must(bin('vite'), ['build', '--config', 'vite.element.config.ts', '--logLevel', 'warn'], { cwd });
      await must(bin('vite'), ['build', '--logLevel', 'warn'], { cwd });
    },
  },
  {
    name: 'survey',
    sources: ['packages', 'apps/survey'],
    output: 'apps/survey/dist/index.html',
    build: () => must(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'apps/survey') }),
  },
  {
    name: 'bench',
    sources: ['packages', 'apps/bench'],
    output: 'apps/bench/dist/lib/node/main.js',
    async build() {
      await must(bin('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'apps/bench') });
      await must(bin('tsc'), ['-p', 'tsconfig.build.json'], { cwd: join(root, 'apps/bench') });
    },
  },
];

/**
 * Builds what is named ('packages', 'cli', 'devtools', 'survey', 'bench'), in order, where sources changed since the last time.
 * 'packages' always comes first.
 */
export async function ensureBuilt(...names) {
  for (const step of steps) {
    if (step.name !== 'packages' && !names.includes(step.name)) continue;
    const stamp = fingerprint(step.sources);
    if (readStamp(`built-${step.name}`) === stamp && existsSync(join(root, step.output))) continue;
    await step.build();
    writeStamp(`built-${step.name}`, stamp);
  }
}
