import { withStore } from '../open-store.ts';
import { printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';

interface CompactOptions {
  readonly dir: string;
  readonly table?: string;
  readonly now?: number;
}

/** `cassette compact --dir D [--table KEYSPACE.TABLE] [--now SECONDS]`; prints what was compacted, one JSON object a line. */
export async function compact({ dir, table, now }: CompactOptions): Promise<void> {
  await withStore(dir, { mustExist: true, ...(now === undefined ? {} : { now }) }, async (database) => {
    const progress = new ProgressLine();
    const stop = database.events.subscribe((event) => {
      if (event.type !== 'compaction-progress') return;
      progress.show(`${event.keyspace}.${event.table}`, event.bytesRead, event.bytes);
    });
    const done = await database.compact(table).finally(() => {
      stop();
      progress.end();
    });
    for (const stats of done) await printJson(stats);
  });
}
