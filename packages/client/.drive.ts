import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { CallRunner } from './src/worker/call-runner.ts';
export async function drive() {
  const storage = new MemoryStorage();
  let db = await openDatabase({ storage, schema: `CREATE KEYSPACE IF NOT EXISTS app WITH replication = {'class':'SimpleStrategy','replication_factor':1}; CREATE TABLE IF NOT EXISTS app.r (sensor text, ts timestamp, t double, note text, b blob, n int, u uuid, l list<text>, PRIMARY KEY (sensor, ts)) WITH CLUSTERING ORDER BY (ts DESC)`, keyspace: 'app', config: { memtableFlushThreshold: 200000 } });
  const ins = 'INSERT INTO r (sensor, ts, t, note, b, n) VALUES (?, ?, ?, ?, ?, ?)';
  await db.execute(ins, ['a', new Date(1), 1.5, 'x', new Uint8Array(8), 4]);
  await db.execute("INSERT INTO r (sensor, ts, t) VALUES ('a', 5, 2.5)");
  for (let k = 0; k < 5; k++) await db.executeMany(ins, Array.from({ length: 1000 }, (_, i) => ['s' + (i % 50), new Date(1e6 + i + k*1000), i * 0.5, 'note' + i, new Uint8Array(16), i]));
  await db.execute('UPDATE r SET t = ? WHERE sensor = ? AND ts = ?', [9, 'a', new Date(1)]);
  await db.execute('DELETE FROM r WHERE sensor = ? AND ts = ?', ['a', new Date(5)]);
  await db.execute('DELETE FROM r WHERE sensor = ?', ['s3']);
  await db.execute('DELETE FROM r WHERE sensor = ? AND ts < ?', ['s4', new Date(1e6+50)]);
  await db.batch([{ query: ins, params: ['z', new Date(1), 1.5, 'x', new Uint8Array(8), 4] }]);
  const read = async () => {
    let n = 0;
    n += [...(await db.execute('SELECT * FROM r WHERE sensor = ? AND ts = ?', ['a', new Date(1)]))].length;
    n += [...(await db.execute('SELECT * FROM r'))].length;
    n += [...(await db.execute('SELECT sensor, ts, t FROM r WHERE sensor = ? AND ts >= ? AND ts < ? LIMIT 10', ['s1', new Date(0), new Date(1e9)]))].length;
    for await (const row of db.stream('SELECT * FROM r WHERE sensor = ?', ['s2'])) n++;
    return n;
  };
  console.log(await read());
  await db.flush();
  console.log(await read());
  const sink: any = { write() {}, close() {} };
  const rep = await db.export({}, { write: async () => {} } as any);
  console.log(rep.bytes);
  await db.close();
  db = await openDatabase({ storage, keyspace: 'app' });
  console.log(await read());
  await db.close();
}
