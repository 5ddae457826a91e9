import { bytesSource } from '@cassette/sstable';
import { MemoryStorage, StorageFullError } from '@cassette/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { filesOf, litterOf, NOTES, openStore, READINGS, rowsOf, SURVEY, surveyStore, zipOf } from './testing/imports.ts';

let source: Database;
let zip: Uint8Array<ArrayBuffer>;
let readings: string[];
let notes: string[];

beforeAll(async () => {
  source = await surveyStore();
  zip = await zipOf(source);
  readings = await rowsOf(source, READINGS);
  notes = await rowsOf(source, NOTES);
});

afterAll(() => source.close());

async function into<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

describe('what is exported is imported', () => {
  test.each([
    { format: 'nb', compact: true },
    { format: 'nb', compact: false },
    { format: 'oa', compact: true },
    { format: 'da', compact: false },
  ] as const)('into an empty store, with its schema, write times and TTLs: %o', async (options) => {
    const bytes = await zipOf(source, options);
    await into(await openStore(), async (db) => {
      const report = await db.import(new Blob([bytes]));
      expect(report).toMatchObject({
        keyspacesMade: ['s'],
        typesMade: ['s.place'],
        warnings: [],
        tables: [
          { keyspace: 's', table: 'readings', schema: 'made', columnsAdded: [], sstables: options.compact ? 1 : 2, rewritten: 0 },
          { keyspace: 's', table: 'notes', schema: 'made' },
          { keyspace: 's', table: 'empty', schema: 'made', sstables: 0, bytes: 0, minTimestamp: null },
        ].sort((a, b) => a.table.localeCompare(b.table)),
      });
      expect(await rowsOf(db, READINGS)).toEqual(readings);
      expect(await rowsOf(db, NOTES)).toEqual(notes);
      expect(db.describe('s')).toBe(source.describe('s'));
    });
  });

  test('from a list of files, a zip among them, a stream, and a source of bytes', async () => {
    const files = filesOf(zip);
    const stream = () => new Blob([zip]).stream();
    async function* chunks() {
      for (let at = 0; at < zip.length; at += 1000) yield zip.subarray(at, at + 1000);
    }
    const bytes = bytesSource(zip, 'x.zip');
    const reader = { getReader: () => stream().getReader() };
    for (const given of [files, [{ name: 'x.zip', blob: new Blob([zip]) }], stream(), chunks(), reader, bytes]) {
      const storage = new MemoryStorage();
      await into(await openStore(undefined, storage), async (db) => {
        await db.import(given);
        expect(await rowsOf(db, READINGS)).toEqual(readings);
        expect(await litterOf(storage, db)).toEqual([]);
      });
    }
  });

  test('and is there after a restart, and compacts', async () => {
    const storage = new MemoryStorage();
    const bytes = await zipOf(source, { compact: false });
    await into(await openStore(undefined, storage), (db) => db.import(new Blob([bytes])));
    await into(await openStore(undefined, storage), async (db) => {
      expect(db.recovery).toMatchObject({ litterSwept: [], corruption: [] });
      expect(await rowsOf(db, READINGS)).toEqual(readings);
      await db.compact();
      expect(await rowsOf(db, READINGS)).toEqual(readings);
    });
  });

  test('SSTables of nb, oa and da lie side by side in one table and are merged with memtables', async () => {
    await into(await openStore(SURVEY), async (db) => {
      await db.execute("INSERT INTO s.notes (id, body) VALUES (1, 'older') USING TIMESTAMP 5");
      await db.execute("INSERT INTO s.notes (id, body) VALUES (2, 'newer') USING TIMESTAMP 5000");
      await db.execute("INSERT INTO s.notes (id, body) VALUES (7, 'deleted there') USING TIMESTAMP 6");
      for (const format of ['nb', 'oa', 'da'] as const) await db.import(new Blob([await zipOf(source, { format })]));
      const expected = notes.map((row) => (row.startsWith('{"id":2,') ? '{"id":2,"body":"newer","w":"5000"}' : row));
      expect(new Set(await rowsOf(db, NOTES))).toEqual(new Set(expected));
      await db.compact('s.notes');
      expect(new Set(await rowsOf(db, NOTES))).toEqual(new Set(expected));
    });
  });

  test('a store that imports its own export twice has what it had, counters too', async () => {
    const schema = `CREATE KEYSPACE c WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE c.hits (page text PRIMARY KEY, n counter);`;
    await into(await openStore(schema), async (db) => {
      for (let i = 0; i < 5; i++) await db.execute("UPDATE c.hits SET n = n + 3 WHERE page = 'a'");
      const early = await zipOf(db);
      await db.execute("UPDATE c.hits SET n = n - 1 WHERE page = 'a'");
      await db.import(new Blob([early]));
      await db.import(new Blob([await zipOf(db)]));
      expect((await db.execute('SELECT n FROM c.hits')).first()?.n).toEqual(14n);
      await db.execute("UPDATE c.hits SET n = n + 1 WHERE page = 'a'");
      expect((await db.execute('SELECT n FROM c.hits')).first()?.n).toEqual(15n);
    });
  });

  test('counters of two devices add up', async () => {
    const schema = `CREATE KEYSPACE c WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE c.hits (page text PRIMARY KEY, n counter);`;
    const other = await openStore(schema);
    await other.execute("UPDATE c.hits SET n = n + 30 WHERE page = 'a'");
    const theirs = await zipOf(other);
    await other.close();
    await into(await openStore(schema), async (db) => {
      await db.execute("UPDATE c.hits SET n = n + 4 WHERE page = 'a'");
      await db.import(new Blob([theirs]));
      await db.import(new Blob([theirs]));
      expect((await db.execute('SELECT n FROM c.hits')).first()?.n).toEqual(34n);
    });
  });
});

describe('names and folders', () => {
  const under = (folder: string) => filesOf(zip).map(({ name, blob }) => ({ name: folder.replace('*', name), blob }));
  const SSTABLES = (name: string) => name.includes('-big-');

  test('folders as a node has them: table ids, snapshots, backups; live files go before snapshots', async () => {
    const id = 'f'.repeat(32);
    const placed = (kind: string) =>
      filesOf(zip)
        .filter(({ name }) => SSTABLES(name))
        .map(({ name, blob }) => {
          const [ks, table, file] = name.split('/');
          return { name: `data/${ks}/${table}-${id}/${kind}${file}`, blob };
        });
    for (const kind of ['', 'snapshots/one/', 'backups/']) {
      await into(await openStore(SURVEY), async (db) => {
        const report = await db.import(placed(kind));
        expect(report.tables.map(({ table, schema, sstables }) => [table, schema, sstables])).toEqual([
          ['notes', 'matched', 1],
          ['readings', 'matched', 1],
        ]);
        expect(await rowsOf(db, READINGS)).toEqual(readings);
      });
    }
    await into(await openStore(SURVEY), async (db) => {
      const report = await db.import([...placed(''), ...placed('snapshots/one/')]);
      expect(report.tables.map(({ sstables }) => sstables)).toEqual([1, 1]);
      expect(report.ignored).toHaveLength(16);
      await expect(db.import([...placed('snapshots/one/'), ...placed('snapshots/two/')])).rejects.toMatchObject({
        code: 'IMPORT_AMBIGUOUS',
      });
    });
  });

  test('into another keyspace, and into a table of another name', async () => {
    await into(await openStore(), async (db) => {
      await db.import(new Blob([zip]), { keyspace: 'other' });
      expect(await rowsOf(db, READINGS.replace('s.readings', 'other.readings'))).toEqual(readings);
      const only = filesOf(zip).filter(({ name }) => name.includes('/notes/'));
      await db.import(only, { table: 'third.memos', schema: 'CREATE TABLE s.notes (id int PRIMARY KEY, body text)' });
      expect(await rowsOf(db, NOTES.replace('s.notes', 'third.memos'))).toEqual(notes);
    });
  });

  test('without a schema tables are rebuilt from the headers, with a warning that says how key columns are called', async () => {
    await into(await openStore(), async (db) => {
      const report = await db.import(filesOf(zip).filter(({ name }) => SSTABLES(name)));
      expect(report).toMatchObject({
        keyspacesMade: ['s'],
        typesMade: ['s.place'],
        tables: [
          { table: 'notes', schema: 'rebuilt' },
          { table: 'readings', schema: 'rebuilt' },
        ],
      });
      expect(report.warnings).toEqual([
        's.readings has no schema: it was rebuilt from the headers of its SSTables, which do not know the names of key columns; they are called key, column1',
        's.notes has no schema: it was rebuilt from the headers of its SSTables, which do not know the names of key columns; they are called key',
      ]);
      const query = READINGS.replace('sensor, at', 'key AS sensor, column1 AS at');
      expect(await rowsOf(db, query)).toEqual(readings);
    });
  });

  test('a folder that tells no table is asked about, and nothing to import is said', async () => {
    await into(await openStore(SURVEY), async (db) => {
      const flat = filesOf(zip)
        .filter(({ name }) => name.includes('/notes/'))
        .map(({ name, blob }) => ({ name: name.split('/')[2], blob }));
      await expect(db.import(flat)).rejects.toMatchObject({ code: 'IMPORT_AMBIGUOUS' });
      await db.import(flat, { table: 's.notes' });
      expect(await rowsOf(db, NOTES)).toEqual(notes);
      await expect(db.import([{ name: 'README.md', blob: new Blob(['hello']) }])).rejects.toMatchObject({
        code: 'NOTHING_TO_IMPORT',
      });
    });
  });

  test.each(['../s/notes/x', '/s/x', 's\\notes\\x', 'C:/x', 's//x', 's/./x', 'a\u0000b'])('%j is refused', async (name) => {
    await into(await openStore(), async (db) => {
      await expect(db.import([...under('*'), { name, blob: new Blob(['x']) }])).rejects.toMatchObject({
        code: 'BAD_IMPORT_NAME',
        data: { entry: name },
      });
      expect(db.schema.keyspaces.size).toBe(0);
    });
  });

  test('names that differ in case alone are refused', async () => {
    await into(await openStore(), async (db) => {
      await expect(db.import([...under('*'), { name: 'S/schema.cql', blob: new Blob(['']) }])).rejects.toMatchObject({
        code: 'BAD_IMPORT_NAME',
      });
    });
  });
});

describe('a schema that does not match', () => {
  const changed = async (alter: string, options = {}) => {
    const db = await openStore(SURVEY);
    await db.execute(alter);
    return into(db, (one) => one.import(new Blob([zip]), options));
  };

  test('a column that is not here is told with the statement that adds it, or added', async () => {
    await expect(changed('ALTER TABLE s.notes DROP body')).resolves.toMatchObject({ tables: expect.anything() });
    const schema = SURVEY.replace(', body text', '');
    await into(await openStore(schema.replace('v double, ', '')), async (db) => {
      await expect(db.import(new Blob([zip]))).rejects.toThrow(
        'column body, regular and of type text in what is imported, is not in table s.notes: execute ALTER TABLE s.notes ADD body text first',
      );
      expect(await rowsOf(db, 'SELECT * FROM s.notes')).toEqual([]);
      await db.execute('INSERT INTO s.notes (id) VALUES (100) USING TIMESTAMP 77');
      await db.flush();
      const report = await db.import(new Blob([zip]), { addMissingColumns: true });
      expect(report.tables.map(({ table, schema: how, columnsAdded }) => [table, how, columnsAdded])).toEqual([
        ['empty', 'matched', []],
        ['notes', 'altered', ['body']],
        ['readings', 'altered', ['v']],
      ]);
      expect(new Set(await rowsOf(db, NOTES))).toEqual(new Set([...notes, '{"id":100,"body":null,"w":null}']));
      expect(await rowsOf(db, READINGS)).toEqual(readings);
      await db.execute("INSERT INTO s.notes (id, body) VALUES (101, 'new')");
      expect((await db.execute('SELECT body FROM s.notes WHERE id = 101')).first()?.body).toBe('new');
    });
  });

  test.each([
    ['body text', 'body int', 'column body (regular, text) of what is imported is body (regular, int) in table s.notes'],
    [
      'id int PRIMARY KEY, body',
      'id bigint PRIMARY KEY, body',
      'column id (partition key, int) of what is imported is id (partition key, bigint)',
    ],
    [' DESC', ' ASC', 'column at (clustering, int, descending) of what is imported is at (clustering, int)'],
    ['site text static', 'site text', 'column site (static, text) of what is imported is site (regular, text)'],
    ['lon double', 'lon float', 'field lon of type s.place is double in what is imported, and float here'],
    [', lon double', '', 'execute ALTER TYPE s.place ADD lon double first'],
  ])('%s, and here %s', async (there, here, message) => {
    const schema = SURVEY.replace('CREATE TABLE s.empty (id int PRIMARY KEY, body text);', '').replace(there, here);
    await into(await openStore(schema), async (db) => {
      const promise = db.import(new Blob([zip]));
      await expect(promise).rejects.toThrow(message);
      await expect(promise).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', data: { column: expect.any(String) } });
      expect(await rowsOf(db, 'SELECT * FROM s.notes')).toEqual([]);
      expect(db.schema.table('s', 'empty')).toBeUndefined();
    });
  });

  test('headers are compared where there is no schema.cql, and a wrong one is found', async () => {
    const bare = filesOf(zip).filter(({ name }) => name.includes('-big-'));
    await into(await openStore(SURVEY.replace('body text', 'body int')), (db) =>
      expect(db.import(bare)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', data: { column: 'column body' } }),
    );
    await into(await openStore(), (db) =>
      expect(db.import(bare, { schema: SURVEY.replace('id int', 'id uuid') })).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' }),
    );
  });

  test('what describes no rows is passed over, and options that are unknown here are left out with a warning', async () => {
    const more = `${SURVEY.replace(/CREATE TABLE s.notes[^;]*/, "CREATE TABLE s.notes (id int PRIMARY KEY, body text) WITH id = 0f3f1a10-0000-11ee-8c99-0242ac120002 AND comment = 'kept' AND dclocal_read_repair_chance = 0.1")}
      CREATE INDEX ON s.notes (body); CREATE MATERIALIZED VIEW s.v AS SELECT id FROM s.notes WHERE id IS NOT NULL PRIMARY KEY (id);`;
    const files = filesOf(zip).map((file) => (file.name === 's/schema.cql' ? { ...file, blob: new Blob([more]) } : file));
    await into(await openStore(), async (db) => {
      const report = await db.import(files);
      expect(report.ignored).toEqual(
        expect.arrayContaining(['s/schema.cql: CREATE INDEX', 's/schema.cql: CREATE MATERIALIZED VIEW', 'load.sh']),
      );
      expect(report.warnings).toHaveLength(1);
      expect(db.schema.table('s', 'notes')?.params.comment).toBe('kept');
      expect(String(db.schema.table('s', 'notes')?.id)).not.toContain('0f3f1a10');
      expect(await rowsOf(db, NOTES)).toEqual(notes);
    });
  });

  test('cells of a column that was dropped here do not come back', async () => {
    const db = await openStore(SURVEY);
    await db.execute('ALTER TABLE s.notes DROP body');
    await into(db, async () => {
      await db.import(new Blob([zip]));
      await db.execute('ALTER TABLE s.notes ADD body text');
      expect(new Set((await rowsOf(db, 'SELECT body FROM s.notes')).values())).toEqual(new Set(['{"body":null}']));
    });
  });
});

describe('files that are not as they should be', () => {
  const changing = (name: string, change: (bytes: Uint8Array) => Uint8Array | null) => async () =>
    (
      await Promise.all(
        filesOf(zip).map(async (file) => {
          if (!file.name.includes('/notes/') || !file.name.endsWith(name)) return [file];
          const bytes = change(new Uint8Array(await file.blob.arrayBuffer()));
          return bytes === null ? [] : [{ ...file, blob: new Blob([bytes as BlobPart]) }];
        }),
      )
    ).flat();
  const turned = (bytes: Uint8Array) => {
    bytes[bytes.length >> 1] ^= 0x10;
    return bytes;
  };

  test.each([
    ['Data.db', changing('Data.db', turned)],
    ['Data.db that is cut', changing('Data.db', (bytes) => bytes.subarray(0, 60))],
    ['Index.db', changing('Index.db', turned)],
    ['Filter.db', changing('Filter.db', (bytes) => bytes.fill(0, 12))],
    ['Statistics.db', changing('Statistics.db', turned)],
    ['Summary.db', changing('Summary.db', turned)],
    ['CompressionInfo.db', changing('CompressionInfo.db', turned)],
    ['Digest.crc32', changing('Digest.crc32', () => new TextEncoder().encode('12345'))],
    ['an Index.db that is missing', changing('Index.db', () => null)],
    ['a CompressionInfo.db that is missing', changing('CompressionInfo.db', () => null)],
  ])('a damaged %s is refused, and nothing of it stays', async (_, files) => {
    const storage = new MemoryStorage();
    await into(await openStore(undefined, storage), async (db) => {
      const error = await db.import(await files()).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: expect.stringMatching(/^(IMPORT_DAMAGED|CORRUPTION|MISSING_COMPONENT)$/) });
      expect(db.schema.keyspaces.size).toBe(0);
      expect(await litterOf(storage, db)).toEqual([]);
    });
  });

  test('components that can be done without are made: SSTables without them are written anew', async () => {
    const few = filesOf(zip).filter(({ name }) => !/(Filter|Summary)\.db|TOC\.txt|Digest/.test(name));
    const storage = new MemoryStorage();
    await into(await openStore(undefined, storage), async (db) => {
      const report = await db.import(few);
      expect(report.tables.map(({ rewritten }) => rewritten)).toEqual([0, 1, 1]);
      expect(report.warnings.some((text) => text.includes('TOC.txt is missing'))).toBe(true);
      expect(await rowsOf(db, READINGS)).toEqual(readings);
      expect(await litterOf(storage, db)).toEqual([]);
    });
  });

  test.each(['nb', 'oa', 'da'] as const)(
    'a filter and a summary that TOC.txt lists and that are missing are made anew: %s',
    async (format) => {
      const all = filesOf(await zipOf(source, { format }));
      const few = all.filter(({ name }) => !/(Filter|Summary)\.db|Digest/.test(name));
      const storage = new MemoryStorage();
      await into(await openStore(undefined, storage), async (db) => {
        const { warnings, tables } = await db.import(few);
        expect(tables.map(({ table, rewritten, sstables }) => [table, rewritten === sstables])).toEqual([
          ['empty', true],
          ['notes', true],
          ['readings', true],
        ]);
        const told = (name: string) =>
          warnings.filter((text) => text.endsWith(`${name} is missing, which TOC.txt lists: it is made anew`));
        expect([told('Filter.db').length > 0, told('Summary.db').length > 0]).toEqual([true, format !== 'da']);
        expect(await rowsOf(db, READINGS)).toEqual(readings);
        expect(await litterOf(storage, db)).toEqual([]);
        const names = (await storage.list()).filter((name) => name.endsWith('-Filter.db'));
        expect(names.length).toBe(tables.reduce((sum, { sstables }) => sum + sstables, 0));
      });
    },
  );

  test('values of a column that was dropped here are warned of', async () => {
    await into(await openStore(SURVEY), async (db) => {
      await db.execute('ALTER TABLE s.notes DROP body');
      expect((await db.import(new Blob([zip]))).warnings).toEqual([
        's.notes: values of column body are not seen: it was dropped here',
      ]);
      await db.execute('ALTER TABLE s.notes ADD body text');
      expect((await db.import(new Blob([zip]))).warnings).toEqual([
        expect.stringMatching(
          /^s\.notes: values of column body with write times up to \d+, when it was dropped here, are not seen: it was added again since$/,
        ),
      ]);
    });
  });

  test('timestamps of the future are warned of', async () => {
    const ahead = await openStore(SURVEY);
    await ahead.execute("INSERT INTO s.notes (id, body) VALUES (1, 'from tomorrow') USING TIMESTAMP 1800000000000000");
    const bytes = await zipOf(ahead);
    await ahead.close();
    await into(await openStore(), async (db) => {
      const { warnings } = await db.import(new Blob([bytes]));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('s.notes has timestamps of the future, up to 1800000000000000');
    });
  });
});

describe('streams and bytes', () => {
  test('an export goes into a WritableStream, which is closed, and its bytes are imported', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const received = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
    const { bytes } = await source.export({}, writable);
    const all = new Uint8Array(await received);
    expect(all.length).toBe(bytes);
    // Also where they are a part of more.
    const within = new Uint8Array(all.length + 7);
    within.set(all, 5);
    for (const given of [all, within.subarray(5, 5 + all.length)]) {
      await into(await openStore(), async (db) => {
        await db.import(given);
        expect(await rowsOf(db, READINGS)).toEqual(readings);
      });
    }
  });

  test('a stream is aborted with what ended its export', async () => {
    let aborted: unknown;
    const stream = new WritableStream<Uint8Array>({
      abort: (reason) => {
        aborted = reason;
      },
    });
    await expect(source.export({ tables: ['s.nope'] }, stream)).rejects.toThrow('There is no table s.nope');
    expect(aborted).toMatchObject({ code: 'INVALID_REQUEST' });
    const full = new WritableStream<Uint8Array>({ write: () => Promise.reject(new Error('no room')) });
    await expect(source.export({}, full)).rejects.toThrow('no room');
  });
});

describe('while it runs', () => {
  test('progress goes up to the end, in order', async () => {
    for (const verify of ['extended', 'quick'] as const) {
      await into(await openStore(), async (db) => {
        const told: number[] = [];
        let total = 0;
        await db.import(new Blob([zip]), {
          verify,
          onProgress: ({ bytesDone, bytesTotal }) => {
            told.push(bytesDone);
            total = bytesTotal;
          },
        });
        expect(told).toEqual([...told].sort((a, b) => a - b));
        expect(told.at(-1)).toBe(total);
        expect(await rowsOf(db, READINGS)).toEqual(readings);
      });
    }
  });

  test('it is cancelled at any moment, and so by closing the store; nothing of it stays', async () => {
    for (let after = 0; after < 40; after++) {
      const storage = new MemoryStorage();
      await into(await openStore(undefined, storage), async (db) => {
        const abort = new AbortController();
        let calls = 0;
        const result = db.import(new Blob([zip]), {
          signal: abort.signal,
          onProgress: () => {
            if (calls++ === after) abort.abort();
          },
        });
        if (after === 0) abort.abort();
        const error = await result.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) {
          expect(error).toMatchObject({ code: 'ABORTED' });
          expect(db.schema.keyspaces.size).toBe(0);
        }
        expect(await litterOf(storage, db)).toEqual([]);
      });
    }
    const storage = new MemoryStorage();
    const db = await openStore(undefined, storage);
    const result = db.import(new Blob([zip]), { onProgress: () => void db.close() });
    await expect(result).rejects.toMatchObject({ code: 'ABORTED' });
    await db.close();
    await into(await openStore(undefined, storage), async (again) => {
      expect(again.recovery.litterSwept).toEqual([]);
      expect(again.schema.keyspaces.size).toBe(0);
    });
  });

  test('a table that is made meanwhile ends it, and writes go on', async () => {
    await into(await openStore(), async (db) => {
      let made: Promise<unknown> | null = null;
      const result = db.import(new Blob([zip]), {
        onProgress: () => {
          made ??= db.applySchema(SURVEY).then(() => db.execute("INSERT INTO s.notes (id, body) VALUES (500, 'mine')"));
        },
      });
      await expect(result).rejects.toMatchObject({ code: 'IMPORT_TABLE_CHANGED' });
      await made;
      expect(await rowsOf(db, 'SELECT id FROM s.notes')).toEqual(['{"id":500}']);
    });
  });

  test('where it does not fit it does not begin', async () => {
    const storage = new MemoryStorage();
    await into(await openStore(undefined, storage), async (db) => {
      const estimate = storage.estimate.bind(storage);
      storage.estimate = async () => ({ usage: 0, quota: 10_000 });
      await expect(db.import(new Blob([zip]))).rejects.toThrow(StorageFullError);
      storage.estimate = estimate;
      expect(await litterOf(storage, db)).toEqual([]);
    });
  });

  test('wrong arguments are told', async () => {
    await into(await openStore(), async (db) => {
      for (const wrong of [null, 5, 'x.zip', {}, [{ name: 'x' }], [null]]) {
        await expect(db.import(wrong as never)).rejects.toMatchObject({ code: 'IMPORT_INVALID' });
      }
      for (const wrong of [{ table: 'x' }, { keyspace: 5 }, { schema: 5 }, { verify: 'no' }]) {
        await expect(db.import(new Blob([zip]), wrong as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      }
    });
  });
});
