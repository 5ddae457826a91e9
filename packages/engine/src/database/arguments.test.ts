import { MemoryStorage } from '@cassette/storage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from './index.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

/** What a caller in JavaScript may pass where the types say otherwise. */
const anything = (value: unknown) => value as never;

let db: Database;

beforeEach(async () => {
  ({ db } = await testDatabase('CREATE TABLE t (a int, b text, c int, v float, PRIMARY KEY ((a, b), c))'));
  for (let c = 0; c < 5; c++) await db.execute("INSERT INTO t (a, b, c, v) VALUES (1, 'x', ?, 0.5)", [c]);
});

afterEach(() => db.close());

describe('opening', () => {
  test.each([
    [{ memtableFlushThreshold: -1 }, 'config.memtableFlushThreshold has to be a number of bytes, at least 1, not -1'],
    [{ memtableHardLimit: '1' }, 'config.memtableHardLimit has to be a number of bytes, at least 1, not "1"'],
    [{ sliceMilliseconds: Number.NaN }, 'config.sliceMilliseconds has to be a number of milliseconds, at least 0, not NaN'],
    [{ flushOnClose: 1 }, 'config.flushOnClose has to be a boolean, not 1'],
    [{ durability: 'Periodic' }, /^config\.durability has to be Durability\.SyncEachWrite, .*, not "Periodic"$/],
    [{ durability: { kind: 'periodic' } }, /^config\.durability has to be .*, not an object$/],
    [{ nope: 1 }, /^There is no option config\.nope; there are durability, /],
    [null, 'config has to be an object, not null'],
    [5, 'config has to be an object, not 5'],
  ])('refuses config %j by name, and leaves the store to others', async (config, message) => {
    const storage = new MemoryStorage();
    const refused = openDatabase({ storage, config: anything(config) });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringMatching(message) });
    await (await openDatabase({ storage })).close();
  });

  test('takes an option that is undefined as one not given', async () => {
    const opened = await openDatabase({ storage: new MemoryStorage(), config: anything({ memtableHardLimit: undefined }) });
    expect(opened.engine.config.memtableHardLimit).toBe(64 * 1024 * 1024);
    await opened.close();
  });

  test.each([[[]], [5], [null]])('refuses the config %j, also where a durability is said beside it', async (config) => {
    for (const durability of [undefined, Durability.SyncEachWrite]) {
      const refused = openDatabase(anything({ storage: new MemoryStorage(), config, durability }));
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'config' } });
    }
  });

  test.each(['encrypton', 'durabilty', 'Keyspace'])(
    'refuses the misspelt option %s by name, and makes no store',
    async (option) => {
      const storage = new MemoryStorage();
      const refused = openDatabase(anything({ storage, [option]: { passphrase: 'x' } }));
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option } });
      await storage.acquire();
      expect(await storage.catalog.load()).toEqual(new Map());
      await storage.close();
    },
  );

  test.each([undefined, null, 5, {}, { storage: 'here' }])('refuses %j for its options', async (options) => {
    await expect(openDatabase(anything(options))).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  test.each([{ keyspace: 5 }, { keyspace: '' }, { schema: 5 }])('refuses %j', async (options) => {
    const refused = openDatabase(anything({ storage: new MemoryStorage(), ...options }));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('a call', () => {
  test.each([
    [{ fetchSize: -5 }, 'fetchSize has to be a whole number of rows, 0 for all of them, not -5'],
    [{ fetchSize: 'x' }, 'fetchSize has to be a whole number of rows, 0 for all of them, not "x"'],
    [{ fetchSize: 2.5 }, 'fetchSize has to be a whole number of rows, 0 for all of them, not 2.5'],
    [{ nowInSeconds: 'x' }, 'nowInSeconds has to be a whole number of seconds since 1970, not "x"'],
    [{ timestamp: 'x' }, 'timestamp has to be a whole number or bigint of microseconds, not "x"'],
    [{ timestamp: 2n ** 63n }, 'timestamp has to be a whole number or bigint of microseconds, not 9223372036854775808'],
    [{ timestamp: { low: 1 } }, 'timestamp has to be a whole number or bigint of microseconds, not an object'],
    [{ pageState: 'abc' }, 'pageState has to be the pageState of a result, bytes or their hexadecimal text, not "abc"'],
    [{ keyspace: 5 }, 'keyspace has to be the name of a keyspace, not 5'],
    ['fast', 'options has to be an object, not "fast"'],
  ])('with options %o is refused by name', async (options, message) => {
    const query = 'SELECT * FROM t';
    const insert = "INSERT INTO t (a, b, c) VALUES (9, 'x', 1)";
    const given = anything(options);
    const calls = [
      db.execute(query, [], given),
      db.executeMany(insert, [[]], given),
      db.batch([insert], given),
      db.stream(query, [], given).next(),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
    expect(() => db.prepare(query, given)).toThrow(message);
    expect(plainRows(await db.execute("SELECT a FROM t WHERE a = 9 AND b = 'x'"))).toEqual([]);
  });

  test('takes a page state as hexadecimal text and a timestamp as a Long, as the Node driver has them', async () => {
    const { pageState } = await db.execute('SELECT c FROM t', [], { fetchSize: 3 });
    const rest = await db.execute('SELECT c FROM t', [], { pageState: Buffer.from(pageState!).toString('hex') });
    expect(plainRows(rest)).toEqual([[3], [4]]);
    const timestamp = { low: 5, high: 1, unsigned: false };
    await db.execute("INSERT INTO t (a, b, c, v) VALUES (2, 'x', 1, 0.5)", [], { timestamp });
    expect(plainRows(await db.execute("SELECT writetime(v) FROM t WHERE a = 2 AND b = 'x'"))).toEqual([[4_294_967_301n]]);
  });

  test('with null for parameters, options or one of them has none', async () => {
    expect((await db.execute('SELECT * FROM t', null, null)).rows).toHaveLength(5);
    const options = anything({ fetchSize: null, pageState: null, nowInSeconds: null, timestamp: null, keyspace: null });
    expect((await db.execute('SELECT * FROM t', null, options)).rows).toHaveLength(5);
    await expect(db.execute('SELECT * FROM t WHERE a = ?', null)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test.each([
    ['execute', () => db.execute(anything(undefined)), 'execute takes CQL as a string, not undefined'],
    ['execute', () => db.execute(anything(5)), 'execute takes CQL as a string, not 5'],
    ['execute', () => db.execute('SELECT * FROM t', anything('abc')), /array of values or an object of named ones, not "abc"/],
    ['execute', () => db.execute('SELECT * FROM t', anything(5)), /array of values or an object of named ones, not 5/],
    ['executeMany', () => db.executeMany('INSERT', anything(null)), /takes rows as an array or another iterable, not null/],
    ['executeMany', () => db.executeMany('INSERT', anything('abc')), /takes rows as an array or another iterable, not "abc"/],
    ['executeMany', () => db.executeMany(anything(null), []), 'executeMany takes CQL as a string, not null'],
    ['batch', () => db.batch(anything(null)), 'batch takes an array of statements, not null'],
    ['batch', () => db.batch(anything([null])), 'A statement of batch takes CQL as a string, not null'],
    ['batch', () => db.batch(anything([{}])), 'A statement of batch takes CQL as a string, not undefined'],
    ['write', () => db.write(anything(null)), /takes encoded mutations, .* not null/],
    ['write', () => db.write(anything([[1]])), /takes encoded mutations, .* not an array/],
    ['write', () => db.write(new Uint8Array([1, 2, 3])), /./],
    ['prepare', async () => db.prepare(anything({})), 'prepare takes CQL as a string, not an object'],
    ['stream', () => db.stream(anything(1)).next(), 'stream takes CQL as a string, not 1'],
    ['export', () => db.export({}, anything(null)), /sink of an export has to be an object with write/],
  ])('%s refuses what is none of its arguments', async (_, call, message) => {
    await expect(call()).rejects.toMatchObject({
      code: expect.stringMatching(/^(INVALID_REQUEST|INVALID_OPTION|CORRUPTION)$/),
      message: expect.stringMatching(message),
    });
  });

  test('executeMany names the row that has too few values or is none', async () => {
    const insert = "INSERT INTO t (a, b, c) VALUES (?, 'x', 1)";
    for (const row of [[], null, 5]) {
      const refused = db.executeMany(insert, [[7], anything(row)]);
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_REQUEST', data: { row: 1, rowsWritten: 0 } });
    }
  });
});

describe('options of calls that have their own', () => {
  test('are refused by name where a call does not have them', async () => {
    const sink = { write: () => undefined };
    const wrong = anything({ tabels: [] });
    const calls: [call: string, () => unknown][] = [
      ['export', () => db.export(wrong, sink)],
      ['export', () => db.export({}, sink, wrong)],
      ['import', () => db.import([], wrong)],
      ['changes', () => db.changes(wrong).next()],
      ['confirmExported', () => db.confirmExported('x', wrong)],
      ['subscribe', async () => db.subscribe('SELECT * FROM t', [], wrong, () => undefined)],
    ];
    for (const [call, made] of calls) {
      const message = expect.stringMatching(`^${call} has no option tabels; it has `);
      await expect(made()).rejects.toMatchObject({ code: 'INVALID_OPTION', message, data: { option: 'tabels' } });
    }
    await expect(db.export(anything('zip'), sink)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  test.each([
    [{ signal: new AbortController() }, 'signal has to be an AbortSignal, not an object'],
    [{ onProgress: 5 }, 'onProgress has to be a function, not 5'],
  ])('of exports and imports are refused before anything is begun: %j', async (hooks, message) => {
    const refusal = { code: 'INVALID_OPTION', message };
    await expect(db.export({}, { write: () => undefined }, anything(hooks))).rejects.toMatchObject(refusal);
    await expect(db.import([], anything(hooks))).rejects.toMatchObject(refusal);
  });

  test('let rows go by true alone', async () => {
    const { id } = await db.export({}, { write: () => undefined });
    for (const drop of ['no', 1, null]) {
      const refused = db.confirmExported(id, anything({ drop }));
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'drop' } });
    }
    expect((await db.execute('SELECT count(*) AS n FROM t')).first()).toMatchObject({ n: 5n });
  });

  test('name tables in an array: the letters of a text are no names', async () => {
    const options = anything({ tables: 'cassette.t' });
    const refusal = { code: 'INVALID_OPTION', message: 'tables has to be an array of names, not "cassette.t"' };
    await expect(db.export(options, { write: () => undefined })).rejects.toMatchObject(refusal);
    await expect(db.changes(options).next()).rejects.toMatchObject(refusal);
  });
});

describe('a page state', () => {
  test.each(['SELECT * FROM t', "SELECT * FROM t WHERE a = 1 AND b = 'x'"])(
    'with a byte changed, cut or added is refused or a place, never a fault: %s',
    async (query) => {
      const { pageState } = await db.execute(query, [], { fetchSize: 2 });
      const wrong = Array.from(pageState!, (_, i) => pageState!.slice(0, i));
      wrong.push(new Uint8Array([...pageState!, 0]));
      for (let i = 0; i < pageState!.length; i++) {
        for (let bit = 0; bit < 8; bit++) {
          const changed = pageState!.slice();
          changed[i] ^= 1 << bit;
          wrong.push(changed);
        }
      }
      const outcomes = await Promise.allSettled(wrong.map((state) => db.execute(query, [], { fetchSize: 2, pageState: state })));
      const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'a place'));
      expect(new Set(codes)).toEqual(new Set(['INVALID_REQUEST', 'a place']));
      expect(codes.slice(0, pageState!.length + 1)).not.toContain('a place');
    },
  );
});
