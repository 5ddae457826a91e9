import { ByteWriter } from '@cassette/bytes';
import { encodeJson, InvalidRequestError, isJsonObject, jsonByName, parseOneJson, type TableMetadata } from '@cassette/cql';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { schemaOfScript } from '../schema-of.ts';
import { JsonLineReader } from './json-line-reader.ts';
import { RowBuffer } from './row-buffer.ts';

let table: TableMetadata;

beforeAll(async () => {
  const cql = `CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE ks.t (k int, c text, st int static, te text, a ascii, i int, bi bigint, dou double, f float, bo boolean, ts timestamp, bl blob,
  u uuid, tu timeuuid, si smallint, tiny tinyint, va varint, l list<int>, PRIMARY KEY (k, c));`;
  const { schema } = await schemaOfScript('schema.cql', cql, undefined);
  table = schema.table('ks', 't')!;
});

/** What the reader takes of a line, by names, in hexadecimal digits; null where it leaves it to the other. */
function taken(line: string): Record<string, string | null> | null {
  const buffer = new RowBuffer(table, 1 << 20);
  const reader = JsonLineReader.of(table, buffer)!;
  // Between other bytes, as in a file.
  const bytes = Buffer.from(`{"k":1,"c":"x"}\n${line}\n{"k":9}`);
  const from = 16;
  if (!reader.take(bytes, from, from + Buffer.byteLength(line), 1)) return null;
  const row: Record<string, string | null> = {};
  table.columns.forEach(({ name }, i) => {
    const start = buffer.valueFrom[i];
    if (start >= 0) row[name] = Buffer.from(buffer.bytes.subarray(start, buffer.valueTo[i])).toString('hex');
  });
  return row;
}

/** The same by the reader that INSERT JSON has; null for what it refuses. */
function exact(line: string): Record<string, string | null> | null {
  try {
    const value = parseOneJson(line);
    if (value === null || !isJsonObject(value)) return null;
    const row: Record<string, string | null> = {};
    for (const [name, one] of jsonByName(value)) {
      const column = table.column(name);
      if (column === undefined) return null;
      if (one === null) continue;
      const out = new ByteWriter(64);
      encodeJson(column.type, one, out);
      row[name] = Buffer.from(out.written()).toString('hex');
    }
    return row;
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}

const usual =
  '{"k":-7,"c":"b c","te":"Grüße 😀","a":"ascii","i":2147483647,"bi":-123456789012345,"dou":-231.02,"f":1.5,"bo":true,"ts":"2025-06-15 15:06:40.250Z",' +
  '"bl":"0xfdF6","u":"123e4567-e89b-42d3-a456-426614174000","tu":"50554d6e-29bb-11e5-b345-feff819cdc9f","si":-32768,"tiny":127}';

test('a line as SELECT JSON writes it is taken, with the bytes that INSERT JSON makes of it', () => {
  const row = taken(usual);
  expect(row).not.toBe(null);
  expect(row).toEqual(exact(usual));
});

test.each([
  '{"k":1,"c":"x","te":null}',
  ' { "k" : 1 ,\t"C" : "x" , "TE":"" } \r',
  '{"c":"x","dou":-0,"k":1}',
  '{"k":1,"c":"x","dou":0.1e-3,"f":12345678901234567890}',
  '{"k":1,"c":"x","dou":5e-324,"f":-0.30000000000000004}',
  '{"k":1,"c":"x","ts":"2024-02-29T23:59:59Z"}',
  '{"k":1,"c":"x","ts":"1000-01-01 00:00:00.5Z"}',
  '{"k":1,"c":"x","bl":"0x"}',
  '{"k":1,"c":"x","ts":1700000000000}',
  '{"k":1,"c":"x","ts":-2147483649}',
  '{"k":1,"c":"\\u0041\\u00e9\\u20AC\\ud83D\\uDE00\\u0000","a":"\\u007f"}',
  '{"k":1,"c":"\\"\\\\\\/\\b\\f\\n\\r\\t.","te":"\\""}',
])('%s is taken', (line) => {
  const row = taken(line);
  expect(row).not.toBe(null);
  expect(row).toEqual(exact(line));
});

test.each([
  '',
  '   ',
  'null',
  '[]',
  '{}',
  '{"k":1}',
  '{"k":null,"c":"x"}',
  '{"k":1,"c":""}',
  '{"k":1,"c":"x"',
  '{"k":1,"c":"x"}}',
  '{"k":1,"c":"x",}',
  '{"k":1 "c":"x"}',
  '{"k":01,"c":"x"}',
  '{"k":1.,"c":"x"}',
  '{"k":+1,"c":"x"}',
  '{"k":1.0,"c":"x"}',
  '{"k":"1","c":"x"}',
  '{"k":2147483648,"c":"x"}',
  '{"k":1,"c":"x","k":1}',
  '{"k":1,"c":"x","te":null,"te":"a"}',
  '{"k":1,"c":"\\u004"}',
  '{"k":1,"c":"\\u00g1"}',
  '{"k":1,"c":"\\a"}',
  '{"k":1,"c":"\\',
  '{"k":1,"c":"\\ud83d"}',
  '{"k":1,"c":"\\ud83d\\u0041"}',
  '{"k":1,"c":"\\ude00\\ud83d"}',
  '{"k":1,"c":"x","a":"\\u0080"}',
  '{"k":1,"c":"x","bl":"\\u0030x"}',
  '{"k":1,"c":"a\u0001"}',
  '{"k":1,"c":"x","a":"ü"}',
  '{"k":1,"c":"x","bo":tru}',
  '{"k":1,"c":"x","bo":"true"}',
  '{"k":1,"c":"x","bi":1234567890123456}',
  '{"k":1,"c":"x","dou":1e999}',
  '{"k":1,"c":"x","dou":NaN}',
  '{"k":1,"c":"x","ts":"2025-02-29T00:00:00Z"}',
  '{"k":1,"c":"x","ts":"2025-06-15T15:06:40.2501Z"}',
  '{"k":1,"c":"x","ts":"2025-06-15T24:00:00Z"}',
  '{"k":1,"c":"x","ts":"2025-06-15 15:06:40+0200"}',
  '{"k":1,"c":"x","ts":1.5}',
  '{"k":1,"c":"x","ts":-0}',
  '{"k":1,"c":"x","ts":2147483647}',
  '{"k":1,"c":"x","ts":1234567890123456}',
  '{"k":1,"c":"x","bl":"0xabc"}',
  '{"k":1,"c":"x","bl":"abcd"}',
  '{"k":1,"c":"x","tu":"123e4567-e89b-42d3-a456-426614174000"}',
  '{"k":1,"c":"x","si":32768}',
  '{"k":1,"c":"x","tiny":-129}',
  '{"k":1,"c":"x","va":1}',
  '{"k":1,"c":"x","st":1}',
  '{"k":1,"c":"x","l":[1]}',
  '{"k":1,"c":"x","nothing":1}',
])('%s is left to the other reader', (line) => {
  expect(taken(line)).toBe(null);
});

test('whatever is taken is what INSERT JSON makes of it, for rows of any values and lines with any mistake', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.string({ maxLength: 6 }),
    // With characters that are written by a backslash.
    fc.string({ unit: fc.constantFrom(...'a"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080é\u07ff\u0800€\uffff'), maxLength: 6 }),
  );
  const time = fc
    .date({ min: new Date('0950-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const hex = fc.uint8Array({ maxLength: 5 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
  const value = fc.oneof(
    text,
    time,
    time.map((one) => one.replace('T', ' ').replace(/\d\dZ/, 'Z')),
    hex,
    fc.uuid(),
    fc.integer(),
    fc.integer({ min: -200, max: 200 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const names = ['te', 'a', 'i', 'bi', 'dou', 'f', 'bo', 'ts', 'bl', 'u', 'tu', 'si', 'tiny', 'va', 'TE', '"te"'];
  const row = fc.record({ k: fc.integer(), c: text, rest: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 }) });
  const mistake = fc.record({
    at: fc.nat(200),
    remove: fc.nat(2),
    insert: fc.constantFrom('', '', '"', ',', '0', '-', '.', 'e', ' ', '\\', '}'),
  });
  let count = 0;
  fc.assert(
    fc.property(row, fc.boolean(), fc.option(mistake, { freq: 2 }), ({ k, c, rest }, isAscii, wrong) => {
      let line = JSON.stringify({ k, c, ...rest });
      // As programs write it that keep to ASCII.
      if (isAscii) line = line.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
      if (wrong !== null) line = line.slice(0, wrong.at) + wrong.insert + line.slice(wrong.at + wrong.remove);
      // A file has no half of a surrogate pair.
      line = Buffer.from(line).toString();
      const found = taken(line);
      if (found === null) return;
      count++;
      expect(found).toEqual(exact(line));
    }),
    { numRuns: 3000 },
  );
  expect(count).toBeGreaterThan(100);
});

test('a key, or a clustering, whose values are too long together is left to the other reader, which refuses it', async () => {
  const cql = `CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE ks.k (a text, b text, c text, d text, PRIMARY KEY ((a, b, c, d)));
CREATE TABLE ks.c (k int, a text, b text, c text, d text, e text, PRIMARY KEY (k, a, b, c, d, e));`;
  const { schema } = await schemaOfScript('schema.cql', cql, undefined);
  const takes = (name: string, row: Record<string, unknown>) => {
    const buffer = new RowBuffer(schema.table('ks', name)!, 1 << 20);
    const line = Buffer.from(JSON.stringify(row));
    const isTaken = JsonLineReader.of(schema.table('ks', name)!, buffer)!.take(line, 0, line.length, 1);
    return [isTaken, buffer.rows];
  };
  const long = (length: number) => 'x'.repeat(length);
  const [a, b, c] = [long(16_383), long(16_383), long(16_383)];
  // Each value has two bytes for its length before it and one behind it: 65,535 and one more.
  expect(takes('k', { a, b, c, d: long(16_374) })).toEqual([true, 1]);
  expect(takes('k', { a, b, c, d: long(16_375) })).toEqual([false, 0]);
  expect(takes('c', { k: 1, a, b, c, d: long(16_000), e: long(300) })).toEqual([true, 1]);
  expect(takes('c', { k: 1, a, b, c, d: a, e: long(4) })).toEqual([false, 0]);
});
