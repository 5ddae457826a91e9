// An app of somebody's, with a store of its own, that shows the devtools over it at the bottom of its window.
import { open } from '@cassette/client';
import '../../apps/devtools/dist-element/cassette-devtools.js';

const db = await open({
  name: 'an app of its own',
  schema: 'CREATE TABLE IF NOT EXISTS notes (k text PRIMARY KEY, v text)',
});
await db.execute('INSERT INTO notes (k, v) VALUES (?, ?)', ['a', '<img src=x onerror="alert(1)">']);
await db.flush();
const devtools = document.createElement('cassette-devtools');
devtools.database = db;
devtools.dock = 'bottom';
devtools.addEventListener('close', async () => {
  const { rowLength } = await db.execute('SELECT k FROM notes');
  document.querySelector('#rows').textContent = `closed, ${rowLength} row in the app's store`;
});
document.body.append(devtools);
