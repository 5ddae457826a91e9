import { LazyPart, PartUnavailableError } from '@cassette/bytes';
import type { StorageFullError } from '@cassette/storage';
import type { EngineSnapshot } from './engine-snapshot.ts';
import type { EngineState } from './engine-state.ts';

const part = new LazyPart('exports from a full device', () => import('./unflushed.ts'));

/**
 * A snapshot whose flush failed with `full`, with memtables as SSTables that lie in memory. `checkOpen` is asked whenever something was
 * loaded. Rejects with what it throws, and with PartUnavailableError where code that this needs can't be had: `full` is among its reasons.
 */
export async function snapshotWithoutFlush(
  state: EngineState,
  full: StorageFullError,
  checkOpen: () => void,
): Promise<EngineSnapshot> {
  try {
    const { snapshotOfUnflushed } = await part.load();
    return await snapshotOfUnflushed(state, checkOpen);
  } catch (error) {
    if (!(error instanceof PartUnavailableError)) throw error;
    const { cause } = error;
    const why = cause instanceof Error ? cause.message : String(cause);
    const reasons = [cause, full];
    throw new PartUnavailableError(
      error.part,
      new AggregateError(reasons, `${why}; it is needed because of this: ${full.message}`),
    );
  }
}
