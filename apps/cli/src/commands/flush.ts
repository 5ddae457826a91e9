import { withStore } from '../open-store.ts';
import { printJson } from '../print.ts';
import { isJson } from '../tell-error.ts';

/** `cassette flush --dir D`: prints nothing, or with --json how many SSTables and bytes the store has then, as one JSON object. */
export async function flush({ dir }: { dir: string }): Promise<void> {
  await withStore(dir, { mustExist: true }, async (database) => {
    await database.flush();
    if (!isJson()) return;
    const { tables } = database.stats();
    await printJson({
      tables: tables.map(({ keyspace, table, sstables, sstableBytes: bytes }) => ({
        keyspace,
        table,
        sstables: sstables.length,
        bytes,
      })),
    });
  });
}
