// The page that tests drive: the built client, imported by URL under script-src 'self', as any page may do.
import * as cassette from '/client/index.js';

window.cassette = cassette;

/**
 * Sends operations, so many at a time, and calls `acknowledge` with the indexes of those whose promise has resolved.
 * Resolves when all are done.
 */
window.runOperations = async (db, operations, { first, concurrency, acknowledge }) => {
  let next = 0;
  let settled = [];
  const report = () => {
    const indexes = settled;
    settled = [];
    return acknowledge(indexes);
  };
  const worker = async () => {
    while (next < operations.length) {
      const index = next++;
      const { cql, params } = operations[index];
      await db.execute(cql, params);
      settled.push(first + index);
      if (settled.length === 1) queueMicrotask(() => setTimeout(report));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  await report();
};

/**
 * Every row of a table as the judge shows Cassandra's: by column its SELECT JSON text, and write time and TTL of what is
 * no key.
 */
window.rowViews = async (db, table, keys, nowInSeconds) => {
  const { columns } = await db.execute(`SELECT * FROM ${table} LIMIT 1`);
  const names = columns.map((column) => column.name);
  const timed = names.filter((name) => !keys.includes(name));
  const selectors = [...names, ...timed.flatMap((name) => [`WRITETIME(${name})`, `TTL(${name})`])];
  const views = [];
  let pageState;
  do {
    const page = await db.execute(`SELECT ${selectors.join(', ')} FROM ${table}`, [], {
      fetchSize: 2000,
      pageState,
      nowInSeconds,
    });
    for (let row = 0; row < page.rowLength; row++) {
      const view = {};
      names.forEach((name, i) => {
        const cell = page.cell(row, i);
        if (cell === null) {
          view[name] = null;
          return;
        }
        view[name] = { json: page.columns[i].type.toJson(cell, 0, cell.length) };
        const at = timed.indexOf(name);
        if (at >= 0) {
          view[name].writetime = String(page.value(row, names.length + 2 * at));
          view[name].ttl = page.value(row, names.length + 2 * at + 1);
        }
      });
      views.push(view);
    }
    pageState = page.pageState ?? undefined;
  } while (pageState);
  return views;
};
