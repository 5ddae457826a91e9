import type { CqlError } from '@cassette/cql';
import { expect } from 'vitest';
import { unset } from '../../prepared/binding.ts';
import type { Database } from '../database.ts';
import type { Params } from '../database-options.ts';

// Tables of wrong statements: each is a line, and what it is refused with is the next one, code and reason. In the statement ‸ stands
// before what the caret must be under, ⏎ for a new line, and behind | are the parameters as JSON. A reason that ends in … goes on.

/** The tables that the statements are about. */
export const SCHEMA = `
CREATE TYPE address (street text, zip int);
CREATE TABLE t (
  k int, c1 int, c2 text, s int STATIC, v int, w text, l list<int>, m map<text, int>, st set<text>, a address,
  tp tuple<int, text>, vec vector<float, 2>, PRIMARY KEY (k, c1, c2)
);
CREATE TABLE two (a int, b int, c int, v int, PRIMARY KEY ((a, b), c));
CREATE TABLE plain (k int PRIMARY KEY, v int);
CREATE TABLE text_key (k text PRIMARY KEY);
`;

/** A wrong statement. */
export interface WrongStatement {
  readonly text: string;
  readonly params: Params | undefined;
  readonly code: string;
  readonly reason: string;
}

/** The statements of a table. */
export function wrongStatements(table: string): readonly WrongStatement[] {
  const lines = table.trim().split('\n');
  return lines.flatMap((line, i) => {
    if (i % 2 === 1) return [];
    const [text, json] = line.split(' | ');
    const [, code, reason] = /^ {2}([A-Z_]+) (.*)$/.exec(lines[i + 1]) as RegExpExecArray;
    const params = json === undefined ? undefined : JSON.parse(json, (_, value) => (value === '$unset' ? unset : value));
    return [{ text: text.replaceAll('⏎', '\n'), params, code, reason }];
  });
}

/** Expects that the statement is refused with its code and reason, and that the error points at its ‸. */
export async function expectRefusal(db: Database, { text, params, code, reason }: WrongStatement): Promise<void> {
  const error = (await db.execute(text.replace('‸', ''), params).catch((thrown: unknown) => thrown)) as CqlError;
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('‸'));
  const column = lines[line].indexOf('‸');
  // Of long lines what is around the place is shown.
  const from = Math.max(0, column - 60);
  const shown = lines[line].replace('‸', '').slice(from, column + 60);
  const place = { line: line + 1, column: column + 1, position: text.indexOf('‸') };
  expect({ code: error.code, ...error.data }).toMatchObject({ code, ...place });
  const [first, ...below] = error.message.split('\n');
  const wanted = `line ${place.line}:${place.column} ${reason.replace(/…$/, '')}`;
  expect(reason.endsWith('…') ? first.slice(0, wanted.length) : first).toBe(wanted);
  expect(below).toEqual([shown, `${' '.repeat(column - from)}^`]);
}
