// An app of somebody's, with a store of its own, that shows the devtools over it at the bottom of its window; with ?late it loads them when
// the element is there already, with ?twice it has two.
import { open } from '@cassette/client';

const asked = new URLSearchParams(location.search);
const load = () => import('../../apps/devtools/dist-element/index.js');
if (!asked.has('late')) await load();

const db = await open({
  name: 'an app of its own',
  schema: 'CREATE TABLE IF NOT EXISTS notes (k text PRIMARY KEY, v text)',
});
await db.execute('INSERT INTO notes (k, v) VALUES (?, ?)', ['a', '<img src=x onerror="alert(1)">']);
await db.flush();

function show(database) {
  const devtools = document.createElement('cassette-devtools');
  devtools.database = database;
  devtools.dock = 'bottom';
  document.body.append(devtools);
  return devtools;
}

show(db).addEventListener('close', async () => {
  const { rowLength } = await db.execute('SELECT k FROM notes');
  document.querySelector('#rows').textContent = `closed, ${rowLength} row in the app's store`;
});
if (asked.has('late')) await load();
if (asked.has('twice')) show(await open({ name: 'another of its own' })).dock = 'none';
