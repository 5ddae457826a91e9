// The arrows between packages, and what each may touch: rules that a reviewer would otherwise have to remember.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Which packages of ours each may import. */
const arrows: Record<string, readonly string[]> = {
  'packages/bytes': [],
  'packages/cql': ['bytes'],
  'packages/sstable': ['bytes', 'cql'],
  'packages/storage': ['bytes'],
  'packages/engine': ['bytes', 'cql', 'sstable', 'storage'],
  'packages/client': ['bytes', 'cql', 'engine', 'storage'],
  'packages/hooks': ['client'],
  'apps/devtools': ['bytes', 'cql', 'sstable', 'storage', 'engine', 'client'],
  'apps/bench': ['bytes', 'cql', 'sstable', 'storage', 'engine', 'client'],
  'apps/cli': ['bytes', 'cql', 'sstable', 'storage', 'engine'],
};

/** What code that must run everywhere does not call, and who may all the same. */
const forbidden: readonly { what: RegExp; in: readonly string[]; except: readonly string[]; why: string }[] = [
  {
    what: /\b(Date\.now|performance\.now|Math\.random)\b/,
    in: ['packages/bytes', 'packages/cql', 'packages/sstable', 'packages/engine'],
    except: [
      'packages/engine/src/clock/system-clock.ts',
      'packages/engine/src/scheduler/',
      'packages/cql/src/values/platform.ts',
    ],
    why: 'time and randomness are handed in',
  },
  {
    what: /\b(document|navigator|indexedDB|localStorage)\.|\bwindow\.(location|document|navigator|addEventListener)\b/,
    in: ['packages/bytes', 'packages/cql', 'packages/sstable', 'packages/engine'],
    except: ['packages/engine/src/scheduler/'],
    why: 'only storage touches the browser’s storage, only client touches the page',
  },
  {
    what: /from 'node:/,
    in: ['packages/bytes', 'packages/cql', 'packages/sstable', 'packages/engine', 'packages/client', 'apps/devtools/src'],
    except: [],
    why: 'it runs in a browser',
  },
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist|testing|simulation)\//.test(file));
}

/** Code without comments: a comment may name what code may not call. */
function code(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

test.each(Object.entries(arrows))('%s imports only what stands below it', (folder, allowed) => {
  const wrong = sources(`${folder}/src`).flatMap((file) =>
    [...code(file).matchAll(/from '@cassette\/([a-z]+)/g)]
      .filter(([, name]) => !allowed.includes(name))
      .map(([, name]) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

test.each(forbidden)('$what stays out: $why', (rule) => {
  const wrong = rule.in
    .flatMap((folder) => sources(folder.includes('/src') ? folder : `${folder}/src`))
    .filter((file) => !rule.except.some((place) => file.startsWith(place)))
    .filter((file) => rule.what.test(code(file)));
  expect(wrong).toEqual([]);
});
