import type { SensorRow } from '../rows/sensor-row.ts';
import { countSyncs } from './count-syncs.ts';
import type { StoreReply, StoreRequest, WorkerStore } from './worker-store.ts';

/** Answers the page's requests in the order in which they come, one after the other, as a database of one connection does. */
export function serveStore(store: WorkerStore): void {
  const syncs = countSyncs();
  const scope = self as unknown as Pick<DedicatedWorkerGlobalScope, 'postMessage'> & {
    onmessage: ((event: MessageEvent<StoreRequest>) => void) | null;
  };
  const reply = (message: StoreReply) => scope.postMessage(message);
  const answer = async ({ id, method, args }: StoreRequest): Promise<void> => {
    try {
      if (method === 'syncs') reply({ id, value: syncs() });
      else {
        const given = method === 'scan' ? [...args, (rows: SensorRow[]) => reply({ id, rows })] : [...args];
        reply({ id, value: await (store[method] as (...args: unknown[]) => Promise<unknown>).apply(store, given) });
      }
    } catch (error) {
      reply({ id, error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    }
  };
  let last = Promise.resolve();
  scope.onmessage = ({ data }) => {
    last = last.then(() => answer(data));
  };
}

type DedicatedWorkerGlobalScope = { postMessage(message: unknown): void };
