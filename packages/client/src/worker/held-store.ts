import { CassetteError } from '@cassette/bytes';
import { ClosedError, type Database, exportPart, type MaintenanceStarter, openDatabase } from '@cassette/engine';
import { MemoryStorage, type OpfsRefusal, OpfsStorage, type Storage, StorageUnsupportedError } from '@cassette/storage/browser';
import { expose } from 'comlink';
import { holdLock } from '../tabs/held-lock.ts';
import { browserPlatform, type TabPlatform } from '../tabs/platform.ts';
import type { OpenReply, OpenRequest } from '../wire/protocol.ts';
import { maintenanceStarter } from './maintenance.ts';
import { TabServer } from './tab-server.ts';
import { WorkerHost } from './worker-host.ts';

/**
 * How long a new owner waits for the lock of the worker before it, in milliseconds: the tab's place in the queue says already
 * that nobody else may have the store.
 */
const lockWaitMs = 4000;

/** After how many milliseconds an open store fetches what it will need though nobody waits for it: behind a page's first reads. */
const SOON_MILLISECONDS = 1_000;

/** What a worker holds of its surroundings; tests hand in others. */
export interface Surroundings {
  readonly platform: TabPlatform | null;
  /** Ends the worker, with nothing done before. */
  end(): void;
  /** Opens a database, or says why data can't be kept. */
  open(request: OpenRequest): Promise<{ readonly database: Database; readonly inMemoryReason: string | null }>;
}

/** The browser's. */
export const browserSurroundings: Surroundings = {
  get platform() {
    return browserPlatform();
  },
  end() {
    self.close();
  },
  async open({ name, allowInMemory, options, encryption }) {
    const on = (storage: Storage, maintenance?: MaintenanceStarter) =>
      openDatabase({
        ...options,
        storage,
        ...(encryption !== undefined && { encryption }),
        ...(maintenance !== undefined && { maintenance }),
      });
    try {
      const database = await on(new OpfsStorage(name, { lockWaitMs }), maintenanceStarter(name));
      setTimeout(loadSoon, SOON_MILLISECONDS);
      return { database, inMemoryReason: null };
    } catch (error) {
      if (!(error instanceof StorageUnsupportedError)) throw error;
      const { reason, why } = error.data as { reason: string; why: OpfsRefusal };
      if (allowInMemory) return { database: await on(new MemoryStorage()), inMemoryReason: reason };
      throw new StorageUnsupportedError(
        `This browser can't keep data here: ${reason.replace(/\.+$/, '')}. Pass { allowInMemory: true } to open() to go on with a store that is gone with the tab.`,
        { reason, why },
      );
    }
  },
};

/**
 * Fetches the code of exports, so that a page that is without a network later can export what it has. Not where there is none now: some
 * browsers remember an `import()` that failed.
 */
function loadSoon(): void {
  if (navigator.onLine) exportPart.load().catch(() => undefined);
}

/** The store that a worker holds, for the page that started the worker and for all tabs that join. */
export class HeldStore {
  private readonly surroundings: Surroundings;
  private held: { readonly database: Database; readonly reply: OpenReply } | null = null;
  private hasBegun = false;
  private alive: Promise<string> | null = null;
  private server: TabServer | null = null;
  /** Those who make calls. */
  private readonly hosts = new Set<WorkerHost>();

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Takes a lock that only the worker's end gives free, so that whoever waits for it learns of that end: nothing else tells of a
   * worker that crashed. Resolves with its name; null where the browser has no locks.
   */
  aliveLock(): Promise<string | null> {
    const { platform } = this.surroundings;
    if (platform === null) return Promise.resolve(null);
    const alive = `cassette-worker:${platform.newId()}`;
    this.alive ??= holdLock(platform, alive).then(() => alive);
    return this.alive;
  }

  /** Opens the store, and lets other tabs join. Rejects with StoreLockedError, StorageUnsupportedError or what recovery can't go on from. */
  async open(request: OpenRequest, own: WorkerHost): Promise<OpenReply> {
    if (this.hasBegun) throw new CassetteError('ALREADY_OPEN', 'This worker holds a store already');
    this.hasBegun = true;
    const { platform } = this.surroundings;
    const alive = await this.aliveLock();
    const { database, inMemoryReason } = await this.surroundings.open(request);
    const reply = { alive, persistent: inMemoryReason === null, reason: inMemoryReason, recovery: database.recovery };
    this.held = { database, reply };
    this.hosts.add(own);
    if (platform !== null && alive !== null && reply.persistent) {
      this.server = new TabServer(platform, request.name, alive, (endpoint, left) => {
        const host = new WorkerHost(this, left);
        expose(host, endpoint);
        return () => host.leave();
      });
    }
    return reply;
  }

  /** The open store. Throws ClosedError. */
  get opened(): { readonly database: Database; readonly reply: OpenReply } {
    if (this.held === null) throw new ClosedError('The store');
    return this.held;
  }

  /** Whether it is open and is not being closed. */
  get isOpen(): boolean {
    return this.held !== null;
  }

  /** How many tabs (and workers) make calls. */
  get tabs(): number {
    return this.hosts.size;
  }

  /** One more who makes calls. */
  add(host: WorkerHost): void {
    this.hosts.add(host);
  }

  remove(host: WorkerHost): void {
    this.hosts.delete(host);
  }

  /** Ends the worker as a crash does: nothing is closed, flushed or answered. */
  crash(): void {
    this.surroundings.end();
  }

  /** Closes the store when the calls that came before have settled, those of other tabs included. */
  async close(): Promise<void> {
    await this.server?.stop();
    const { held } = this;
    this.held = null;
    await Promise.all(Array.from(this.hosts, (host) => host.settled()));
    await held?.database.close();
  }
}
