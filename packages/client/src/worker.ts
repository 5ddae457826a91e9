// The dedicated worker that hosts the engine, or the one that flushes and compacts for it: dist/worker.js.

import { limitPartWaits } from '@cassette/bytes';
import { expose } from 'comlink';
import { installErrorTransfer } from './errors/error-transfer.ts';
import { type LanePort, serveCalls } from './wire/call-lane.ts';
import { browserSurroundings, HeldStore } from './worker/held-store.ts';
import { maintain, storeToMaintain } from './worker/maintenance.ts';
import { WorkerHost } from './worker/worker-host.ts';

/** Milliseconds that code is waited for which is loaded late: as long as people wait for a page. */
const PART_MILLISECONDS_MAX = 30_000;

limitPartWaits(() => new Promise((resolve) => setTimeout(resolve, PART_MILLISECONDS_MAX)));
const store = storeToMaintain();
if (store !== null) maintain(store);
else {
  installErrorTransfer();
  const host = new WorkerHost(new HeldStore(browserSurroundings));
  serveCalls(host, self as unknown as LanePort);
  expose(host);
}
