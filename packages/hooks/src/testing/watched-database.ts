import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { expect } from 'vitest';
import type { LiveDatabase } from '../live-rows.ts';

/** For tests: a database in memory that counts its subscriptions. */
export async function watchedDatabase(): Promise<{ db: Database; live: LiveDatabase; counts: { opened: number; open: number } }> {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: 'CREATE TABLE todos (list text, id int, title text, PRIMARY KEY (list, id))',
  });
  const counts = { opened: 0, open: 0 };
  const live: LiveDatabase = {
    subscribe: (query, params, options, listener) => {
      const subscription = db.subscribe(query, params, options, listener as () => void);
      counts.opened++;
      counts.open++;
      return {
        close: () => {
          counts.open--;
          subscription.close();
        },
      };
    },
  };
  return { db, live, counts };
}

/** For tests: waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(holds()).toBe(true);
}

/** The statement of the tests. */
export const TODOS = 'SELECT id, title FROM todos WHERE list = ?';
