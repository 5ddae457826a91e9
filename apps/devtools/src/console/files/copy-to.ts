import type { ColumnSpec, RemoteDatabase, ResultSet, TableInfo } from '@cassette/client';
import { schema } from '../../store/watch.ts';
import { CommandError, type CopyCommand } from '../commands/command.ts';
import { quoteName } from '../quote-name.ts';
import type { CopyOptions } from './copy-options.ts';
import type { FileJob } from './file-job.ts';
import { rowWriter } from './row-writer.ts';
import { openSaveTarget, type SaveTarget } from './save-target.ts';

/** COPY … TO: page by page into a file of the user's, or onto the page. Rejects with what the store or the file says. */
export async function copyTo(
  job: FileJob,
  { keyspace, table, columns, file }: CopyCommand,
  options: CopyOptions,
  database: RemoteDatabase,
): Promise<void> {
  const name = keyspace === null ? quoteName(table) : `${quoteName(keyspace)}.${quoteName(table)}`;
  const selection = columns === null ? '*' : columns.map(quoteName).join(', ');
  const select = `SELECT ${selection} FROM ${name}`;
  // Asked for before the file is made, so that a mistake leaves none.
  const { signal } = job;
  const first = await database.execute(`${select} LIMIT 1`, undefined, { signal });
  const specs = first.columns ?? [];
  const query = select + tokenRange(specs[0], options);
  const writer = rowWriter(specs, options);
  const target = file === null ? stdout(job) : await openSaveTarget(fileName(file), typeOf(options));
  try {
    await target.write(writer.head);
    let bytes = writer.head.length;
    let done = 0;
    let state: Uint8Array | null = null;
    do {
      job.signal.throwIfAborted();
      const page: ResultSet = await database.execute(query, undefined, {
        fetchSize: options.pageSize,
        ...(state !== null && { pageState: state }),
        keyspace: specs[0].keyspace,
        signal,
      });
      const text = writer.rows(page, Number.POSITIVE_INFINITY);
      await target.write(text);
      bytes += text.length;
      done += page.rowLength;
      job.progress({ done, bytes });
      state = page.pageState;
    } while (state !== null);
    job.signal.throwIfAborted();
    await target.close();
  } catch (error) {
    await target.abort();
    throw error;
  }
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || 'copy.csv';
}

function typeOf({ format }: CopyOptions): string {
  return format === 'json' ? 'application/x-ndjson' : 'text/csv';
}

function stdout(job: FileJob): SaveTarget {
  return {
    async write(text) {
      job.print(text);
    },
    close: async () => undefined,
    abort: async () => undefined,
  };
}

/** `BEGINTOKEN` is not part of the range, `ENDTOKEN` is, as in cqlsh. */
function tokenRange(spec: ColumnSpec, { beginToken, endToken }: CopyOptions): string {
  if (beginToken === null && endToken === null) return '';
  const table = tableOf(spec.keyspace, spec.table);
  const key = table?.columns.filter(({ kind }) => kind === 'partition_key').map((column) => quoteName(column.name)) ?? [];
  if (key.length === 0) throw new CommandError('the schema is not read yet: run it again', 0);
  const token = `token(${key.join(', ')})`;
  const bounds = [beginToken !== null && `${token} > ${beginToken}`, endToken !== null && `${token} <= ${endToken}`];
  return ` WHERE ${bounds.filter((bound) => bound !== false).join(' AND ')}`;
}

/** What is known of a table. */
export function tableOf(keyspace: string, name: string): TableInfo | undefined {
  return schema.value?.find((one) => one.name === keyspace)?.tables.find((one) => one.name === name);
}
