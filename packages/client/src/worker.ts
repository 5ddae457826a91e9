// The dedicated worker that hosts the engine: dist/worker.js.

import { expose } from 'comlink';
import { installErrorTransfer } from './errors/error-transfer.ts';
import { browserSurroundings, HeldStore } from './worker/held-store.ts';
import { WorkerHost } from './worker/worker-host.ts';

installErrorTransfer();
expose(new WorkerHost(new HeldStore(browserSurroundings)));
