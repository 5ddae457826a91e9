import { CassetteError } from '@cassette/bytes';
import { CqlError, excerpt, locate } from '../errors.ts';
import type { Statement } from '../language/ast/index.ts';
import { parseStatements } from '../language/parse.ts';
import type { CqlType } from '../types/cql-type.ts';

/** A bind marker, as whoever prepares statements tells of it. */
export interface DescribedParameter {
  /** That of a named marker, else what the value is for: a column, or `[ttl]`. */
  readonly name: string;
  readonly type: CqlType;
  /** Whether it is written `:name`. */
  readonly isNamed: boolean;
  /** Whether null is taken. */
  readonly nullable: boolean;
  /** Whether undefined is taken: it leaves things as they are. */
  readonly optional: boolean;
}

/** A column of a result. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: CqlType;
  readonly nullable: boolean;
  /** Whether rows may be without it. */
  readonly optional: boolean;
  /** Whether it is a list that may have nulls, as no list of a table has. */
  readonly nullElements: boolean;
}

/** What preparing a statement tells. */
export interface StatementDescription {
  /** In the order of the text. */
  readonly parameters: readonly DescribedParameter[];
  /** Null for a statement that answers no rows. */
  readonly columns: readonly DescribedColumn[] | null;
}

/** A statement of a file of queries, prepared. */
export interface NamedStatement extends StatementDescription {
  readonly name: string;
  /** Lines of comments between its name and itself. */
  readonly doc: readonly string[];
  readonly source: string;
}

/** A statement of a file of queries. */
export interface QueryText {
  /** Null where no comment gives it one. */
  readonly name: string | null;
  readonly doc: readonly string[];
  readonly source: string;
  /** Offset in the file. */
  readonly position: number;
  readonly statement: Statement;
}

const namePattern = /^name:\s*(\S.*?)\s*$/;

/**
 * The statements of a file and the comment before each: `-- name: findReadings`, and behind it, if there are, lines about it. Throws
 * CqlSyntaxError.
 */
export function parseQueries(text: string): QueryText[] {
  let before = 0;
  return parseStatements(text).map(({ statement, start, end }) => {
    const lines = commentLines(text.slice(before, start));
    before = end;
    const at = lines.findLastIndex((line) => namePattern.test(line));
    const name = at < 0 ? null : (namePattern.exec(lines[at])?.[1] ?? null);
    return { name, doc: at < 0 ? [] : lines.slice(at + 1), source: text.slice(start, end), position: start, statement };
  });
}

/** Lines of the comments in what lies between two statements. */
function commentLines(between: string): string[] {
  const lines: string[] = [];
  for (const [, line, block] of between.matchAll(/(?:--|\/\/)([^\n\r]*)|\/\*([\s\S]*?)\*\//g)) {
    const own = line ?? block;
    lines.push(...own.split(/\r?\n/).map((one) => one.replace(/^\s*\*/, '').trim()));
  }
  return lines.filter((line, i) => line !== '' || (i > 0 && i < lines.length - 1));
}

/** What stands in a file of queries can't become a type: file, line and column are told, and the line is shown. */
export class QueryFileError extends CassetteError {
  /** Codes: UNNAMED_STATEMENT, DUPLICATE_NAME, NOT_A_QUERY, and those of CQL. */
  constructor(code: string, reason: string, file: string, text: string, position: number, cause?: unknown) {
    const { line, column } = locate(text, position);
    super(code, `${file}:${line}:${column}: ${reason}\n${excerpt(text, position)}`, { file, line, column, position }, cause);
  }

  /** An error of a statement that begins at `start` of the file, with its place there; what is no error of CQL's is given back. */
  static of(error: unknown, file: string, text: string, start: number): unknown {
    if (!(error instanceof CqlError)) return error;
    const own = error.data['position'];
    // A message that tells a place ends with the statement's line and a caret; here both are the file's.
    const place = /^line \d+:\d+ /.exec(error.message);
    const reason = place === null ? error.message : error.message.slice(place[0].length).split('\n').slice(0, -2).join('\n');
    return new QueryFileError(error.code, reason, file, text, start + (typeof own === 'number' ? own : 0), error);
  }
}
