// Everything that a store holds, as JSON; in a page and, for what a page exported, under Node.

/**
 * The rows of some tables, but for the column `pad`. Counters as text, sets as sorted arrays.
 * @param {{ execute(cql: string): Promise<{ readonly rows: readonly { values(): unknown[] }[] }> }} db
 * @param {readonly { readonly name: string, readonly columns: readonly string[] }[]} tables `name` as `keyspace.table`
 * @returns {Promise<Record<string, { columns: string[], rows: any[][] }>>} by `name`
 */
export async function readAll(db, tables) {
  const all = {};
  for (const { name, columns: every } of tables) {
    const columns = every.filter((column) => column !== 'pad');
    const { rows } = await db.execute(`SELECT ${columns.join(', ')} FROM ${name}`);
    all[name] = { columns, rows: rows.map((row) => Array.from(row.values(), plain)) };
  }
  return all;
}

function plain(value) {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Set ? [...value].sort((a, b) => a - b) : value;
}
