import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTable } from '../simulation/store-model.ts';
import { SmallStore } from '../testing/small-store.ts';
import { schemaOf } from '../testing/tables.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { WriteEngine } from '../write-engine/index.ts';

let directory: string;
let catalog: string;
const store = new SmallStore();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cassette-damaged-catalog-'));
  catalog = join(directory, 'catalog');
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(): Promise<WriteEngine> {
  const { clock } = store;
  return WriteEngine.open({
    storage: new NodeStorage(directory),
    clock,
    scheduler: new TestScheduler(),
    random: seededRandom(1),
  });
}

/** A store with 50 rows in an SSTable, and 5 in the WAL. */
async function fill(): Promise<void> {
  const engine = await open();
  await engine.changeSchema(schemaOf(...store.tables));
  for (let c = 0; c < 50; c++) await engine.apply(store.mutation(1, c));
  await engine.flush();
  for (let c = 50; c < 55; c++) await engine.apply(store.mutation(1, c));
  await engine.close();
}

const dataFiles = (): string[] => readdirSync(directory).filter((name) => name.includes('-Data.db'));

describe('a store on a disk whose catalog', () => {
  test('has a flipped bit in its last transaction is read whole, and the damage is told', async () => {
    await fill();
    const whole = readFileSync(catalog);
    const files = readdirSync(directory).filter((name) => !name.startsWith('wal'));
    for (let fromEnd = 5; fromEnd < 400; fromEnd += 37) {
      const bytes = whole.slice();
      bytes[bytes.length - fromEnd] ^= 4;
      writeFileSync(catalog, bytes);
      const engine = await open();
      expect(readTable(engine, store.tables[0]).size).toBe(55);
      const { corruption, tornTails, litterSwept, filesSetAside } = engine.recovery;
      expect([...corruption, ...tornTails]).toMatchObject([{ file: catalog }]);
      expect([litterSwept, filesSetAside]).toEqual([[], []]);
      await engine.close();
      expect(readdirSync(directory).filter((name) => !name.startsWith('wal'))).toEqual(files);
    }
  });

  test.each(['removed', 'empty'])('is %s is refused, and nothing of it is touched', async (what) => {
    await fill();
    if (what === 'removed') rmSync(catalog);
    else truncateSync(catalog);
    const files = readdirSync(directory);
    for (let time = 0; time < 2; time++) {
      await expect(open()).rejects.toMatchObject({ code: 'CATALOG_MISSING', data: { store: directory } });
      expect(readdirSync(directory)).toEqual(files);
    }
  });

  test('lost its last transactions keeps the files that they named, under another name, and tells which', async () => {
    await fill();
    const [data] = dataFiles();
    // Into the record of the schema, which is the second: the SSTable and its table are no longer known.
    truncateSync(catalog, 300);
    const before = readFileSync(join(directory, data));
    const engine = await open();
    const { tornTails, filesSetAside, litterSwept, mutationsSkipped, corruption } = engine.recovery;
    expect(tornTails).toEqual([{ file: catalog, offset: expect.any(Number), size: expect.any(Number) }]);
    expect(tornTails[0].offset + tornTails[0].size).toBe(300);
    expect(litterSwept).toEqual([]);
    expect(filesSetAside).toContain(`aside-${data}`);
    expect(readFileSync(join(directory, `aside-${data}`))).toEqual(before);
    // The rows that were in the WAL alone are of a table that nobody knows: its segment goes, they do not.
    expect(mutationsSkipped).toBe(5);
    const setAside = corruption[0].setAside!;
    expect(corruption).toMatchObject([
      { offset: 0, setAside: expect.stringMatching(/^aside-wal-/) },
      { file: expect.stringMatching(/^wal-/), message: expect.stringContaining('changes of the schema are lost') },
    ]);
    await engine.close();
    const kept = [...filesSetAside, setAside].map((name) => [name, statSync(join(directory, name)).size]);
    // And what is written from now on lies beside it.
    await fill();
    expect(kept).toEqual(kept.map(([name]) => [name, statSync(join(directory, String(name))).size]));
  });
});

test('a commit that a crash interrupted behind what was acknowledged costs nothing, and its flush is set aside', async () => {
  const small = new SmallStore();
  await small.open();
  await small.write(1, 1);
  small.storage.failOn('commit', 1);
  await small.engine.flush().catch(() => undefined);
  const left = small.storage.names.filter((name) => name.includes('-nb-1-'));
  for (let time = 0; time < 2; time++) {
    small.storage = small.storage.crash('keep');
    small.storage.catalog.damage = { file: 'catalog', offset: 90, size: 7, atEnd: true, mayHaveLost: true };
    const { recovery } = await small.open();
    expect(recovery.tornTails).toEqual([{ file: 'catalog', offset: 90, size: 7 }]);
    expect(recovery.corruption).toEqual([]);
    expect([...recovery.filesSetAside].sort()).toEqual(time === 0 ? left.map((name) => `aside-${name}`) : []);
    expect(small.rows()).toEqual(['1/1=1']);
  }
});
