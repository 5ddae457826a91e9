import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScriptSplitter, splitScript } from './split-script.ts';

const texts = (script: string) => splitScript(script).map(({ kind, text }) => `${kind}: ${text}`);

test('statements end at semicolons that are not in strings, names or comments', () => {
  expect(
    texts(`SELECT ';' FROM "a;b"; -- no; thing
/* ; */ INSERT INTO t (a) VALUES ($$;'$$) // ;
;;; UPDATE t SET a = 'it''s;' WHERE k = 1`),
  ).toEqual([
    `cql: SELECT ';' FROM "a;b"`,
    "cql: INSERT INTO t (a) VALUES ($$;'$$)",
    "cql: UPDATE t SET a = 'it''s;' WHERE k = 1",
  ]);
});

test("a batch is one statement, and commands of cqlsh's own end with their line, but for COPY", () => {
  expect(
    texts(`BEGIN UNLOGGED BATCH INSERT INTO t (a) VALUES (1); DELETE FROM t WHERE a = 1; APPLY BATCH; USE x;
EXPAND ON
describe table t
CONSISTENCY QUORUM; COPY t FROM 'a.csv'
  WITH HEADER = true;
help`),
  ).toEqual([
    'cql: BEGIN UNLOGGED BATCH INSERT INTO t (a) VALUES (1); DELETE FROM t WHERE a = 1; APPLY BATCH',
    'cql: USE x',
    'command: EXPAND ON',
    'cql: describe table t',
    'command: CONSISTENCY QUORUM',
    "command: COPY t FROM 'a.csv'\n  WITH HEADER = true",
    'command: help',
  ]);
});

test('each statement knows where it stands', () => {
  expect(
    splitScript('-- first\n  SELECT 1;\r\n\nEXPAND ON\n/* x */ USE y').map(({ from, line, column }) => [from, line, column]),
  ).toEqual([
    [11, 2, 3],
    [23, 4, 1],
    [41, 5, 9],
  ]);
});

test('an open comment, string or name goes on to the end of the script', () => {
  expect(texts("SELECT 'a; b")).toEqual(["cql: SELECT 'a; b"]);
  expect(texts('SELECT /* a; b')).toEqual(['cql: SELECT /* a; b']);
});

test('it does not matter in what pieces a script comes', () => {
  const piece = fc.constantFrom(
    ...[
      "'",
      '"',
      '$',
      '$$',
      '--',
      '-',
      '/',
      '*/',
      '/*',
      '\n',
      ' ',
      ';',
      'a',
      'BEGIN ',
      'BATCH',
      ' APPLY',
      'EXPAND ON',
      "''",
      'é',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (pieces, size) => {
      const script = pieces.join('');
      const splitter = new ScriptSplitter();
      const found = [];
      for (let at = 0; at < script.length; at += size) found.push(...splitter.push(script.slice(at, at + size)));
      found.push(...splitter.finish());
      expect(found).toEqual(splitScript(script));
    }),
  );
});
