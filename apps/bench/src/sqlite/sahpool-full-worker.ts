// SQLite-WASM with a rollback journal: a worker of its own, for a pool of handles is one worker's.
import { serveStore } from '../peers/serve-store.ts';
import { SahpoolStore } from './sahpool-store.ts';

serveStore(new SahpoolStore('DELETE'));
