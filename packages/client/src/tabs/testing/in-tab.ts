import type { RemoteDatabase } from '../../page/remote-database.ts';
import { FakeBrowser } from './fake-browser.ts';
import { FakeStore } from './fake-tabs.ts';

/** What `work` gives of a database in a tab that owns its store. */
export async function inTab<T>(schema: string, work: (database: RemoteDatabase) => Promise<T>): Promise<T> {
  const browser = new FakeBrowser(() => 0.5);
  const tab = new FakeStore(browser, schema).newTab();
  let isDone = false;
  const done = tab.database.then(work).finally(() => {
    isDone = true;
  });
  await browser.runUntil(() => isDone);
  tab.kill();
  return done;
}
