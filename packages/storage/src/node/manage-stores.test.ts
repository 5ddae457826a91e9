import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { destroyNodeStore, listNodeStores, NodeStorage, renameNodeStore } from './index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-stores-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

async function make(name: string): Promise<void> {
  const storage = new NodeStorage(at(name));
  await storage.acquire();
  await storage.catalog.commit({ put: new Map([['name', name]]) });
  await storage.close();
}

async function nameIn(name: string): Promise<unknown> {
  const storage = new NodeStorage(at(name));
  await storage.acquire();
  try {
    return (await storage.catalog.load()).get('name');
  } finally {
    await storage.close();
  }
}

test('stores of a directory are listed; what is none is not', async () => {
  expect(listNodeStores(at('nowhere'))).toEqual([]);
  await make('b');
  await make('a');
  mkdirSync(at('other'));
  writeFileSync(at('file'), '');
  expect(listNodeStores(folder)).toEqual(['a', 'b']);
});

test('a store gets another name, unless that is taken or somebody has it open', async () => {
  await make('a');
  await make('b');
  await expect(renameNodeStore(at('a'), at('b'))).rejects.toMatchObject({ code: 'STORE_EXISTS' });
  await expect(renameNodeStore(at('x'), at('y'))).rejects.toMatchObject({ code: 'NOT_A_STORE' });
  const open = new NodeStorage(at('a'));
  await open.acquire();
  await expect(renameNodeStore(at('a'), at('c'))).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await open.close();
  await renameNodeStore(at('a'), at('deep/c'));
  expect([listNodeStores(folder), listNodeStores(at('deep'))]).toEqual([['b'], ['c']]);
  expect(await nameIn('deep/c')).toBe('a');
});

test('a store is removed, unless somebody has it open, and nothing else is', async () => {
  await make('a');
  const open = new NodeStorage(at('a'));
  await open.acquire();
  await expect(destroyNodeStore(at('a'))).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await open.close();
  await destroyNodeStore(at('a'));
  expect(existsSync(at('a'))).toBe(false);
  await destroyNodeStore(at('a'));
  mkdirSync(at('photos'));
  writeFileSync(at('photos/1.jpg'), '');
  await expect(destroyNodeStore(at('photos'))).rejects.toMatchObject({ code: 'NOT_A_STORE' });
  await expect(destroyNodeStore(folder)).rejects.toMatchObject({ code: 'NOT_A_STORE' });
});
