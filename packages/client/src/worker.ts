// The dedicated worker that hosts the engine, or the one that flushes and compacts for it: dist/worker.js.

import { expose } from 'comlink';
import { installErrorTransfer } from './errors/error-transfer.ts';
import { browserSurroundings, HeldStore } from './worker/held-store.ts';
import { maintain, storeToMaintain } from './worker/maintenance.ts';
import { WorkerHost } from './worker/worker-host.ts';

const store = storeToMaintain();
if (store !== null) maintain(store);
else {
  installErrorTransfer();
  expose(new WorkerHost(new HeldStore(browserSurroundings)));
}
