import { afterEach, expect, test, vi } from 'vitest';
import { COPY_MARK } from '../encrypted/unfinished-copy.ts';
import { encodeSnapshot, encodeTransaction } from '../shared/catalog-journal.ts';
import { listOpfsStores, listUnfinishedCopies } from './manage-stores.ts';

afterEach(() => vi.unstubAllGlobals());

/** A folder as browsers give it, of files (bytes, or what reading them throws) and folders. */
function folder(entries: ReadonlyMap<string, Uint8Array | DOMException | object>): object {
  const find = async (name: string) => {
    const found = entries.get(name);
    if (found === undefined) throw new DOMException('No', 'NotFoundError');
    return found;
  };
  return {
    kind: 'directory',
    entries: async function* () {
      yield* entries;
    },
    getDirectoryHandle: find,
    getFileHandle: async (name: string) => {
      const content = await find(name);
      return {
        getFile: async () => {
          if (content instanceof DOMException) throw content;
          const bytes = content as Uint8Array<ArrayBuffer>;
          return { size: bytes.length, arrayBuffer: async () => bytes.slice().buffer };
        },
      };
    },
  };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

test('what copies left that were interrupted is told apart from stores by the mark in its catalog', async () => {
  const marked = encodeTransaction({ puts: [[COPY_MARK, 'true']], deletes: [] });
  const done = encodeTransaction({ puts: [['store', '{}']], deletes: [COPY_MARK] });
  const none = encodeSnapshot(new Map());
  const large = encodeSnapshot(new Map([['store', JSON.stringify('x'.repeat(10_000))]]));
  const stores = new Map<string, object>([
    ['begun', folder(new Map([['catalog', joined(none, marked)]]))],
    [
      'half',
      folder(
        new Map([
          ['catalog', joined(none, marked)],
          ['wal-0000000001.log', new Uint8Array(9)],
        ]),
      ),
    ],
    ['copied', folder(new Map([['catalog', joined(none, marked, done)]]))],
    ['large', folder(new Map([['catalog', large]]))],
    ['being%20made', folder(new Map())],
    ['kept', folder(new Map([['catalog', new DOMException('In use', 'NotReadableError')]]))],
    ['torn', folder(new Map([['catalog', joined(none, marked.slice(0, 9))]]))],
    ['damaged', folder(new Map([['catalog', new Uint8Array(100).fill(7)]]))],
    ['not..one', folder(new Map())],
  ]);
  const root = folder(new Map([['cassette', folder(stores)]]));
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
  expect(await listUnfinishedCopies()).toEqual(['begun', 'half']);
  const all = ['begun', 'being made', 'copied', 'damaged', 'half', 'kept', 'large', 'torn'];
  expect(await listOpfsStores()).toEqual(all);
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder(new Map()) } });
  expect([await listUnfinishedCopies(), await listOpfsStores()]).toEqual([[], []]);
});
