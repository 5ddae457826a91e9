// Writes a million rows into the store in the folder that is given, opens it anew and reads them all; prints what it found, and the most
// memory that was in use meanwhile. For a process of its own with a small heap and --expose-gc.
import { openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';

const ROWS = 1_000_000;
const ROWS_OF_A_PARTITION = 500;
const ROWS_BETWEEN_SAMPLES = 100_000;
const [, , folder] = process.argv;

function* rows() {
  for (let n = 0; n < ROWS; n++) yield [Math.floor(n / ROWS_OF_A_PARTITION), n % ROWS_OF_A_PARTITION, `row ${n}`];
}

/** Bytes that are reachable now. */
function bytesInUse() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const schema = 'CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))';
const writer = await openDatabase({ storage: new NodeStorage(folder), schema });
await writer.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', rows());
await writer.flush();
await writer.close();

const db = await openDatabase({ storage: new NodeStorage(folder), schema });
const before = bytesInUse();
let most = before;
let read = 0;
let sum = 0;
for await (const row of db.stream('SELECT k, c, v FROM t')) {
  sum += row.k * ROWS_OF_A_PARTITION + row.c - Number(row.v.slice(4));
  if (++read % ROWS_BETWEEN_SAMPLES === 0) most = Math.max(most, bytesInUse());
}
const counted = (await db.execute('SELECT count(*), sum(c) FROM t WHERE v > ? ALLOW FILTERING', ['']))
  .first()
  .values()
  .map(String);
most = Math.max(most, bytesInUse());
await db.close();
console.log(JSON.stringify({ read, sum, counted, grownBy: most - before }));
