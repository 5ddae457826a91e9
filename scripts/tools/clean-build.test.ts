import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cleanBuild } from './clean-build.mjs';
import { cache } from './workspace.mjs';

let workspace: string;
const told: string[] = [];

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'cassette-build-'));
  told.length = 0;
  vi.spyOn(console, 'error').mockImplementation((text: string) => void told.push(text));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(workspace, { recursive: true });
});

function write(files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** Two packages, `b` on top of `a`, as the workspace has them. */
function twoPackages(references: readonly string[], outDir = 'dist'): void {
  const options = { composite: true, rootDir: 'src', outDir };
  write({
    'tsconfig.base.json': {
      compilerOptions: {
        target: 'es2023',
        module: 'esnext',
        moduleResolution: 'bundler',
        customConditions: ['source'],
        types: [],
      },
    },
    'tsconfig.build.json': { files: [], references: [{ path: 'packages/b' }] },
    'packages/a/package.json': { name: 'a', type: 'module', exports: { source: './src/index.ts', default: './dist/index.js' } },
    'packages/a/tsconfig.json': { extends: '../../tsconfig.base.json', compilerOptions: options, include: ['src'] },
    'packages/a/src/index.ts': 'export const one: number = 1;\n',
    'packages/b/package.json': { name: 'b', type: 'module' },
    'packages/b/tsconfig.json': {
      ...{ extends: '../../tsconfig.base.json', compilerOptions: options, include: ['src'] },
      references: references.map((path) => ({ path })),
    },
    'packages/b/src/index.ts': "import { one } from 'a';\nexport const two: number = one + one;\n",
  });
  mkdirSync(join(workspace, 'packages/b/node_modules'));
  symlinkSync('../../a', join(workspace, 'packages/b/node_modules/a'));
}

test('packages that build are well, and nothing is left of it', async () => {
  twoPackages(['../a']);
  expect({ ok: await cleanBuild(workspace), told }).toEqual({ ok: true, told: [] });
  expect(existsSync(join(workspace, 'packages/a/dist'))).toBe(false);
  expect(readdirSync(cache).filter((name) => name.endsWith(`-${process.pid}`))).toEqual([]);
});

test('a source that only an earlier build has is missed', async () => {
  twoPackages(['../a']);
  write({
    'packages/b/src/index.ts': "export { gone } from '../dist/gone.js';\n",
    'packages/b/dist/gone.js': 'export const gone = 1;\n',
    'packages/b/dist/gone.d.ts': 'export declare const gone: number;\n',
  });
  expect({ ok: await cleanBuild(workspace), told }).toEqual({
    ok: false,
    told: [
      'tsc -b tsconfig.build.json fails where nothing was built before:\n' +
        "packages/b/src/index.ts(1,22): error TS2307: Cannot find module '../dist/gone.js' or its corresponding type declarations.",
    ],
  });
});

test('a source of another package is told', async () => {
  twoPackages([]);
  write({ 'packages/b/src/index.ts': "export { one } from '../../a/src/index.js';\n" });
  expect(await cleanBuild(workspace)).toBe(false);
  expect(told).toEqual([expect.stringContaining("packages/b/src/index.ts(1,21): error TS6059: File '")]);
});

test('files that are built among the sources are told', async () => {
  twoPackages(['../a'], 'made');
  expect({ ok: await cleanBuild(workspace), told: told.sort() }).toEqual({
    ok: false,
    told: ['a', 'b'].flatMap((name) =>
      ['index.d.ts', 'index.js'].map((file) => `tsc -b leaves packages/${name}/made/${file}, among the sources`),
    ),
  });
});
