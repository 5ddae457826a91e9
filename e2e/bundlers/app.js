// What each of the little apps does once its bundler has found it the client: a page with one button a thing that needs something of the build.

/**
 * @param {typeof import('@cassette/client').open} open as the app has imported it
 * @param {() => Promise<unknown>} loadDevtools imports <cassette-devtools>, as the app would
 */
export async function start(open, loadDevtools) {
  const db = await open({
    name: 'bundled',
    schema: 'CREATE TABLE IF NOT EXISTS notes (list text, at timeuuid, body text, PRIMARY KEY (list, at))',
  });
  const show = (id, text) => {
    document.getElementById(id).textContent = text;
  };
  const count = async () => {
    // Aggregates are code that the worker loads when they are first needed.
    const result = await db.execute("SELECT count(*) AS notes FROM notes WHERE list = 'a'");
    show('count', `${result.first().notes} notes`);
  };
  const press = (id, act) => {
    document.getElementById(id).onclick = () => act().catch((error) => show('error', String(error)));
  };
  press('write', async () => {
    await db.execute("INSERT INTO notes (list, at, body) VALUES ('a', now(), ?)", ['written']);
    await count();
  });
  press('flush', async () => {
    // Until the worker that flushes is up, the engine flushes itself.
    let stats = await db.stats();
    for (let turn = 0; stats.maintenance.flushesInWorker === 0 && turn < 200; turn++) {
      await db.execute("INSERT INTO notes (list, at, body) VALUES ('b', now(), ?)", ['x'.repeat(200_000)]);
      await db.flush();
      stats = await db.stats();
    }
    show('flushed', `${stats.maintenance.flushesInWorker > 0 ? 'by its worker' : 'without a worker'}`);
  });
  press('export', async () => {
    const parts = [];
    await db.export({}, new WritableStream({ write: (part) => void parts.push(part) }));
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    show('exported', `${String.fromCharCode(...bytes.subarray(0, 2))} of ${bytes.length > 1000 ? 'some' : 'few'} bytes`);
  });
  press('devtools', async () => {
    await loadDevtools();
    const devtools = document.createElement('cassette-devtools');
    Object.assign(devtools, { database: db, dock: 'bottom', view: 'inspector' });
    document.body.append(devtools);
  });
  await count();
}
