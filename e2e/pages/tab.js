// One of many tabs that write into one store, until it is closed or worse. What it was promised has left it before anybody counts it.
import { open } from '/client/index.js';

const parameters = new URLSearchParams(location.search);
const tab = Number(parameters.get('tab'));

const BrowsersWorker = globalThis.Worker;
globalThis.Worker = class extends BrowsersWorker {
  constructor(url, options) {
    super(url, options);
    window.engineWorker = this;
  }
};

async function tell(what, told) {
  const response = await fetch(`/tabs/${what}?tab=${tab}`, { method: 'POST', body: JSON.stringify(told) });
  if (!response.ok) throw new Error(`${what}: ${response.status}`);
}
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const state = { open: 0, isEnding: false, failed: [] };
window.state = state;

/** Calls, one after the other, and tells of each what became of it before the next one. */
async function keepOn(kind, call, mayBeLost = false) {
  for (let n = 0; !state.isEnding; n++) {
    state.open++;
    try {
      await call(n);
      await tell('done', { kind, n });
    } catch (error) {
      if (mayBeLost && error.code === 'OWNER_LOST') await tell('lost', { kind, n });
      else {
        state.failed.push(`${kind} ${n}: ${error.code} ${error.message}`);
        return;
      }
    } finally {
      state.open--;
    }
    await pause(5);
  }
}

async function live() {
  const db = await open({
    name: parameters.get('store'),
    askPersistence: false,
    schema: `CREATE TABLE IF NOT EXISTS trail (tab int, n int, v text, PRIMARY KEY (tab, n));
      CREATE TABLE IF NOT EXISTS swept (tab int, n int, v text, PRIMARY KEY (tab, n));
      CREATE TABLE IF NOT EXISTS newest (tab int PRIMARY KEY, n int);
      CREATE TABLE IF NOT EXISTS counts (tab int PRIMARY KEY, n counter);`,
    config: { memtableFlushThreshold: 128 * 1024, memtableHardLimit: 1024 * 1024 },
  });
  window.db = db;
  keepOn('trail', (n) => db.execute('INSERT INTO trail (tab, n, v) VALUES (?, ?, ?)', [tab, n, 'v'.repeat(200)]));
  keepOn('swept', (n) =>
    n % 2 === 0
      ? db.execute('INSERT INTO swept (tab, n, v) VALUES (?, ?, ?)', [tab, n / 2, `v${n}`])
      : db.execute('DELETE FROM swept WHERE tab = ? AND n = ?', [tab, (n - 1) / 2]),
  );
  keepOn('newest', (n) => db.execute('UPDATE newest SET n = ? WHERE tab = ?', [n, tab]));
  keepOn('counts', () => db.execute('UPDATE counts SET n = n + 1 WHERE tab = ?', [tab]), true);
  keepOn('reads', async () => {
    const { rows } = await db.execute('SELECT n FROM trail WHERE tab = ?', [tab]);
    for (let i = 0; i < rows.length; i++) if (rows[i].n !== i) throw new Error(`Row ${i} of tab ${tab} is ${rows[i].n}`);
  });
  window.isWriting = true;
}

live().catch((error) => {
  state.failed.push(`open: ${error.code} ${error.stack}`);
  window.isWriting = true;
});
