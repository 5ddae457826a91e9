const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** Text between quotes as Cassandra's JSON has it: control characters as `\u001F`. Cassandra: JsonUtils#quoteAsJsonString. */
export function jsonText(text: string): string {
  return `"${text.replace(/["\\\p{Cc}]/gu, escapeOf)}"`;
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x7f) return char;
  return escapes[char] ?? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text as a CQL string literal. */
export function cqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Words that can't be a name without quotes. Cassandra: cql3.ReservedKeywords. */
const reserved = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries execute from full ' +
    'grant if in index infinity insert into is keyspace limit materialized modify nan norecursive not null of on or order primary ' +
    'rename revoke schema select set table to token truncate unlogged update use using view where with'
  ).split(' '),
);

/** A name as CQL writes it: in double quotes where it must be. Cassandra: ColumnIdentifier#maybeQuote. */
export function cqlName(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
