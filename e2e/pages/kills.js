// A page that opens a store, tells what it finds, and does what it is told until its browser is killed. What it was promised has left it
// before anybody counts it.
import { open } from '/client/index.js';
import { readAll } from './read-all.js';

const life = new URLSearchParams(location.search).get('life');

async function post(what, body, more = '') {
  const response = await fetch(`/kills/${what}?life=${life}${more}`, { method: 'POST', body });
  if (!response.ok) throw new Error(`${what}: ${response.status}`);
  return response;
}
const tell = async (what, told = null) => (await post(what, JSON.stringify(told))).json();
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The sizes of the store's files in the private file system, and which ones the store says it has. */
async function filesOf(db, name) {
  const folder = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('cassette')).getDirectoryHandle(name);
  const there = {};
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file') continue;
    // One that is removed meanwhile is none that could be astray.
    const file = await handle.getFile().catch((error) => (error.name === 'NotFoundError' ? null : Promise.reject(error)));
    if (file !== null) there[handle.name] = file.size;
  }
  const stats = await db.stats();
  const named = {};
  for (const { sstables } of stats.tables) {
    for (const { components } of sstables) for (const { file, bytes } of components) named[file] = bytes;
  }
  const unnamed = Object.keys(there).filter((file) => !(file in named) && !file.startsWith('wal-') && file !== 'catalog');
  const missing = Object.keys(named).filter((file) => there[file] !== named[file]);
  const segments = Object.keys(there).filter((file) => file.startsWith('wal-')).length - stats.walSegments;
  const bytes = Object.values(there).reduce((sum, size) => sum + size, 0) - stats.diskBytes;
  const isQuiet = stats.compaction.running === null && stats.sealedMemtableBytes === 0;
  return { unnamed, missing, segments, bytes, isQuiet };
}

/** Looks at the files until flushes and compactions have come to rest; null where they are what the store says, else what is wrong. */
async function strayFiles(db, name) {
  let found;
  for (let tries = 0; tries < 600; tries++) {
    found = await filesOf(db, name);
    const { unnamed, missing, segments, bytes, isQuiet } = found;
    if (isQuiet && unnamed.length === 0 && missing.length === 0 && segments === 0 && bytes === 0) return null;
    await pause(100);
  }
  return found;
}

async function find(db, name) {
  const tables = (await db.metadata()).flatMap((keyspace) =>
    keyspace.tables.map((table) => ({
      name: `${table.keyspace}.${table.name}`,
      columns: table.columns.map((column) => column.name),
    })),
  );
  const all = await readAll(db, tables);
  const exports = (await db.exports()).map(({ id, confirmedAt }) => ({ id, confirmed: confirmedAt !== null }));
  return { tables: all, exports, strayFiles: await strayFiles(db, name) };
}

/** A sink whose chunks are taken when they are out of the page. */
const sink = (n) =>
  new WritableStream({
    write: (chunk) => post('chunk', new Blob([chunk]), `&n=${n}`).then(() => undefined),
  });

const values = (params) => params?.map((value) => (Array.isArray(value) ? new Set(value) : value));

async function carryOut(db, operation) {
  const { n, kind } = operation;
  switch (kind) {
    case 'execute':
      return db.execute(operation.cql, values(operation.params));
    case 'many':
      return db.executeMany(operation.cql, operation.rows);
    case 'batch':
      return db.batch(operation.queries, { counter: operation.counter });
    case 'import': {
      const zip = await (await post('zip', null, `&id=${operation.id}`)).blob();
      await tell('begun', kind);
      return db.import(operation.id % 2 === 0 ? zip : zip.stream());
    }
    case 'export': {
      await tell('begun', kind);
      const { id, bytes } = await db.export(operation.options, sink(n));
      return { id, bytes };
    }
    case 'confirm':
      return db.confirmExported(operation.id);
    case 'compact':
      await tell('begun', kind);
      return db.compact();
    case 'flush':
      return db.flush();
  }
}

/** Does what it is told, writer by writer, and tells what is done; for ever. */
function work(db, plan) {
  let done = [];
  let isTelling = false;
  const writers = new Map();
  const report = async () => {
    if (isTelling) return;
    isTelling = true;
    while (done.length > 0) {
      const told = done;
      done = [];
      take(await tell('done', told));
    }
    isTelling = false;
  };
  const next = async (writer) => {
    for (;;) {
      const operation = writer.queue.shift();
      if (operation === undefined) return void writer.idle++;
      const result = await carryOut(db, operation);
      const isTold = operation.kind === 'export';
      done.push({ writer: writer.name, n: operation.n, kind: operation.kind, result: isTold ? result : null });
      report().catch(fail);
    }
  };
  const take = (all) => {
    for (const { name, width, operations } of all) {
      if (!writers.has(name)) writers.set(name, { name, idle: width, queue: [] });
      const writer = writers.get(name);
      writer.queue.push(...operations);
      while (writer.idle > 0 && writer.queue.length > 0) {
        writer.idle--;
        next(writer).catch(fail);
      }
    }
  };
  take(plan);
}

/** The end of the test: everything once more, and out of the store what goes to Cassandra. */
async function finish(db, name) {
  await db.flush();
  await db.export({}, sink(-1));
  const { tables, strayFiles: stray } = await find(db, name);
  await db.close();
  await tell('finished', { tables, strayFiles: stray });
}

/** Tells now and then how the engine is, for whoever wonders why nothing happens any more, and at once of what fails in the background. */
async function watch(db) {
  await db.listen((events) => {
    for (const event of events) if (event.type.endsWith('-failed')) fail(new Error(JSON.stringify(event)));
  });
  for (;;) {
    const { tables, counters, compaction, ...others } = await db.stats();
    const sstables = tables.map((table) => `${table.table} ${table.sstables.length}`).join();
    await tell('pulse', { ...others, ...counters, sstables, running: compaction.running });
    await pause(2000);
  }
}

function fail(error) {
  tell('failed', `${error?.code ?? ''} ${error?.stack ?? error}`).catch(console.error);
}

/** Opens a store; again where a machine under load took longer for the start of a worker than the client waits. */
async function opened(options) {
  for (let tries = 1; ; tries++) {
    try {
      return await open(options);
    } catch (error) {
      if (error.code !== 'WORKER_DIED' || tries === 5) throw error;
    }
  }
}

async function live() {
  const plan = await tell('hello');
  if (plan === null) return;
  const db = await opened(plan.open);
  await tell('opened', db.recovery);
  watch(db).catch(() => undefined);
  const { finish: isLast, work: writers } = await tell('found', await find(db, plan.open.name));
  if (isLast) await finish(db, plan.open.name);
  else work(db, writers);
}

live().catch(fail);
