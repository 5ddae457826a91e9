import type { KeywordValue } from './schema-statements.ts';
import type { Literal } from './terms.ts';

/** The text that a constant or a keyword stands for: of a string what is between the quotes, else what was written (Cassandra: getRawText). */
export function literalText(literal: Literal | KeywordValue): string {
  if (literal.kind === 'string') return literal.value;
  return literal.kind === 'boolean' ? String(literal.value) : literal.text;
}
