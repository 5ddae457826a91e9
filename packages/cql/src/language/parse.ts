import type { Statement, Term, TypeNode } from './ast/index.ts';
import { TokenCursor } from './cursor.ts';
import { parseStatementNode } from './grammar/statement.ts';
import { parseTermNode } from './grammar/terms.ts';
import { parseTypeNode } from './grammar/types.ts';

/** One statement of a script, and where it stands: from its first word to behind its last, without the `;`. */
export interface ScriptStatement {
  readonly statement: Statement;
  readonly start: number;
  readonly end: number;
}

/**
 * Parses one statement, which `;` may follow (Cassandra: CqlParser, rule query). Takes time in proportion to the length of the text.
 * Throws {@link CqlSyntaxError} with the place where the text stops being CQL.
 */
export function parseStatement(source: string): Statement {
  const c = new TokenCursor(source);
  const statement = parseStatementNode(c);
  while (c.accept(';'));
  if (!c.atEnd) c.fail('the end of the statement');
  return statement;
}

/**
 * Parses a script: statements with `;` between them; those of a batch belong to the batch. Positions are offsets in the whole script.
 * Throws {@link CqlSyntaxError} for the first statement that isn't CQL.
 */
export function parseStatements(source: string): ScriptStatement[] {
  const c = new TokenCursor(source);
  const statements: ScriptStatement[] = [];
  for (;;) {
    while (c.accept(';'));
    if (c.atEnd) return statements;
    const statement = parseStatementNode(c);
    statements.push({ statement, start: statement.pos, end: c.lastEnd });
    if (!c.atEnd && !c.at(';')) c.fail("';' or the end of the statement");
  }
}

/** Parses a type, e.g. `map<text, frozen<list<int>>>`. Throws {@link CqlSyntaxError}. */
export function parseType(text: string): TypeNode {
  return parseAll(text, parseTypeNode, 'the end of the type');
}

/** Parses a value as statements write it, e.g. `{'a': 1}`. Throws {@link CqlSyntaxError}. */
export function parseTerm(text: string): Term {
  return parseAll(text, parseTermNode, 'the end of the value');
}

function parseAll<T>(text: string, parse: (c: TokenCursor) => T, expected: string): T {
  const c = new TokenCursor(text);
  const node = parse(c);
  if (!c.atEnd) c.fail(expected);
  return node;
}
