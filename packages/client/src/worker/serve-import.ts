import type { Database, ImportOptions, ImportProgress, ImportReport } from '@cassette/engine';
import { releaseProxy } from 'comlink';
import { AbortedError } from '../errors/client-errors.ts';
import type { ChunkCallback, ImportRequest, ProgressCallback } from '../wire/import-wire.ts';

/** Milliseconds between two messages: as often as an eye can follow. */
const REST_MS = 40;

/** Runs an import for a tab. Rejects with AbortedError when `signal` ends it, and with what `Database.import` rejects with. */
export async function serveImport(
  database: Database,
  { files, options }: ImportRequest,
  read: ChunkCallback | null,
  progress: ProgressCallback | null,
  signal: AbortSignal,
): Promise<ImportReport> {
  const teller = progress === null ? null : new Teller(progress);
  const how: ImportOptions = {
    ...options,
    signal,
    ...(teller !== null && { onProgress: (now: ImportProgress) => teller.tell(now) }),
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
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new AbortedError('The import', signal.reason)));
  });
  cancelled.catch(() => undefined);
  for (;;) {
    const chunk = read === null ? null : await Promise.race([read(), cancelled]);
    if (chunk === null) return;
    yield chunk;
  }
}

/** Tells a tab how far its import is, now and then, and of the end for certain. */
class Teller {
  private readonly progress: ProgressCallback;
  private toldAt = Number.NEGATIVE_INFINITY;
  private waiting: ImportProgress | null = null;
  private telling: Promise<unknown> = Promise.resolve();

  constructor(progress: ProgressCallback) {
    this.progress = progress;
  }

  tell(now: ImportProgress): void {
    this.waiting = now;
    if (performance.now() - this.toldAt >= REST_MS) this.send();
  }

  async finish(): Promise<void> {
    this.send();
    await this.telling;
  }

  private send(): void {
    if (this.waiting === null) return;
    const now = this.waiting;
    this.waiting = null;
    this.toldAt = performance.now();
    const before = this.telling;
    // What the tab's own listener throws is the tab's to know, and no reason to end an import.
    this.telling = this.progress(now)
      .catch((error: unknown) => console.warn('Cassette: a listener of an import failed', error))
      .then(() => before);
  }
}
