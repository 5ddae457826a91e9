import { Connection } from '../tabs/connection.ts';
import { watchLock } from '../tabs/held-lock.ts';
import type { TabPlatform } from '../tabs/platform.ts';
import type { OwnerStart } from '../tabs/store-link.ts';
import { CallLane } from '../wire/call-lane.ts';
import type { OpenReply, OpenRequest } from '../wire/protocol.ts';
import { startWorker } from './start-worker.ts';

/**
 * Starts the worker and opens the store in it. Rejects with what keeps it from that; the worker is then ended. `platform` may be
 * null, where nothing tells of a worker that crashed but its error event.
 */
export async function startOwner(
  request: OpenRequest,
  workerUrl: string | URL | undefined,
  platform: TabPlatform | null,
  { signal, onEnd }: Pick<OwnerStart, 'signal' | 'onEnd'>,
): Promise<Connection> {
  const { worker, host, alive, failed } = await startWorker(workerUrl, signal);
  let unwatch: () => void = () => undefined;
  const dispose = () => {
    unwatch();
    worker.terminate();
  };
  const connection = new Connection('owner', host, dispose, onEnd, new CallLane(worker));
  signal.addEventListener('abort', () => connection.lose('it was called off'));
  try {
    if (platform !== null && alive !== null) unwatch = watchLock(platform, alive, () => connection.lose('its worker ended'));
    connection.reply = (await Promise.race([connection.run((started) => started.open(request)), failed])) as OpenReply;
    worker.addEventListener('error', ({ message }) => connection.lose(`its worker failed: ${message}`));
    return connection;
  } catch (error) {
    connection.lose('it could not be opened');
    throw error;
  }
}
