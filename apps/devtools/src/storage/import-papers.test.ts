import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { papersOf } from './import-papers.ts';

const listed = (name: string, text: string) => ({
  name,
  size: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
});

const manifest = {
  kind: 'cassette-export',
  version: 1,
  id: '0123',
  since: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  format: 'nb',
  incomplete: [],
  sstables: [{ components: [listed('k/t/nb-1-big-Data.db', 'rows'), listed('k/t/nb-1-big-TOC.txt', 'names')] }],
  files: [listed('k/schema.cql', 'CREATE')],
};

function folder(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([path, text]) => ({ path, file: new File([text], path.split('/').at(-1)!) }));
}

test('a manifest is told with what it lists, all of it as it says', async () => {
  const papers = await papersOf(
    folder({
      'out/manifest.json': JSON.stringify(manifest),
      'out/k/t/nb-1-big-Data.db': 'rows',
      'out/k/t/nb-1-big-TOC.txt': 'names',
      'out/k/schema.cql': 'CREATE',
    }),
  );
  expect(papers).toEqual({
    kind: 'manifest',
    id: '0123',
    since: null,
    createdAt: '2026-01-02T03:04:05.000Z',
    format: 'nb',
    incomplete: 0,
    files: 3,
    troubles: [],
  });
});

test('files that are missing, longer, or of other bytes are named', async () => {
  const papers = await papersOf(
    folder({
      'manifest.json': JSON.stringify(manifest),
      'k/t/nb-1-big-Data.db': 'sowr',
      'k/t/nb-1-big-TOC.txt': 'names and more',
    }),
  );
  expect(papers).toMatchObject({
    troubles: [
      { name: 'k/t/nb-1-big-Data.db', trouble: 'other checksum' },
      { name: 'k/t/nb-1-big-TOC.txt', trouble: 'other size' },
      { name: 'k/schema.cql', trouble: 'missing' },
    ],
  });
});

test('no manifest is none, one of somebody else is none, and one that is no JSON says so', async () => {
  expect(await papersOf(folder({ 'nb-1-big-Data.db': 'rows' }))).toBeNull();
  expect(await papersOf(folder({ 'manifest.json': '{"files": ["nb-1-big-Data.db"]}' }))).toBeNull();
  expect(await papersOf(folder({ 'manifest.json': '{' }))).toMatchObject({ kind: 'unreadable' });
});
