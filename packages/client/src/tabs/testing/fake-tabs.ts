import { type DatabaseOptions, openDatabase } from '@cassette/engine';
import { MemoryStorage, StorageError, StoreLockedError } from '@cassette/storage/browser';
import { expose, wrap } from 'comlink';
import { RemoteDatabase } from '../../page/remote-database.ts';
import { LinkEndpoint } from '../../wire/link-endpoint.ts';
import { HeldStore } from '../../worker/held-store.ts';
import { WorkerHost } from '../../worker/worker-host.ts';
import { Connection } from '../connection.ts';
import { watchLock } from '../held-lock.ts';
import { StoreLink } from '../store-link.ts';
import type { FakeBrowser, FakeContext } from './fake-browser.ts';

/** One store of a fake browser: a disk that one living worker has open at a time. */
export class FakeStore {
  readonly browser: FakeBrowser;
  readonly schema: string;
  private readonly disk = new MemoryStorage();
  private holder: FakeContext | null = null;
  /** How often it was opened. */
  openings = 0;
  /** What the engine of a worker is given beside what its tab asks for. */
  readonly engine: (worker: FakeContext) => Partial<DatabaseOptions>;

  constructor(browser: FakeBrowser, schema: string, engine: FakeStore['engine'] = () => ({})) {
    this.browser = browser;
    this.schema = schema;
    this.engine = engine;
  }

  /** A new tab that opens the store. */
  newTab(options: FakeTabOptions = {}): FakeTab {
    return new FakeTab(this, options);
  }

  /** What a worker sees of the disk: it is refused while another one lives that has it open, and nothing works once it is dead. */
  async storageFor(context: FakeContext): Promise<MemoryStorage> {
    if (this.holder?.isAlive) throw new StoreLockedError('The files are open in another worker');
    this.holder = context;
    this.openings++;
    await this.disk.close();
    return guarded(this.disk, context);
  }
}

/** An object whose calls throw once its context is dead, and so of all objects that they give. */
function guarded<T extends object>(target: T, context: FakeContext): T {
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value === 'object' && value !== null && key === 'catalog') return guarded(value, context);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (!context.isAlive) throw new StorageError('STORAGE_CLOSED', 'The worker is dead');
        const result = value.apply(target, args);
        if (key !== 'open') return result;
        return (result as Promise<object>).then((file) => guarded(file, context));
      };
    },
  });
}

/** How a tab opens the store. */
export interface FakeTabOptions {
  readonly canOwn?: boolean;
  readonly waitsForOwner?: boolean;
  readonly config?: DatabaseOptions['config'];
  readonly durability?: DatabaseOptions['durability'];
}

/** A tab with a store open, or about to. */
export class FakeTab {
  readonly context: FakeContext;
  readonly link: StoreLink;
  /** The database, once it is open. */
  readonly database: Promise<RemoteDatabase>;
  private worker: FakeContext | null = null;

  constructor(store: FakeStore, { canOwn = true, waitsForOwner = false, config, durability }: FakeTabOptions) {
    this.context = store.browser.newContext();
    const { platform } = this.context;
    const { schema } = store;
    const given = { ...(config !== undefined && { config }), ...(durability !== undefined && { durability }) };
    this.link = new StoreLink({
      name: 'store',
      platform,
      canOwn,
      waitsForOwner,
      join: { schema, ...given },
      startOwner: async ({ isFirst, used, signal, onEnd }) => {
        const worker = store.browser.newContext();
        this.worker = worker;
        const name = store.browser.newId();
        const held = new HeldStore({
          platform: worker.platform,
          end: () => worker.kill(),
          open: async ({ options }) => {
            const storage = await store.storageFor(worker);
            const clock = { nowMicros: () => store.browser.now * 1000 };
            const database = await openDatabase({ ...options, ...store.engine(worker), storage, clock });
            // What a dead worker's engine still wants to do fails, and is of no interest.
            worker.onKill.push(() => void database.close().catch(() => undefined));
            return { database, inMemoryReason: null };
          },
        });
        expose(new WorkerHost(held), new LinkEndpoint(worker.platform.openChannel(name), 'owner'));
        const endpoint = new LinkEndpoint(platform.openChannel(name), 'client');
        let unwatch: () => void = () => undefined;
        const dispose = () => {
          unwatch();
          endpoint.close();
          worker.kill();
        };
        const connection = new Connection('owner', wrap<WorkerHost>(endpoint), dispose, onEnd);
        signal.addEventListener('abort', () => connection.lose('it was called off'));
        try {
          const options = isFirst ? { ...given, schema } : given;
          const request = { name: 'store', allowInMemory: false, options, ...(used !== undefined && { used }) };
          // A worker that dies before it holds its lock is noticed by a timer of the page; here, at once.
          worker.onKill.push(() => connection.lose('its worker did not greet'));
          const alive = await connection.run((host) => host.aliveLock());
          worker.onKill.pop();
          unwatch = watchLock(platform, alive!, () => connection.lose('its worker ended'));
          connection.reply = await connection.run((host) => host.open(request));
          return connection;
        } catch (error) {
          connection.lose('it could not be opened');
          throw error;
        }
      },
    });
    this.link.begin();
    this.database = this.link.connected().then(({ reply }) => new RemoteDatabase('store', this.link, reply!));
    // A tab that is killed before it has opened the store rejects for nobody.
    this.database.catch(() => undefined);
  }

  /** The tab is closed or crashes, its worker with it. */
  kill(): void {
    this.worker?.kill();
    this.context.kill();
  }

  /** Its worker alone crashes. */
  killWorker(): void {
    this.worker?.kill();
  }

  /** Page and worker run no code any more; `isTold`: after the page was told so. */
  freeze(isTold: boolean): void {
    if (isTold) this.link.suspend();
    this.context.isFrozen = true;
    if (this.worker !== null) this.worker.isFrozen = true;
  }

  /** They go on. */
  thaw(wasTold: boolean): void {
    this.context.isFrozen = false;
    if (this.worker !== null) this.worker.isFrozen = false;
    if (wasTold) this.link.resume();
  }
}
