// wa-sqlite's VFS needs a worker for its sync access handles.
import { serveStore } from '../peers/serve-store.ts';
import { CoopSyncStore } from './coop-sync-store.ts';

serveStore(new CoopSyncStore());
