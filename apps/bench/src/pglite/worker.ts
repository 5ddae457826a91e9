// PGlite's access handles are a worker's.
import { serveStore } from '../peers/serve-store.ts';
import { PgliteStore } from './pglite-store.ts';

serveStore(new PgliteStore());
