import { locate, parseStatements } from '@cassette/cql';
import type { ScriptPart } from '../wire/script-part.ts';

/** The statements of a script. Throws CqlSyntaxError for the first that isn't CQL, before any could be run. */
export function splitScript(script: string): ScriptPart[] {
  return parseStatements(script).map(({ start, end }) => ({ text: script.slice(start, end), ...locate(script, start) }));
}
