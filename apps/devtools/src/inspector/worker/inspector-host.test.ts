import { CorruptionError } from '@cassette/bytes';
import { beforeEach, describe, expect, test } from 'vitest';
import { zipMadeOf } from '../../../../../packages/engine/src/import/testing/zips.ts';
import type { InspectedSSTable, VerifyFinding } from './inspector.ts';
import { InspectorHost } from './inspector-host.ts';
import { BytesBlob } from './testing/bytes-blob.ts';
import { dropped, goldenFiles } from './testing/golden-files.ts';
import { directoryOf, type FakeFolder } from './testing/private-files.ts';

const WIDE = 'da/wide/sstables/g/blocks';
const RANGES = 'nb/range_tombstones/sstables/g/rt_asc';

let clock = 0;
let host: InspectorHost;

beforeEach(() => {
  clock = 0;
  host = hostOver(async () => {
    throw new DOMException('not here', 'SecurityError');
  });
});

function hostOver(privateFiles: () => Promise<FileSystemDirectoryHandle>): InspectorHost {
  return new InspectorHost({
    readBlob: (blob) => (blob as unknown as BytesBlob).now(),
    makeBlob: (chunks) => new BytesBlob(new Uint8Array(chunks.flatMap((chunk) => [...chunk]))) as unknown as Blob,
    privateFiles,
    now: () => clock++ * 10,
    pause: () => Promise.resolve(),
  });
}

function ignore(): void {
  // What is told does not matter.
}

async function opened(path: string): Promise<InspectedSSTable> {
  const { added } = await host.addFiles(dropped(goldenFiles(path)));
  expect(added).toHaveLength(1);
  return added[0];
}

describe('files that were dropped', () => {
  test('become SSTables, named as their folders name them', async () => {
    const sstable = await opened(WIDE);
    expect(sstable).toMatchObject({ name: 'da-1-bti', keyspace: 'g', table: 'blocks', version: 'da' });
    expect(sstable.components.map(({ component, size, uncompressedSize }) => [component, size, uncompressedSize])).toEqual([
      ['Data.db', 2688, 137685],
      ['Partitions.db', 59, 0],
      ['Rows.db', 130, 0],
      ['Filter.db', 16, 0],
      ['Statistics.db', 5055, 0],
      ['CompressionInfo.db', 111, 0],
      ['Digest.crc32', 10, 0],
      ['TOC.txt', 94, 0],
    ]);
  });

  test('of a node’s folders give keyspace and table without ids; what is no SSTable is told', async () => {
    const [data] = goldenFiles(RANGES);
    const { added, ignored } = await host.addFiles(
      dropped([
        { path: `data/shop/orders-${'0123456789abcdef'.repeat(2)}/snapshots/monday/nb-7-big-Data.db`, bytes: data.bytes },
        { path: 'notes/<b>readme.txt', bytes: data.bytes },
        { path: 'la-1-big-Data.db', bytes: data.bytes },
      ]),
    );
    expect(added.map(({ keyspace, table, name }) => [keyspace, table, name])).toEqual([['shop', 'orders', 'nb-7-big']]);
    expect(ignored).toEqual([
      'notes/<b>readme.txt: "<b>readme.txt" is not the name of an SSTable file: it needs four parts with "-" between them',
      expect.stringContaining('la-1-big-Data.db: SSTable version la-big is not supported'),
    ]);
  });

  test('that belong to one SSTable are put together, whenever they come', async () => {
    const files = goldenFiles(RANGES);
    const first = await host.addFiles(dropped(files.slice(0, 3)));
    const second = await host.addFiles(dropped(files.slice(3)));
    expect(second.added[0].id).toBe(first.added[0].id);
    expect(second.added[0].components).toHaveLength(files.length);
    expect((await host.partitions(second.added[0].id, 0, 100)).length).toBeGreaterThan(0);
  });

  test.each([false, true])('in a zip are opened in it (deflated: %s)', async (deflate) => {
    const entries = goldenFiles(WIDE).map(({ path, bytes }) => ({
      name: path.replace('da/wide/sstables/', ''),
      content: bytes,
      deflate,
    }));
    const zip = zipMadeOf([...entries, { name: 'schema.cql', content: new TextEncoder().encode('-- nothing') }]);
    const { added, ignored } = await host.addFiles(dropped([{ path: 'export.zip', bytes: zip }]));
    expect(ignored).toEqual([]);
    expect(added.map(({ keyspace, table }) => [keyspace, table])).toEqual([['g', 'blocks']]);
    expect(await host.verify(added[0].id, ignore)).toBe(true);
  });

  test('that are no zip though they are called so are told', async () => {
    const { added, ignored } = await host.addFiles(dropped([{ path: 'odd.zip', bytes: new Uint8Array(100) }]));
    expect([added, ignored]).toEqual([[], [expect.stringContaining('odd.zip: it is no zip')]]);
  });

  test('and removed give a typed error', async () => {
    const files = goldenFiles(RANGES).map(({ path, bytes }) => ({ path, file: new BytesBlob(bytes) }));
    const { added } = await host.addFiles(files as unknown as Parameters<InspectorHost['addFiles']>[0]);
    for (const { file } of files) file.isGone = true;
    await expect(host.facts(added[0].id)).rejects.toMatchObject({ code: 'FILE_GONE', data: { file: 'nb-1-big-Statistics.db' } });
    await expect(host.remove(added[0].id).then(() => host.facts(added[0].id))).rejects.toMatchObject({ code: 'NOT_INSPECTED' });
  });
});

describe('a store of this origin', () => {
  const TABLE = '2a6f'.repeat(8);
  const filesOf = (generation: number): FakeFolder =>
    Object.fromEntries(
      goldenFiles(RANGES).map(({ path, bytes }) => {
        const component = path.slice(path.lastIndexOf('-') + 1);
        return [`${TABLE}-nb-${generation}-big-${component}`, new BytesBlob(bytes)];
      }),
    );

  function hostWith(stores: FakeFolder): InspectorHost {
    return hostOver(async () => directoryOf({ cassette: stores }));
  }

  test('has its SSTables in one folder, beside its log and catalog', async () => {
    host = hostWith({
      'my%20store': { ...filesOf(3), ...filesOf(4), catalog: new BytesBlob(new Uint8Array(9)) },
      other: filesOf(1),
    });
    const sstables = await host.addStore('my store');
    expect(sstables.map(({ name, keyspace, table }) => [name, keyspace, table])).toEqual([
      ['nb-3-big', '', ''],
      ['nb-4-big', '', ''],
    ]);
    expect(sstables.map(({ tableId }) => tableId)).toEqual([TABLE, TABLE]);
    expect((await host.partitions(sstables[1].id, 0, 10)).length).toBeGreaterThan(0);
  });

  test('that was compacted meanwhile has others; those that are gone are forgotten, the rest keep their ids', async () => {
    const folder: Record<string, FakeFolder | BytesBlob> = { ...filesOf(3), ...filesOf(4) };
    host = hostWith({ shop: folder });
    const [third, fourth] = await host.addStore('shop');
    for (const name of Object.keys(folder)) if (name.includes('-nb-3-')) delete folder[name];
    Object.assign(folder, filesOf(5));
    const after = await host.addStore('shop');
    expect(after.map(({ name, id }) => [name, id])).toEqual([
      ['nb-4-big', fourth.id],
      ['nb-5-big', expect.not.stringMatching(third.id)],
    ]);
    await expect(host.facts(third.id)).rejects.toMatchObject({ code: 'NOT_INSPECTED' });
  });

  test('is looked through again without adding files that are as they were', async () => {
    const at = (blob: BytesBlob, lastModified: number) => Object.assign(blob, { lastModified });
    const first = Object.entries(filesOf(3) as Record<string, BytesBlob>).map(([name, blob]) => [name, at(blob, 7)] as const);
    const folder: Record<string, BytesBlob> = Object.fromEntries(first);
    host = hostWith({ shop: folder });
    const [{ id }] = await host.addStore('shop');
    const data = `${TABLE}-nb-3-big-Data.db`;
    const before = await host.bytes(id, 'Data.db', 'file', 0, 8);
    const other = new Uint8Array(folder[data].size).fill(9);
    folder[data] = at(new BytesBlob(other), 7);
    await host.addStore('shop');
    expect(await host.bytes(id, 'Data.db', 'file', 0, 8)).toEqual(before);
    folder[data] = at(new BytesBlob(other), 8);
    await host.addStore('shop');
    expect(await host.bytes(id, 'Data.db', 'file', 0, 8)).toEqual(other.subarray(0, 8));
  });

  test('whose files vanish while they are listed or read gives what is left, and a typed error', async () => {
    const folder: Record<string, BytesBlob> = { ...(filesOf(3) as Record<string, BytesBlob>) };
    folder[`${TABLE}-nb-3-big-Summary.db`].isGone = true;
    host = hostWith({ shop: folder });
    const [sstable] = await host.addStore('shop');
    expect(sstable.components.map(({ component }) => component)).not.toContain('Summary.db');
    for (const file of Object.values(folder)) file.isGone = true;
    await expect(host.bytes(sstable.id, 'Data.db', 'file', 0, 10)).rejects.toMatchObject({ code: 'FILE_GONE' });
  });

  test('that is encrypted, or not there, or can’t be looked at, is told', async () => {
    host = hostWith({ secret: { ...filesOf(1), 'encryption-key': new BytesBlob(new Uint8Array(1)) } });
    await expect(host.addStore('secret')).rejects.toMatchObject({ code: 'STORE_ENCRYPTED' });
    await expect(host.addStore('nowhere')).rejects.toMatchObject({ code: 'NO_SUCH_STORE' });
    host = hostOver(async () => directoryOf({}));
    await expect(host.addStore('nowhere')).rejects.toMatchObject({ code: 'NO_SUCH_STORE' });
    host = hostOver(() => Promise.reject(new DOMException('in a private window', 'SecurityError')));
    await expect(host.addStore('shop')).rejects.toMatchObject({ code: 'NO_PRIVATE_FILES' });
  });
});

describe('an SSTable', () => {
  test('tells its facts', async () => {
    const { id } = await opened(WIDE);
    const facts = await host.facts(id);
    expect([facts.rows, facts.partitions, facts.partitionSizes, facts.cellsPerPartition, facts.tombstoneTimes]).toEqual([
      ...[55, 3],
      ...[
        [
          [535, 1],
          [642, 1],
          [152321, 1],
        ],
        [
          [1, 1],
          [20, 1],
          [35, 1],
        ],
        [[1700000040, 68]],
      ],
    ]);
    expect(facts.schema.split('\n')).toEqual([
      'CREATE TABLE g.blocks (',
      '    "PartitionKey" int,',
      '    clustering int,',
      '    s text static,',
      '    v frozen<list<bigint>>,',
      '    PRIMARY KEY ("PartitionKey", clustering)',
      ') WITH CLUSTERING ORDER BY (clustering ASC);',
    ]);
    expect(facts.groups.find(({ title }) => title === 'Keys')?.facts.slice(0, 2)).toEqual([
      { name: 'first key', value: '1 at token -4069959284402364209' },
      { name: 'last key', value: '3 at token 9010454139840013625' },
    ]);
  });

  test('lists its partitions and finds them by key and token', async () => {
    const { id } = await opened(WIDE);
    const partitions = await host.partitions(id, 0, 10);
    expect(partitions).toEqual([
      { index: 0, key: '1', token: '-4069959284402364209', position: 0, size: 136638, deletion: '' },
      { index: 1, key: '2', token: '-3248873570005575792', position: 136638, size: 573, deletion: '' },
      { index: 2, key: '3', token: '9010454139840013625', position: 137211, size: 474, deletion: '' },
    ]);
    expect(await host.partitions(id, 1, 1)).toEqual([partitions[1]]);
    expect(await host.find(id, { key: '2' })).toEqual(partitions[1]);
    expect(await host.find(id, { key: '7' })).toBe(null);
    expect(await host.find(id, { token: '-9223372036854775808' })).toEqual(partitions[0]);
    expect(await host.find(id, { token: '0' })).toEqual(partitions[2]);
    expect(await host.find(id, { token: '9223372036854775807' })).toBe(null);
    await expect(host.find(id, { token: 'nine' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('of a key of several columns is found by them, as in CQL and as tools write them', async () => {
    const { id } = await opened('nb/composite_key/sstables/g/three');
    const partitions = await host.partitions(id, 0, 100);
    for (const one of partitions) {
      expect(await host.find(id, { key: `(${one.key})` })).toEqual(one);
      expect(await host.find(id, { key: one.key })).toEqual(one);
    }
  });

  test('shows rows, static ones first, from any place', async () => {
    const { id } = await opened(WIDE);
    const all = await host.rows(id, 0, 0, 1000);
    expect(all[0]).toEqual({
      kind: 'static',
      clustering: '',
      from: 0,
      to: 42,
      info: '',
      cells: [
        {
          column: 's',
          value: "'static of the wide partition'",
          timestamp: '1 = 1970-01-01T00:00:00.000001Z',
          ttl: '',
          isTombstone: false,
        },
      ],
    });
    expect(all.slice(1, 3).map(({ kind, clustering, from, to, info }) => [kind, clustering, from, to, info])).toEqual([
      ['row', '0', 42, 4056, 'inserted at 1000 = 1970-01-01T00:00:00.001Z'],
      ['row', '10', 4056, 8071, 'inserted at 1001 = 1970-01-01T00:00:00.001001Z'],
    ]);
    expect(await host.rows(id, 0, 5, 3)).toEqual(all.slice(5, 8));
    expect(all.at(-1)?.to).toBe(136638 - 1);
  });

  test('shows where range tombstones begin and end', async () => {
    const { id } = await opened(RANGES);
    const partitions = await host.partitions(id, 0, 100);
    const kinds = new Set<string>();
    for (const { index } of partitions) for (const { kind } of await host.rows(id, index, 0, 1000)) kinds.add(kind);
    expect([...kinds].sort()).toEqual(['bound', 'boundary', 'row']);
  });

  test('gives its bytes, of both spaces, 64 KiB at most', async () => {
    const { id } = await opened(WIDE);
    const files = goldenFiles(WIDE);
    expect(await host.bytes(id, 'Data.db', 'file', 10, 30)).toEqual(
      files.find(({ path }) => path.endsWith('Data.db'))?.bytes.slice(10, 30),
    );
    expect(await host.bytes(id, 'Data.db', 'uncompressed', 0, 6)).toEqual(Uint8Array.of(0, 4, 0, 0, 0, 1));
    expect((await host.bytes(id, 'Data.db', 'uncompressed', 0, 1e9)).length).toBe(65536);
    expect((await host.bytes(id, 'Data.db', 'uncompressed', 137680, 1e9)).length).toBe(5);
    expect((await host.bytes(id, 'TOC.txt', 'uncompressed', 0, 7)).length).toBe(7);
  });

  test('explains them from the root and from a byte', async () => {
    const { id } = await opened(WIDE);
    const root = await host.root(id, 'Data.db', 'uncompressed');
    const partitions = await host.parts(id, 'Data.db', 'uncompressed', root, 0, 10);
    expect(partitions.map(({ name, value }) => [name, value])).toEqual([
      ['partition', '1 at token -4069959284402364209'],
      ['partition', '2 at token -3248873570005575792'],
      ['partition', '3 at token 9010454139840013625'],
    ]);
    const path = await host.pathTo(id, 'Data.db', 'uncompressed', 4057);
    expect(path.map(({ piece, index }) => [piece.name, index])).toEqual([
      ['Data.db', 0],
      ['partition', 0],
      ['block of rows', 3],
      ['row', 1],
      ['clustering header', 1],
    ]);
    const [chunk] = await host.parts(id, 'Data.db', 'file', await host.root(id, 'Data.db', 'file'), 0, 1);
    expect([chunk.name, chunk.value]).toEqual(['chunk', '1 of 9: uncompressed bytes 0 to 16384']);
  });

  test('draws its filter and its tries', async () => {
    const { id } = await opened(WIDE);
    const picture = await host.filter(id, 4);
    expect({ ...picture, cells: picture.cells.length, falsePositives: 0 }).toEqual({
      ...{ hashCount: 5, bits: 64, cells: 4, falsePositives: 0 },
      setBits: Math.round(picture.cells.reduce((sum, share) => sum + share * 16, 0)),
    });
    expect(picture.falsePositives).toBe((picture.setBits / 64) ** 5);
    const nodes = await host.trie(id, {}, 100);
    expect(nodes.flatMap(({ payload }) => (payload === '' ? [] : [payload])).sort()).toEqual([
      '120 in Rows.db',
      '136638 in Data.db',
      '137211 in Data.db',
    ]);
    const [root] = nodes;
    expect(await host.trie(id, { position: root.position }, 1)).toEqual([root]);
    const rows = await host.trie(id, { partition: 0 }, 100);
    const data = await host.root(id, 'Data.db', 'uncompressed');
    const [wide] = await host.parts(id, 'Data.db', 'uncompressed', data, 0, 1);
    const blocks = (await host.parts(id, 'Data.db', 'uncompressed', wide, 0, 100)).filter(({ name }) => name === 'block of rows');
    // The last key of the trie leads to the end of the partition.
    const places = [...blocks.map(({ from }) => from), blocks[blocks.length - 1].to];
    expect(rows.flatMap(({ payload }) => (payload === '' ? [] : [payload.split(',')[0]])).sort()).toEqual(
      places.map((place) => `block at ${place}`).sort(),
    );
    expect(await host.trie(id, { partition: 1 }, 100)).toEqual([]);
    const big = await opened(RANGES);
    await expect(host.trie(big.id, {}, 10)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('verify', () => {
  test('tells the checks that found nothing', async () => {
    const { id } = await opened(WIDE);
    const told: VerifyFinding[] = [];
    expect(await host.verify(id, (finding) => told.push(finding))).toBe(true);
    expect(new Set(told.map(({ severity }) => severity))).toEqual(new Set(['fine']));
    expect(told.map(({ text }) => text)).toContain('digest');
  });

  test('tells what is wrong as it goes', async () => {
    const files = goldenFiles(WIDE);
    const data = files.find(({ path }) => path.endsWith('Data.db'))!;
    data.bytes[100] ^= 1;
    const { added } = await host.addFiles(dropped(files));
    const told: VerifyFinding[] = [];
    expect(await host.verify(added[0].id, (finding) => told.push(finding))).toBe(false);
    expect(told.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
    await expect(host.rows(added[0].id, 0, 0, 10)).rejects.toBeInstanceOf(CorruptionError);
  });

  test('ends when it is cancelled', async () => {
    host = new InspectorHost({
      readBlob: (blob) => (blob as unknown as BytesBlob).now(),
      makeBlob: () => new BytesBlob(new Uint8Array(0)) as unknown as Blob,
      privateFiles: () => Promise.reject(new Error('none')),
      now: () => clock++ * 1000,
      pause: () => host.cancel(),
    });
    const { id } = await opened(WIDE);
    await expect(host.verify(id, ignore)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
