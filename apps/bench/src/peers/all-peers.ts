import { CassettePeer } from '../cassette/cassette-peer.ts';
import { DexiePeer } from '../dexie/dexie-peer.ts';
import { IndexedDbPeer } from '../indexeddb/indexeddb-peer.ts';
import type { Peer } from '../measure/peer.ts';
import { opfsPeers } from '../raw-opfs/opfs-peers.ts';
import { WorkerPeer } from './worker-peer.ts';

/** Names that the aims refer to. */
export const peerNames = {
  cassette: 'Cassette',
  rawPage: 'raw OPFS, from the page',
  rawWorker: 'raw OPFS, in its worker',
  sqliteFull: 'SQLite-WASM sahpool, FULL',
  sqliteWal: 'SQLite-WASM sahpool, WAL FULL',
  coopSync: 'wa-sqlite OPFSCoopSync, FULL',
} as const;

/** Peers that live in workers, each with a worker of its own. */
export function workerPeers(): readonly WorkerPeer[] {
  return [
    new WorkerPeer(
      peerNames.sqliteWal,
      () => new Worker(new URL('../sqlite/sahpool-wal-worker.ts', import.meta.url), { type: 'module', name: 'sqlite wal' }),
    ),
    new WorkerPeer(
      peerNames.sqliteFull,
      () => new Worker(new URL('../sqlite/sahpool-full-worker.ts', import.meta.url), { type: 'module', name: 'sqlite full' }),
    ),
    new WorkerPeer(
      peerNames.coopSync,
      () => new Worker(new URL('../sqlite/coop-sync-worker.ts', import.meta.url), { type: 'module', name: 'wa-sqlite' }),
    ),
    new WorkerPeer(
      'PGlite opfs-ahp',
      () => new Worker(new URL('../pglite/worker.ts', import.meta.url), { type: 'module', name: 'pglite' }),
    ),
  ];
}

/** All that are compared, Cassette first. `clientUrl`: where the client's dist/index.js is served. */
export function allPeers(clientUrl: string): readonly Peer[] {
  return [new CassettePeer(clientUrl), ...opfsPeers(), ...workerPeers(), new IndexedDbPeer(), new DexiePeer()];
}
