// What a package must be before anybody installs it: its exports lead somewhere with the right types under every resolution, it installs into an
// empty project with nothing but what it says it needs, what is not imported is left out of a bundle, and what it says of itself is true.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { manifest, published } from './pack.mjs';
import { capture } from './run.mjs';
import { bin, root } from './workspace.mjs';

/** What TypeScript users set: with each of them the types have to be right, those of our declarations included. */
const resolutions = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

/** What is left of a bundle that imports one thing: at most so many bytes before compression. */
const shaken = [
  { code: "export { Uuid } from '@cassette/cql';", bytes: 9_000 },
  { code: "export { crc32 } from '@cassette/bytes';", bytes: 3_000 },
  { code: "export { nb } from '@cassette/sstable';", bytes: 6_000 },
  { code: "export { MemoryStorage } from '@cassette/storage/browser';", bytes: 24_000 },
  { code: "export { Durability } from '@cassette/engine';", bytes: 3_000 },
  { code: "export { useLiveQuery } from '@cassette/hooks/preact';", bytes: 9_000 },
];

/**
 * Checks tarballs of `published`, in its order; what is wrong is printed.
 * @param {readonly string[]} tarballs
 * @returns {Promise<boolean>} whether nothing is
 */
export async function checkTarballs(tarballs) {
  /** @type {string[]} */
  const wrong = [];
  const project = mkdtempSync(join(tmpdir(), 'cassette-installed-'));
  try {
    for (const file of tarballs) wrong.push(...(await lint(file)), ...(await resolveTypes(file)));
    wrong.push(...(await install(tarballs, project)));
    if (wrong.length === 0) {
      wrong.push(...contents(project), ...(await compile(project)), ...(await load(project)), ...(await shake(project)));
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
  for (const line of wrong) console.error(line);
  if (wrong.length === 0) console.log(`${tarballs.length} packages can be published`);
  return wrong.length === 0;
}

/** What publint says. */
async function lint(file) {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const { messages, pkg } = await publint({ pack: { tarball: arrayBuffer(file) }, strict: true });
  return messages.map((message) => `${pkg.name}: ${formatMessage(message, pkg, { color: false })} (${message.code})`);
}

/** What attw says. CommonJS is not among what the packages promise: there they are for `import()`. */
async function resolveTypes(file) {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(arrayBuffer(file))));
  if (!analysis.types) return analysis.packageName === '@cassette/cli' ? [] : [`${analysis.packageName} has no types`];
  return analysis.problems
    .filter(({ resolutionKind }) => resolutionKind !== 'node10' && resolutionKind !== 'node16-cjs')
    .map((problem) => `${analysis.packageName}: ${JSON.stringify(problem)}`);
}

/** Installs them as npm does, without a network: what others they need is linked to what the workspace has, by the name they say. */
async function install(tarballs, project) {
  const dependencies = {};
  for (const [index, folder] of published.entries()) {
    const { name, dependencies: needed = {} } = manifest(folder);
    dependencies[name] = `file:${tarballs[index]}`;
    for (const other of Object.keys(needed)) {
      if (!other.startsWith('@cassette/'))
        dependencies[other] = `file:${realpathSync(join(root, folder, 'node_modules', other))}`;
    }
  }
  for (const other of ['preact', 'react', '@types/react']) {
    dependencies[other] = `file:${realpathSync(join(root, 'packages/hooks/node_modules', other))}`;
  }
  dependencies['@types/node'] = `file:${realpathSync(join(root, 'node_modules/@types/node'))}`;
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  const args = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stdout, stderr } = await capture('npm', args, { cwd: project });
  return code === 0 ? [] : [`npm install of the packages ends with ${code}:\n${stdout}${stderr}`];
}

/** Every package.json of what was installed. */
function installed(project) {
  return published.map((folder) => {
    const { name } = manifest(folder);
    return JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'));
  });
}

/** The addresses under which a package's modules are imported. */
function entries({ name, exports }) {
  return Object.keys(exports)
    .filter((key) => !key.endsWith('.json'))
    .map((key) => name + key.slice(1));
}

/** What every package brings besides its code, and does not. */
function contents(project) {
  return installed(project).flatMap((one) => {
    const wrong = [];
    const folder = join(project, 'node_modules', one.name);
    for (const file of ['LICENSE', 'README.md'])
      if (readFileSync(join(folder, file), 'utf8').length < 200) wrong.push(`${one.name}: ${file}`);
    const inWorkspace = manifest(published.find((path) => manifest(path).name === one.name)).exports;
    const expected = JSON.stringify(inWorkspace, (key, value) => (key === 'source' ? undefined : value));
    if (JSON.stringify(one.exports) !== expected) {
      wrong.push(`${one.name} exports other things in the workspace than when it is published: see publishConfig`);
    }
    const text = JSON.stringify(one);
    if (text.includes('workspace:')) wrong.push(`${one.name} needs a version of the workspace`);
    if (text.includes('"source"')) wrong.push(`${one.name} exports sources, which it does not bring`);
    for (const key of ['description', 'keywords', 'license', 'author', 'engines'])
      if (!one[key]) wrong.push(`${one.name} has no ${key}`);
    return wrong;
  });
}

/** Compiles imports of everything under each resolution, declarations and all. */
async function compile(project) {
  const modules = installed(project).flatMap(entries);
  const source = modules.map((module, index) => `export * as m${index} from '${module}';`).join('\n');
  const use = [
    "import { open } from '@cassette/client';",
    "import { useLiveQuery } from '@cassette/hooks/preact';",
    "import type { CassetteDevtoolsProps } from '@cassette/devtools/react';",
    "import type { JSX as Preact } from 'preact';",
    "import type { JSX as React } from 'react';",
    "export const rows = async () => (await (await open({ name: 'a' })).execute('SELECT 1')).rows.length satisfies number;",
    "export const live = () => useLiveQuery('SELECT * FROM t').loading satisfies boolean;",
    "document.querySelector('cassette-devtools')?.database satisfies object | null | undefined;",
    "export const dock: React.IntrinsicElements['cassette-devtools']['dock'] & Preact.IntrinsicElements['cassette-devtools']['dock'] = 'right';",
    "export const docked: CassetteDevtoolsProps = { dock: 'right' };",
    '// @ts-expect-error: a store has a name',
    'export const nameless = open({});',
  ];
  writeFileSync(join(project, 'all.ts'), `${source}\n${use.join('\n')}\n`);
  const wrong = await Promise.all(
    resolutions.map(async (resolution) => {
      const name = `tsconfig.${resolution.moduleResolution}.json`;
      const compilerOptions = {
        ...resolution,
        strict: true,
        noEmit: true,
        target: 'es2022',
        skipLibCheck: false,
        types: ['node'],
      };
      const lib = ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'];
      writeFileSync(join(project, name), JSON.stringify({ compilerOptions: { ...compilerOptions, lib }, files: ['all.ts'] }));
      const { code, stdout } = await capture(bin('tsc'), ['-p', name, '--pretty', 'false'], { cwd: project });
      return code === 0 ? [] : [`With moduleResolution ${resolution.moduleResolution}:\n${stdout}`];
    }),
  );
  return wrong.flat();
}

/** Imports under Node what is for Node, and runs the command line. */
async function load(project) {
  const modules = installed(project)
    .filter(({ name }) => name !== '@cassette/client' && name !== '@cassette/cli')
    .flatMap(entries);
  const imports = await capture(
    process.execPath,
    ['--input-type=module', '-e', modules.map((module) => `await import('${module}');`).join('\n')],
    { cwd: project },
  );
  const help = await capture(join(project, 'node_modules/.bin/cassette'), ['--help'], { cwd: project });
  return [
    ...(imports.code === 0 ? [] : [`What is for Node does not load there:\n${imports.stderr}`]),
    ...(help.code === 0 && help.stdout.includes('Usage: cassette')
      ? []
      : [`cassette --help ends with ${help.code}:\n${help.stderr}`]),
  ];
}

/** Bundles one import each. */
async function shake(project) {
  const wrong = [];
  // Vite says to the whole process that it builds for production; the test runner that is started after it would take that for its own.
  const { NODE_ENV } = process.env;
  mkdirSync(join(project, 'shaken'));
  for (const [index, { code, bytes }] of shaken.entries()) {
    const entry = join(project, 'shaken', `${index}.js`);
    writeFileSync(entry, code);
    const result = await build({
      root: project,
      configFile: false,
      logLevel: 'error',
      build: { write: false, minify: false, lib: { entry, formats: ['es'] }, rolldownOptions: { external: [/^preact/] } },
    });
    const chunks = result[0].output.filter(({ type }) => type === 'chunk');
    const size = chunks.reduce((sum, chunk) => sum + chunk.code.length, 0);
    console.log(`${code} is ${size} bytes of at most ${bytes}`);
    if (size > bytes) {
      const rendered = chunks.flatMap((chunk) => Object.entries(chunk.modules));
      const largest = rendered.sort(([, a], [, b]) => b.renderedLength - a.renderedLength).slice(0, 5);
      const list = largest.map(([id, { renderedLength }]) => `${renderedLength} ${id}`).join('\n  ');
      wrong.push(`${code} brings ${size} bytes, more than ${bytes}:\n  ${list}`);
    }
  }
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
  return wrong;
}

function arrayBuffer(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
