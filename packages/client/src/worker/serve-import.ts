import type { Database, ImportOptions, ImportProgress, ImportReport } from '@cassette/engine';
import { releaseProxy, transfer } from 'comlink';
import { AbortedError } from '../errors/client-errors.ts';
import type { Callback } from '../wire/callback.ts';
import { GarbageCollection } from '../wire/collect-garbage.ts';
import type { ChunkCallback, ImportRequest } from '../wire/import-wire.ts';
import { ProgressTeller } from './progress-teller.ts';
import { untilAborted } from './until-aborted.ts';

/** Bytes of a stream that travel at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Runs an import for a tab. Rejects with AbortedError when `signal` ends it, and with what `Database.import` rejects with. */
export async function serveImport(
  database: Database,
  { files, options }: ImportRequest,
  read: ChunkCallback | null,
  progress: Callback<[ImportProgress]> | null,
  signal: AbortSignal,
): Promise<ImportReport> {
  const teller = progress === null ? null : new ProgressTeller(progress, 'an import');
  const garbage = new GarbageCollection();
  const how: ImportOptions = {
    ...options,
    signal,
    onProgress: (now: ImportProgress) => {
      garbage.told(now.bytesDone);
      teller?.tell(now);
    },
  };
  try {
    const report = await database.import(files ?? chunksOf(read, signal), how);
    await teller?.finish();
    return report;
  } catch (error) {
    throw signal.aborted ? new AbortedError('The import', error) : error;
  } finally {
    read?.[releaseProxy]?.();
    progress?.[releaseProxy]?.();
  }
}

/** The chunks of a stream that the tab reads. A tab that is gone answers nothing, and ends the wait by the signal. */
async function* chunksOf(read: ChunkCallback | null, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  if (read === null) return;
  const until = untilAborted(signal);
  let buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const chunk = await until(read(transfer(buffer, [buffer.buffer])));
    if (chunk === null) return;
    yield chunk;
    buffer = new Uint8Array(chunk.buffer as ArrayBuffer);
  }
}
