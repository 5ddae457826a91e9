import { MaintenanceServer } from '@cassette/engine';
import { OpfsWorkbench } from '@cassette/storage/browser';

/** Who flushes and compacts a store's files for the worker that has started this one. `build`: of which build this script is. */
export function serveMaintenance(store: string, build: string): MaintenanceServer {
  return new MaintenanceServer(OpfsWorkbench.open(store), (message) => self.postMessage(message), build);
}
