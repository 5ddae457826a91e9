import { withStore } from '../open-store.ts';
import { print } from '../print.ts';

interface CompactOptions {
  readonly dir: string;
  readonly table?: string;
  readonly now?: number;
}

/** `cassette compact --dir D [--table KEYSPACE.TABLE] [--now SECONDS]`; prints what was compacted, one JSON object a line. */
export async function compact({ dir, table, now }: CompactOptions): Promise<void> {
  await withStore(dir, { mustExist: true, ...(now === undefined ? {} : { now }) }, async (database) => {
    for (const stats of await database.compact(table)) await print(`${JSON.stringify(stats)}\n`);
  });
}
