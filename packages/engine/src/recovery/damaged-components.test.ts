import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { SmallStore } from '../testing/small-store.ts';
import { intBytes } from '../testing/tables.ts';

const PARTITIONS = 20;

/** A closed store with one SSTable in each of two tables. */
async function flushedStore(): Promise<SmallStore> {
  const store = new SmallStore();
  await store.open();
  for (let k = 0; k < PARTITIONS; k++) await store.write(k, 1);
  await store.write(1, 1, store.tables[1]);
  await store.engine.flush();
  await store.engine.close();
  return store;
}

function fileOf(store: SmallStore, component: string): string {
  return store.storage.names.find((name) => name.endsWith(component))!;
}

/** How many of the first table's partitions are found by their keys. */
function found(store: SmallStore): number {
  let count = 0;
  for (let k = 0; k < PARTITIONS; k++) {
    const cursor = store.engine.read(store.tables[0], { partitions: { keys: [intBytes(k)] } });
    while (cursor.nextPartition()) if (cursor.next() !== 0) count++;
    cursor.close();
  }
  return count;
}

describe('a store with an SSTable', () => {
  test.each(['Filter.db', 'Summary.db'])('whose %s is damaged anywhere finds every row, and tells of it', async (component) => {
    const store = await flushedStore();
    const file = fileOf(store, component);
    const good = store.storage.contentOf(file);
    for (let position = 0; position < good.length; position++) {
      const damaged = good.slice();
      damaged[position] ^= 1 << (position % 8);
      store.storage.place(file, damaged);
      const { recovery } = await store.open();
      expect(recovery.corruption, `byte ${position}`).toMatchObject([
        { file, offset: 0, message: expect.stringMatching(/rebuilt/) },
      ]);
      expect(recovery.sstablesSetAside).toEqual([]);
      expect(found(store), `byte ${position}`).toBe(PARTITIONS);
      await store.engine.close();
    }
  });

  test('that lost its filter and its summary reads as before', async () => {
    const store = await flushedStore();
    const files = [fileOf(store, 'Filter.db'), fileOf(store, 'Summary.db')];
    await store.storage.acquire();
    for (const file of files) await store.storage.remove(file);
    await store.storage.close();
    const { recovery } = await store.open();
    expect(recovery.corruption.map(({ file }) => file).sort()).toEqual(files);
    expect(found(store)).toBe(PARTITIONS);
    // Another form of the table is read with them too.
    await store.engine.changeSchema(store.engine.schema);
    expect(found(store)).toBe(PARTITIONS);
  });

  test.each(['Index.db', 'Statistics.db', 'CompressionInfo.db'])(
    'whose %s is damaged anywhere sets it aside rather than read wrong rows, and opens the rest',
    async (component) => {
      const store = await flushedStore();
      const file = fileOf(store, component);
      const good = store.storage.contentOf(file);
      for (let position = 0; position < good.length; position += 1 + Math.floor(good.length / 100)) {
        const damaged = good.slice();
        damaged[position] ^= 1 << (position % 8);
        store.storage.place(file, damaged);
        const { recovery } = await store.open();
        expect(recovery.corruption, `byte ${position}`).toMatchObject([{ file, offset: 0 }]);
        expect(recovery.sstablesSetAside).toMatchObject([{ table: 'ks.t1', file }]);
        expect([store.rows(), store.rows(store.tables[1])]).toEqual([[], [`1/1=${PARTITIONS + 1}`]]);
        await store.engine.close();
      }
      store.storage.place(file, good);
      expect((await store.open()).recovery.corruption).toEqual([]);
    },
  );

  test('whose filter was rebuilt exports what was rebuilt', async () => {
    const storage = new FaultyStorage({ random: seededRandom(1) });
    const schema = 'CREATE TABLE t (a int PRIMARY KEY, v text)';
    const zipOf = async () => {
      const db = await openDatabase({ storage, schema });
      if (storage.names.every((name) => !name.endsWith('Data.db'))) {
        for (let a = 0; a < 10; a++) await db.execute('INSERT INTO t (a, v) VALUES (?, ?)', [a, 'value']);
      }
      const chunks: Uint8Array[] = [];
      await db.export({ ids: 'generation' }, { write: (chunk) => void chunks.push(chunk) });
      await db.close();
      // The rest tells of the export itself: its id, and when it was made.
      const files = Object.entries(unzipSync(Buffer.concat(chunks)));
      return Object.fromEntries(files.filter(([name]) => name.includes('-big-')));
    };
    const before = await zipOf();
    expect(Object.keys(before).length).toBeGreaterThan(5);
    for (const component of ['Filter.db', 'Summary.db']) {
      storage.flipRandomBit(storage.names.find((name) => name.endsWith(component))!);
    }
    expect(await zipOf()).toEqual(before);
  });
});
