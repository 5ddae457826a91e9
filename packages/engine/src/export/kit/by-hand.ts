import { quoteIdentifier } from '@cassette/cql';
import type { ExportManifest } from './manifest.ts';

/** What empties and drops on the cluster the tables that were emptied and dropped in the store, as CQL. */
export function removalsOf({ truncated, dropped }: Pick<ExportManifest, 'truncated' | 'dropped'>): string[] {
  return [...truncated.map((table) => `TRUNCATE ${quoted(table)};`), ...dropped.map((table) => `DROP TABLE ${quoted(table)};`)];
}

/** `keyspace.table` as the manifest has it, neither of which has a dot: without quotes `Readings` is the name of `readings`. */
function quoted(table: string): string {
  return table.split('.').map(quoteIdentifier).join('.');
}

/**
 * Statements for people to read, each on one line: a name or a text may have line breaks, which would end what the statement is shown in,
 * and in a script what follows would be run. Such a one is shown as JSON, so that it is not taken for one that can be run as it is.
 */
export function shownByHand(statements: readonly string[]): string[] {
  return statements.map((statement) =>
    CONTROL.test(statement)
      ? `-- with line breaks or the like, as manifest.json has it: ${JSON.stringify(statement).replace(CONTROLS, escaped)}`
      : statement,
  );
}

/** Control characters, of which terminals make something too, and what else counts as the end of a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
