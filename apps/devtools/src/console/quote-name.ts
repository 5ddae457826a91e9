/** Words that are no names without quotes (Cassandra: reserved_keywords). */
const reserved: ReadonlySet<string> = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries execute from full grant if in ' +
    'index infinity insert into is keyspace limit materialized modify nan norecursive not null of on or order primary rename revoke schema ' +
    'select set table to token truncate unlogged update use using view where with true false'
  ).split(' '),
);

/** A name as CQL takes it: in quotes where it has to be. */
export function quoteName(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
