import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { CqlSyntaxError, locate } from '../errors.ts';
import { TokenCursor } from './cursor.ts';
import { parseStatement, parseStatements, printStatement } from './index.ts';
import { statementText } from './testing/grammar.ts';
import { withoutPositions } from './testing/trees.ts';

/** Looks at tokens for each token of a text that the parser may take: the grammar looks a few words ahead and never goes back. */
const PEEKS_A_TOKEN = 80;

const { peek } = TokenCursor.prototype;
let looks = 0;
TokenCursor.prototype.peek = function (this: TokenCursor, ahead?: number) {
  looks++;
  return peek.call(this, ahead);
};

afterAll(() => {
  TokenCursor.prototype.peek = peek;
});

const words = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\s+|./gsu;
const others = [
  ...[
    'SELECT',
    'FROM',
    'WHERE',
    'AND',
    'NOT',
    'NULL',
    'IF',
    'USING',
    'BATCH',
    'x',
    '"X"',
    "'",
    '"',
    '$$',
    '--',
    '/*',
    '\\',
    '\u0000',
    '𝄞',
  ],
  ...['(', ')', '[', ']', '{', '}', '<', '>', '=', ',', ';', '.', ':', '?', '+', '-', '*', '0x', '1e', '1h', 'NaN'],
];

/** A statement with some of its words left out, doubled, exchanged, cut or put in. */
const mutated = fc
  .tuple(statementText, fc.array(fc.record({ at: fc.nat(), other: fc.nat(), kind: fc.nat(5) }), { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) => {
    let pieces: string[] = text.match(words) ?? [];
    for (const { at, other, kind } of mutations) {
      if (pieces.length === 0) break;
      const place = at % pieces.length;
      const piece = pieces[place];
      if (kind === 0) pieces = pieces.toSpliced(place, 1);
      else if (kind === 1) pieces = pieces.toSpliced(place, 0, piece);
      else if (kind === 2) pieces = pieces.with(place, pieces[other % pieces.length]);
      else if (kind === 3) pieces = pieces.toSpliced(place, 0, others[other % others.length]);
      else if (kind === 4) pieces = pieces.with(place, piece.slice(0, other % (piece.length + 1)));
      else pieces = pieces.slice(0, place);
    }
    return pieces.join('');
  });

/** Parses, or checks that the error points into the text with line, column and caret; returns how many tokens were looked at. */
function parsed(text: string): number {
  looks = 0;
  try {
    const statements = parseStatements(text);
    const looked = looks;
    for (const { statement } of statements) {
      expect(withoutPositions(parseStatement(printStatement(statement)))).toEqual(withoutPositions(statement));
    }
    return looked;
  } catch (error) {
    if (!(error instanceof CqlSyntaxError)) throw error;
    const { line, column, position } = error.data as { line: number; column: number; position: number };
    expect(locate(text, position)).toEqual({ line, column });
    expect(position).toBeLessThanOrEqual(text.length);
    const [first, ...shown] = error.message.slice(error.message.indexOf(`line ${line}:${column} `)).split('\n');
    expect(first.length).toBeLessThan(250);
    const caret = shown.at(-1) ?? '';
    expect(caret).toMatch(/^ *\^$/);
    const excerpt = shown.at(-2) ?? '';
    expect(excerpt.length).toBeLessThanOrEqual(120);
    // What the caret is under is what is at the place; tabs and carriage returns are shown as spaces.
    const at = text.slice(position, position + 1).replace(/[\t\r\n]/, ' ');
    expect((excerpt[caret.length - 1] ?? ' ').trim()).toBe(at.trim());
    return looks;
  }
}

test('a statement with words left out, put in, doubled and cut is parsed, or refused at its place, without going back', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      expect(parsed(text)).toBeLessThanOrEqual(PEEKS_A_TOKEN * (text.length + 1));
    }),
    { numRuns: 1000 },
  );
});

test('any text of any characters is refused at its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(parsed(text)).toBeLessThanOrEqual(PEEKS_A_TOKEN * (text.length + 1));
    }),
    { numRuns: 1000 },
  );
});

const repeated = [
  ...others.filter((word) => word.trim() !== ''),
  ...[
    'a,',
    'a.',
    'a =',
    'a[',
    '(a',
    'f(',
    '(int)',
    '{a:',
    '1 +',
    '-',
    'NOT',
    'AND a = 1',
    "'a' ",
    '/**/',
    '--\n',
    'a IN (',
    'frozen<',
    'CAST(',
  ],
];

test.each(repeated)('of any number of %j no more is looked at than there is', (word) => {
  for (const begin of [
    '',
    'SELECT ',
    'SELECT a FROM t WHERE ',
    'INSERT INTO t (a) VALUES (',
    'UPDATE t SET a = ',
    'CREATE TABLE t (a ',
    'BEGIN BATCH ',
  ]) {
    const counts = [100, 400].map((count) => parsed(`${begin}${`${word} `.repeat(count)}`));
    expect(counts[1]).toBeLessThanOrEqual(4 * counts[0] + 1000);
  }
});

/** Text around something that is nested: what comes before all, what opens a level, what is inside, what closes a level, and the rest. */
const nests: readonly (readonly [string, string, string, string, string])[] = [
  ['INSERT INTO t (a) VALUES (', '(', '1', ')', ')'],
  ['INSERT INTO t (a) VALUES (', '[', '1', ']', ')'],
  ['INSERT INTO t (a) VALUES (', '{', '1', '}', ')'],
  ['INSERT INTO t (a) VALUES (', "{'a': ", '1', '}', ')'],
  ['INSERT INTO t (a) VALUES (', '{a: ', '1', '}', ')'],
  ['INSERT INTO t (a) VALUES (', 'f(', '1', ')', ')'],
  ['INSERT INTO t (a) VALUES (', '(int)', '1', '', ')'],
  ['INSERT INTO t (a) VALUES (', '-', 'a', '', ')'],
  ['INSERT INTO t (a) VALUES (', '1 + (', '1', ')', ')'],
  ['INSERT INTO t (a) VALUES (', '1 + ', '1', '', ')'],
  ['CREATE TABLE t (a ', 'frozen<', 'int', '>', ' PRIMARY KEY)'],
  ['CREATE TABLE t (a ', 'map<int, ', 'int', '>', ' PRIMARY KEY)'],
  ['CREATE TABLE t (a ', 'vector<', 'int', ', 2>', ' PRIMARY KEY)'],
  ['SELECT ', '(', 'a', ')', ' FROM t'],
  ['SELECT ', 'f(', 'a', ')', ' FROM t'],
  ['SELECT ', 'CAST(', 'a', ' AS int)', ' FROM t'],
  ['SELECT ', '[', 'a', ']', ' FROM t'],
  ['SELECT ', '(list<int>)[', 'a', ']', ' FROM t'],
  ['SELECT ', '-', 'a', '', ' FROM t'],
  ['SELECT a', '.b', '', '', ' FROM t'],
  ['SELECT a', '[1]', '', '', ' FROM t'],
  ['SELECT a FROM t WHERE ', '(', 'a', ')', ' = 1'],
  ['SELECT a FROM t WHERE a IN ', '(', '1', ')', ''],
  ['UPDATE t SET a = 1 WHERE k = 1 IF ', '(', 'a', ')', ' = 1'],
  ['', 'BEGIN BATCH ', 'DELETE FROM t WHERE k = 1', ' APPLY BATCH', ''],
  ['CREATE TABLE t (a int PRIMARY KEY) WITH compaction = ', "{'a': ", "'b'", '}', ''],
];

test.each(nests)(
  '%s%s…: nested 10,000 levels deep it is parsed or refused, without looking at anything often',
  (begin, open, inner, close, end) => {
    for (const levels of [1, 100, 10_000]) {
      const text = `${begin}${open.repeat(levels)}${inner}${close.repeat(levels)}${end}`;
      expect(parsed(text), `${levels} levels`).toBeLessThanOrEqual(PEEKS_A_TOKEN * (text.length + 1));
      // And as much of it without an end.
      const cut = `${begin}${open.repeat(levels)}`;
      expect(parsed(cut), `${levels} levels, not closed`).toBeLessThanOrEqual(PEEKS_A_TOKEN * (cut.length + 1));
    }
  },
);

const long = 200_000;

test.each([
  ['a name', 'a'.repeat(long)],
  ['a quoted name', `"${'a'.repeat(long)}"`],
  ['a name of quotes', '"'.repeat(long)],
  ['a name without an end', `"${'a'.repeat(long)}`],
  ['a text', `'${'a'.repeat(long)}'`],
  ['a text of quotes', "'".repeat(long)],
  ['a text without an end', `'${"''".repeat(long)}`],
  ['a text of dollars', `$$${'$'.repeat(long)}`],
  ['a text of dollars without an end', `$$${'a$'.repeat(long)}`],
  ['digits', '1'.repeat(long)],
  ['digits and a letter', `${'1'.repeat(long)}x`],
  ['a fraction', `1.${'0'.repeat(long)}`],
  ['an exponent', `1e${'9'.repeat(long)}`],
  ['a blob', `0x${'a'.repeat(long)}`],
  ['a blob with a letter too many', `0x${'a'.repeat(long)}g`],
  ['durations', '1h'.repeat(long)],
  ['a duration of ISO 8601', `P${'1'.repeat(long)}Y`],
  ['almost UUIDs', '00000000-0000-0000-0000-'.repeat(long / 20)],
  ['a comment', `/*${'*'.repeat(long)}*/`],
  ['a comment without an end', `/*${'*'.repeat(long)}`],
  ['comments to the end of the line', '--'.repeat(long)],
  ['lines', '\n'.repeat(long)],
  ['blanks', ' \t\r'.repeat(long)],
  ['signs', '-'.repeat(long)],
  ['bytes that are no text', '\uD800'.repeat(long)],
])('%s of very many characters is parsed or refused', (_, text) => {
  for (const begin of ['', 'SELECT ', 'INSERT INTO t (a) VALUES (', 'SELECT a FROM t WHERE k = ']) parsed(`${begin}${text}`);
});
