import { InvalidRequestError, parseTerm, type Schema } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import * as forms from '../rare-forms.ts';
import { rareForms } from '../rare-forms-part.ts';
import { StatementContext } from '../statement-context.ts';
import { ConstantTerm } from './bound-term.ts';
import { prepareTerm } from './prepare-term.ts';

/**
 * The bytes of a value that is written out as in a statement, e.g. `{'a': 1}` for a `map<text, int>`; null for `null`. Throws
 * CqlSyntaxError, and InvalidRequestError for what is no value of the column or is not known before it is executed.
 */
export function encodeTermText(schema: Schema, column: ColumnSpec, text: string): Uint8Array | null {
  rareForms.provide(forms);
  const term = prepareTerm(new StatementContext(text, schema, column.keyspace, []), column, parseTerm(text));
  if (!(term instanceof ConstantTerm)) throw new InvalidRequestError(`${text} is no value that is written out`);
  return term.constant;
}
