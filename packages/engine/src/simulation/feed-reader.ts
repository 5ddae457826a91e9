import type { Database } from '../database/index.ts';
import type { RichTable } from './model/rich-table.ts';
import { KEYSPACE } from './read-store.ts';

/** The table whose changes are read; it is only inserted into, and no row twice. */
export const FEED = 'feed';

/** Somebody who reads the changes of {@link FEED} and remembers, whatever becomes of the store, how far he is and what he got. */
export class FeedReader {
  private position: string | null = null;
  private readonly taken = new Map<string, number>();

  /** Reads what there is. */
  async drain(db: Database): Promise<void> {
    const changes = db.changes({ since: this.position, tables: [`${KEYSPACE}.${FEED}`], follow: false });
    for await (const { position, partitionKey, rows } of changes) {
      if (this.position !== null && position <= this.position) throw new Error(`change ${position} comes after ${this.position}`);
      this.position = position;
      for (const { clustering } of rows) {
        const row = `${partitionKey['k']}/${clustering?.['c']}`;
        this.taken.set(row, (this.taken.get(row) ?? 0) + 1);
      }
    }
  }

  /** Each row of the table was got once, and no other. Throws where not. */
  check(table: RichTable, seconds: number): void {
    const rows = new Set(table.rows(seconds).map(({ k, c }) => `${k}/${c}`));
    const wrong: string[] = [];
    for (const row of rows) if (!this.taken.has(row)) wrong.push(`${row} was not told`);
    for (const [row, times] of this.taken) {
      if (!rows.has(row)) wrong.push(`${row} was told and is not there`);
      if (times > 1) wrong.push(`${row} was told ${times} times`);
    }
    if (wrong.length > 0) throw new Error(`changes: ${wrong.join('; ')}`);
  }

  copy(): FeedReader {
    const copy = new FeedReader();
    copy.position = this.position;
    for (const [row, times] of this.taken) copy.taken.set(row, times);
    return copy;
  }
}
