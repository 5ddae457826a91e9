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
