// The code of the READMEs, compiled against the packages as they are: names, arguments and types are those of today. Guides are run
// (e2e/guides.spec.ts); a README's blocks show what is called, with names that stand for the reader's own, which are declared here.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../scripts/tools/run.mjs';
import { bin, cache, root } from '../scripts/tools/workspace.mjs';

const database = "import type { RemoteDatabase } from '@cassette/client'; declare const db: RemoteDatabase;";

const sstable = `import type { SSTableSources } from '@cassette/sstable'; import type { TableMetadata } from '@cassette/cql';
  declare const sources: SSTableSources; declare function print(...what: readonly unknown[]): void;`;

/** What `cassette types` makes of such a schema and queries. */
const made = `import type { NoRow, TypedStatement } from '@cassette/client';
export interface ReadingsInsert { readonly sensor: string; readonly ts: Date | bigint | number; readonly value?: number | null | undefined }
export const insertReadings = 'INSERT INTO …' as TypedStatement<ReadingsInsert, NoRow>;
type FindReadingsParams = readonly [sensor: string, ts: Date | bigint | number, limit: number];
interface FindReadingsRow { readonly ts: Date; readonly v: number | null }
export const findReadings = 'SELECT …' as TypedStatement<FindReadingsParams, FindReadingsRow>;
`;

/** By README and number of its block: what is the reader's own in it. Null: the block is no program. */
const readers = {
  'README.md 1': `${database} import { useLiveQuery } from '@cassette/hooks/react';
    declare const draw: (rows: readonly unknown[], patch: unknown) => void; declare const position: string; declare const sensor: string;`,
  'README.md 3': `import { changePassphrase, copyStore, open } from '@cassette/client'; declare const passphrase: string; declare const another: string;`,
  'packages/client/README.md 0': 'declare const button: HTMLButtonElement;',
  'packages/client/README.md 1': `${database} declare const show: (rows: readonly unknown[], patch: unknown) => void;`,
  'packages/client/README.md 2': `${database} declare const lastTaken: () => Promise<string | null>; declare const signal: AbortSignal;
    declare const upload: (...what: readonly unknown[]) => Promise<void>; declare const remember: (position: string) => Promise<void>;`,
  'packages/client/README.md 3': `${database} import { formatTrace } from '@cassette/client';`,
  'packages/client/README.md 4': `${database} declare const file: File; declare const zip: Blob; declare const folderInput: { readonly files: FileList };
    declare const onProgress: () => void; declare const signal: AbortSignal;`,
  'packages/client/README.md 5': `${database} import type { TypedStatement } from '@cassette/client'; import type { ReadingsInsert } from './cql.ts';
    declare const touch: TypedStatement<readonly [string], never>; declare const row: ReadingsInsert; declare const rows: readonly ReadingsInsert[]; declare const since: Date;`,
  'packages/cql/README.md 0': `import type { CreateTableStatement, KeyspaceMetadata, Uuid } from '@cassette/cql'; declare const id: Uuid;
    declare const keyspace: KeyspaceMetadata; declare const source: string;`,
  'packages/sstable/README.md 0': `${sstable} import type { UnfilteredCursor } from '@cassette/sstable';
    declare const table: TableMetadata; declare const key: never; declare const slices: never; declare const sink: never;
    declare const merged: UnfilteredCursor; declare const nowInSeconds: number; declare const use: (...what: readonly unknown[]) => void;`,
  'packages/sstable/README.md 1': `${sstable} import { nb } from '@cassette/sstable';`,
  'packages/storage/README.md 1': `import { NodeStorage } from '@cassette/storage'; declare const passphrase: string;`,
  'packages/hooks/README.md 0': `declare const schema: string; import { createRoot } from 'react-dom/client'; const root = createRoot(document.body);
    const Todo = ({ row }: { row: unknown }) => <li>{String(row)}</li>; type Row = { id: string };`,
};

const files = [
  'README.md',
  ...['bytes', 'client', 'cql', 'engine', 'hooks', 'sstable', 'storage'].map((name) => `packages/${name}/README.md`),
  'apps/devtools/README.md',
];
const folder = join(cache, 'readmes');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

writeFileSync(join(folder, 'cql.ts'), made);
let blocks = 0;
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const code = [...text.matchAll(/^```(ts|tsx|js|html)\n([\s\S]*?)^```$/gm)];
  for (const [number, [, language, block]] of code.entries()) {
    const own = readers[`${file} ${number}`] ?? '';
    if (own === null) continue;
    blocks++;
    const program = language === 'html' ? /<script type="module">\n([\s\S]*?)<\/script>/.exec(block)[1] : block;
    const name = `${file.replace(/\W/g, '-')}-${number}.tsx`;
    const compiled = program
      .replaceAll("'./client/index.js'", "'@cassette/client'")
      .replace(/^.*\/\/ does not compile/gm, '// @ts-expect-error\n$&');
    writeFileSync(join(folder, name), `${own}\n${compiled}\nexport {};\n`);
  }
}

/** Where a program finds the packages' sources, and what hooks are written for. */
const paths = { react: ['packages/hooks/node_modules/@types/react'], 'react/*': ['packages/hooks/node_modules/@types/react/*'] };
paths['react-dom/*'] = ['packages/hooks/node_modules/@types/react-dom/*'];
for (const name of ['bytes', 'client', 'cql', 'engine', 'hooks', 'sstable', 'storage']) {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  for (const [path, { source }] of Object.entries(exports)) {
    if (source !== undefined) paths[`@cassette/${name}${path.slice(1)}`] = [join('packages', name, source)];
  }
}
// What is built of it: its sources are JSX of another framework.
paths['@cassette/devtools'] = ['apps/devtools/dist-element/index.d.ts'];
for (const targets of Object.values(paths)) for (const i of targets.keys()) targets[i] = join(root, targets[i]);

const compilerOptions = {
  noEmit: true,
  jsx: 'react-jsx',
  jsxImportSource: 'react',
  paths,
  noUnusedLocals: false,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
};
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts', '*.tsx'] }),
);
const { code, stdout } = await capture(bin('tsc'), ['-p', folder], { cwd: root });
console.log(stdout + (code === 0 ? `${blocks} blocks of READMEs compile` : 'The READMEs show code that does not compile'));
process.exitCode = code === 0 && blocks > 0 ? 0 : 1;
