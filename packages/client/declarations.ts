// Makes dist/index.d.ts stand by itself: an app that copies dist/ has none of our other packages beside it.

import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Where tsc puts this package's own declarations. */
const made = join(here, '.declarations');

/** A package whose declarations are needed. */
interface Source {
  /** Where its dependencies lie in node_modules. */
  readonly home: string;
  /** What the paths of its declarations are relative to. */
  readonly folder: string;
  readonly name: string;
  /** The declarations of `.` or of `./a/subpath`. */
  entry(subpath: string): string;
}

const own: Source = { home: here, folder: made, name: 'client', entry: () => 'index.d.ts' };
const sources = new Map<string, Source>();

/** The package that a specifier names, as it is installed for the package that imports it. */
function sourceOf(specifier: string, importer: Source): { source: Source; entry: string } {
  const parts = specifier.split('/');
  const packageName = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  let source = sources.get(packageName);
  if (source === undefined) {
    const folder = realpathSync(join(importer.home, 'node_modules', packageName));
    const { exports: entries, types } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    source = {
      home: folder,
      folder,
      name: packageName.replace(/^@cassette\//, ''),
      entry: (subpath) => entries?.[subpath]?.types ?? types,
    };
    sources.set(packageName, source);
  }
  return { source, entry: source.entry(['.', ...parts].join('/')) };
}

/** Copies a declaration file and all that it imports below `target`, imports rewritten to lead there. */
function copy(source: Source, file: string, target: string, done: Map<string, string>): string {
  const from = join(source.folder, file);
  const known = done.get(from);
  if (known !== undefined) return known;
  const to = join(target, source.name, file.replace(/^(\.\/)?dist\//, ''));
  done.set(from, to);
  const text = readFileSync(from, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*\n?/m, '')
    .replace(
      /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\2/g,
      (_, before: string, quote: string, specifier: string) => {
        const imported = specifier.startsWith('.')
          ? copy(source, join(dirname(file), specifier.replace(/\.[jt]s$/, '')).concat('.d.ts'), target, done)
          : copyEntry(specifier, source, target, done);
        const path = relative(dirname(to), imported).replace(/\.d\.ts$/, '.js');
        return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
      },
    );
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  return to;
}

function copyEntry(specifier: string, importer: Source, target: string, done: Map<string, string>): string {
  const { source, entry } = sourceOf(specifier, importer);
  return copy(source, entry, target, done);
}

/** Gathers below dist/types/ every declaration that the client's own need, after tsc has made them. */
export function declarations(): Plugin {
  return {
    name: 'cassette-declarations',
    closeBundle() {
      const target = join(here, 'dist/types');
      rmSync(target, { recursive: true, force: true });
      copy(own, 'index.d.ts', target, new Map());
      writeFileSync(join(here, 'dist/index.d.ts'), "export * from './types/client/index.js';\n");
      // Imported for what it does.
      writeFileSync(join(here, 'dist/parts.d.ts'), 'export {};\n');
    },
  };
}
