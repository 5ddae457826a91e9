// Zips that are damaged, or made to harm: a typed error that names the entry, or the same rows; never a part of an import.

import { CassetteError } from '@cassette/bytes';
import { MemoryStorage } from '@cassette/storage';
import { asyncProperty, assert as checkAll, constantFrom, integer, nat, record, uint8Array } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { filesOf, litterOf, NOTES, openStore, READINGS, rowsOf, surveyStore, zipOf } from '../testing/imports.ts';
import { bytesOf, entriesOf, type MadeEntry, zipMadeOf } from '../testing/zips.ts';

let files: { name: string; bytes: Uint8Array }[];
let readings: string;
let notes: string;
let exported: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const source = await surveyStore();
  exported = await zipOf(source);
  files = await bytesOf(filesOf(exported));
  readings = (await rowsOf(source, READINGS)).join();
  notes = (await rowsOf(source, NOTES)).join();
  await source.close();
});

/** Imports into a new store: null where all is there, else the error, after which nothing is. */
async function outcomeOf(zip: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const storage = new MemoryStorage();
  const db = await openStore(undefined, storage);
  try {
    const error = await db.import(new Blob([zip])).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error === null) expect(await isWhole(db)).toBe(true);
    else {
      expect(db.schema.keyspaces.size).toBe(0);
      expect(await litterOf(storage, db)).toEqual([]);
    }
    return error;
  } finally {
    await db.close();
  }
}

async function isWhole(db: Database): Promise<boolean> {
  return (await rowsOf(db, READINGS)).join() === readings && (await rowsOf(db, NOTES)).join() === notes;
}

describe('every way to write a zip that is right is read', () => {
  test.each<[string, Partial<MadeEntry>, { zip64?: boolean; comment?: string }]>([
    ['stored', {}, {}],
    ['deflated', { deflate: true }, {}],
    ['descriptors with a signature', { deflate: true, descriptor: 'signed' }, {}],
    ['descriptors without', { descriptor: 'bare' }, {}],
    ['descriptors of 64 bits', { deflate: true, descriptor: 'signed64', zip64: true }, { zip64: true }],
    ['Zip64', { zip64: true }, { zip64: true }],
    ['a comment that looks like an end', {}, { comment: 'PK\u0005\u0006 and more text behind it' }],
    ['names that are not said to be UTF-8', { flags: 0 }, {}],
  ])('%s', async (_, how, options) => {
    expect(await outcomeOf(zipMadeOf(entriesOf(files, how), options))).toBeNull();
  });

  test('one of more than 4 GiB', async () => {
    const before = 5 * 2 ** 30 + 7;
    const zip = zipMadeOf(entriesOf(files, { zip64: true, descriptor: 'signed64' }), { zip64: true, before });
    const blob = {
      size: before + zip.length,
      slice: (from: number, to: number) => ({
        arrayBuffer: async () => {
          const bytes = new Uint8Array(to - from);
          for (let at = Math.max(from, before); at < to; at++) bytes[at - from] = zip[at - before];
          return bytes.buffer;
        },
      }),
    };
    const db = await openStore();
    await db.import(blob);
    expect(await isWhole(db)).toBe(true);
    await db.close();
  });

  test('folders in it are passed over', async () => {
    const folders = ['s/', 's/notes/'].map((name) => ({ name, content: new Uint8Array(0) }));
    expect(await outcomeOf(zipMadeOf([...folders, ...entriesOf(files)]))).toBeNull();
  });
});

describe('what is wrong is told with the entry', () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const entry = (more: Partial<MadeEntry>): MadeEntry => ({ name: 's/readings/odd.txt', content: text('something'), ...more });
  // An entry whose content is wanted: the schema.
  const schema = (more: Partial<MadeEntry>): MadeEntry => ({
    name: 's/extra/schema.cql',
    content: text('-- nothing\n'.repeat(50)),
    ...more,
  });

  test.each<[string, MadeEntry, string, string]>([
    ['encrypted', entry({ flags: 0x0801 }), 'BAD_ZIP', 'encrypted'],
    ['strongly encrypted', entry({ flags: 0x0841 }), 'BAD_ZIP', 'encrypted'],
    ['a patch', entry({ flags: 0x0820 }), 'BAD_ZIP', 'patch'],
    ['bzip2', entry({ method: 12 }), 'BAD_ZIP', 'method 12'],
    ['Zstandard', entry({ method: 93 }), 'BAD_ZIP', 'method 93'],
    ['a link', entry({ mode: 0o120777 }), 'BAD_ZIP', 'link'],
    ['stored with two sizes', entry({ size: 5 }), 'BAD_ZIP', 'stored, and says 5 and 9 bytes'],
    ['another name in its header', entry({ localName: 's/readings/even.txt' }), 'BAD_ZIP', 'another name'],
    ['a descriptor that lies', entry({ descriptor: 'wrong' }), 'BAD_ZIP', 'descriptor'],
    ['bytes of another entry', entry({ at: 0 }), 'BAD_ZIP', 'another name'],
    ['a bomb by its sizes', entry({ deflate: true, size: 0xfffffff0 }), 'BAD_ZIP', "can't become"],
    ['a bomb', entry({ content: new Uint8Array(70 << 20), deflate: true }), 'BAD_ZIP', 'bomb'],
    ['a wrong CRC', schema({ crc: 1 }), 'BAD_ZIP', 'CRC32'],
    ['a wrong CRC, deflated', schema({ crc: 1, deflate: true }), 'BAD_ZIP', 'CRC32'],
    ['a wrong CRC of what nobody wants', entry({ crc: 1 }), 'BAD_ZIP', 'CRC32'],
    ['a wrong CRC of what nobody wants, deflated', entry({ crc: 1, deflate: true }), 'BAD_ZIP', 'CRC32'],
    ['less than it says', schema({ deflate: true, size: 1000 }), 'BAD_ZIP', 'should be 1000'],
    ['more than it says', schema({ deflate: true, size: 100 }), 'BAD_ZIP', 'more than the 100 bytes'],
    ['a stream that ends too soon', schema({ deflate: true, compressedSize: 5 }), 'BAD_ZIP', "can't be inflated"],
    ['no Deflate', schema({ method: 8 }), 'BAD_ZIP', 'inflate'],
    ['a path that leads out', entry({ name: '../odd.txt' }), 'BAD_IMPORT_NAME', 'leads elsewhere'],
    ['an absolute path', entry({ name: '/etc/odd.txt' }), 'BAD_IMPORT_NAME', 'absolute'],
    ['a backslash', entry({ name: 's\\odd.txt' }), 'BAD_IMPORT_NAME', 'backslash'],
    ['a name that is there', entry({ name: 's/schema.cql' }), 'BAD_IMPORT_NAME', 'twice'],
    ['a name that is there in capitals', entry({ name: 'S/SCHEMA.cql' }), 'BAD_IMPORT_NAME', 'case'],
  ])('%s', async (_, bad, code, message) => {
    const error = await outcomeOf(zipMadeOf([...entriesOf(files), bad]));
    expect(error).toMatchObject({ code, data: { entry: bad.name }, message: expect.stringContaining(message) });
  });

  test('entries that lie on one another', async () => {
    const [first, ...others] = entriesOf(files);
    const twin = { ...first, name: first.name, at: 0 };
    const zip = zipMadeOf([first, ...others]);
    expect(await outcomeOf(zip)).toBeNull();
    // A quoting bomb: one content, told by many headers that all end in it.
    const inner = zipMadeOf([{ name: 'a', content: new Uint8Array(5000) }]).subarray(0, 31 + 5000);
    const outer = zipMadeOf([
      { name: 'b', content: inner },
      { name: 'a', content: new Uint8Array(5000), at: 0 },
    ]);
    expect(await outcomeOf(outer)).toMatchObject({ code: 'BAD_ZIP', data: { entry: 'a' } });
    expect(await outcomeOf(zipMadeOf([first, twin, ...others]))).toMatchObject({ code: 'BAD_IMPORT_NAME' });
  });

  test.each([
    ['nothing', () => new Uint8Array(0)],
    ['no zip', () => new TextEncoder().encode('hello')],
    ['bytes before it', (zip: Uint8Array) => Uint8Array.of(1, 2, 3, ...zip)],
    ['bytes behind it', (zip: Uint8Array) => Uint8Array.of(...zip, 1, 2, 3)],
    ['no beginning', (zip: Uint8Array) => zip.slice(100)],
  ])('a whole file: %s', async (_, change) => {
    const zip = zipMadeOf(entriesOf(files.slice(0, 3)));
    expect(await outcomeOf(change(zip) as Uint8Array<ArrayBuffer>)).toMatchObject({ code: 'BAD_ZIP' });
  });
});

describe('damage at random', () => {
  test('a zip that ends anywhere is refused', async () => {
    await checkAll(
      asyncProperty(nat(exported.length - 1), async (end) => {
        expect(await outcomeOf(exported.slice(0, end))).toBeInstanceOf(CassetteError);
      }),
      { numRuns: 60 },
    );
  });

  test('any byte may be another one: a typed error, or the same rows', async () => {
    const zips = [exported, zipMadeOf(entriesOf(files, { deflate: true, zip64: true }), { zip64: true })];
    const directories = zips.map((zip) => zip.length - 4000);
    const refused = new Set<string>();
    await checkAll(
      asyncProperty(
        record({ which: nat(1), inDirectory: constantFrom(true, false), at: nat(1 << 24), turn: integer({ min: 1, max: 255 }) }),
        async ({ which, inDirectory, at, turn }) => {
          const zip = zips[which].slice();
          const place = inDirectory ? directories[which] + (at % 4000) : at % zip.length;
          zip[place] ^= turn;
          const error = await outcomeOf(zip);
          if (error === null) return;
          expect(error).toBeInstanceOf(CassetteError);
          refused.add((error as CassetteError).code);
        },
      ),
      { numRuns: 250 },
    );
    expect([...refused]).toContain('BAD_ZIP');
  });

  test('a run of bytes may be another one', async () => {
    await checkAll(
      asyncProperty(nat(exported.length - 40), uint8Array({ minLength: 1, maxLength: 40 }), async (at, bytes) => {
        const zip = exported.slice();
        zip.set(bytes, at);
        const error = await outcomeOf(zip);
        if (error !== null) expect(error).toBeInstanceOf(CassetteError);
      }),
      { numRuns: 100 },
    );
  });
});
