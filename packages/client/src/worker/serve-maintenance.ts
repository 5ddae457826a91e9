import { MaintenanceServer } from '@cassette/engine';
import { OpfsWorkbench } from '@cassette/storage/browser';

/** Who flushes and compacts a store's files for the worker that has started this one. */
export function serveMaintenance(store: string): MaintenanceServer {
  return new MaintenanceServer(OpfsWorkbench.open(store), (message) => self.postMessage(message));
}
