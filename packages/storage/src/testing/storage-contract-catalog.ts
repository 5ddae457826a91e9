import type { CatalogChanges, CatalogValue, Storage } from '../storage.ts';
import { failsWith, same } from './expect.ts';
import type { StorageContractCase } from './storage-contract-cases.ts';

/** The promises of the catalog. */
export const catalogCases: readonly StorageContractCase[] = [
  catalogCase('a new catalog is empty', async (reopen) => {
    same(await (await reopen()).catalog.load(), new Map(), 'catalog');
  }),
  catalogCase('a commit puts and deletes, and survives reopening', async (reopen) => {
    const { catalog } = await reopen();
    await catalog.commit(
      changes([
        ['a', 1],
        ['b', { list: [1, 'two', null, true], nested: { x: -0.5 } }],
        ['c', 'text'],
      ]),
    );
    await catalog.commit(changes([['a', 2]], ['c', 'never there']));
    const expected = new Map<string, CatalogValue>([
      ['a', 2],
      ['b', { list: [1, 'two', null, true], nested: { x: -0.5 } }],
    ]);
    same(await catalog.load(), expected, 'before');
    same(await (await reopen()).catalog.load(), expected, 'after');
  }),
  catalogCase('within a transaction deletes come before puts', async (reopen) => {
    const { catalog } = await reopen();
    await catalog.commit(changes([['a', 1]]));
    await catalog.commit(changes([['a', 2]], ['a']));
    same(await (await reopen()).catalog.load(), new Map([['a', 2]]), 'catalog');
  }),
  catalogCase('commits that are under way together take effect in the order of the calls', async (reopen) => {
    const { catalog } = await reopen();
    const commits: Promise<void>[] = [];
    for (let i = 0; i < 20; i++)
      commits.push(
        catalog.commit(
          changes(
            [
              ['last', i],
              [`k${i}`, i],
            ],
            i > 0 ? [`k${i - 1}`] : [],
          ),
        ),
      );
    await Promise.all(commits);
    same(
      await catalog.load(),
      new Map([
        ['k19', 19],
        ['last', 19],
      ]),
      'catalog',
    );
  }),
  catalogCase('what load gives and commit takes is the caller’s own', async (reopen) => {
    const { catalog } = await reopen();
    const value = { list: [1] };
    const commit = catalog.commit(changes([['a', value]]));
    value.list.push(2);
    await commit;
    const loaded = await catalog.load();
    (loaded.get('a') as { list: number[] }).list.push(3);
    loaded.delete('a');
    same(await catalog.load(), new Map([['a', { list: [1] }]]), 'catalog');
  }),
  catalogCase('keys and texts of any characters come back as they were', async (reopen) => {
    const { catalog } = await reopen();
    const words = ['', '__proto__', 'constructor', 'a"b\\c\n', 'ключ', '🙂', '\u0000', '\u2028'];
    await catalog.commit(changes(words.map((word) => [word, { [`_${word}`]: word }])));
    same(await (await reopen()).catalog.load(), new Map(words.map((word) => [word, { [`_${word}`]: word }])), 'catalog');
  }),
  catalogCase('a value that is not plain JSON is refused, and with it the whole transaction', async (reopen) => {
    const { catalog } = await reopen();
    const bad = [undefined, Number.NaN, new Date(0), [1, () => 1], { a: 1n }, new Map()];
    for (const value of bad) {
      const put = new Map<string, CatalogValue>([['good', 1]]);
      put.set('bad', value as unknown as CatalogValue);
      await failsWith('INVALID_CATALOG_VALUE', () => catalog.commit({ put }));
    }
    same(await (await reopen()).catalog.load(), new Map(), 'catalog');
  }),
  catalogCase('an empty transaction is fine', async (reopen) => {
    const { catalog } = await reopen();
    await catalog.commit({});
    same(await (await reopen()).catalog.load(), new Map(), 'catalog');
  }),
  catalogCase('hundreds of commits and large values leave what the last ones say', async (reopen) => {
    const { catalog } = await reopen();
    const expected = new Map<string, CatalogValue>();
    for (let i = 0; i < 300; i++) {
      const key = `sstable/${i % 37}`;
      const value = { generation: i, note: 'x'.repeat(i * 7) };
      const dropped = `sstable/${(i * 5) % 37}`;
      expected.delete(dropped);
      expected.set(key, value);
      await catalog.commit(changes([[key, value]], [dropped]));
    }
    same(await catalog.load(), expected, 'before');
    same(await (await reopen()).catalog.load(), expected, 'after');
  }),
];

/** `reopen` closes the store, if it is open, and acquires it again. */
function catalogCase(name: string, body: (reopen: () => Promise<Storage>) => Promise<void>): StorageContractCase {
  return {
    name: `catalog: ${name}`,
    run: async (storage) => {
      try {
        await body(async () => {
          await storage.close();
          await storage.acquire();
          return storage;
        });
      } finally {
        await storage.close();
      }
    },
  };
}

function changes(put: readonly (readonly [string, CatalogValue])[], deletes: readonly string[] = []): CatalogChanges {
  return { put: new Map(put), delete: deletes };
}
