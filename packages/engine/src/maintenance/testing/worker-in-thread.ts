import { ForwardingStorage, MemoryStorage, type OpenFileOptions, type StorageFile, type StorageFiles } from '@cassette/storage';
import { defaultScheduler } from '../../scheduler/index.ts';
import type { MaintenanceStarter } from '../maintenance-worker.ts';
import { MaintenanceServer } from '../serve-maintenance.ts';
import type { FromWorker, ToWorker } from '../wire.ts';

/** A storage in memory whose open files somebody else may read, as those of OPFS. */
export class SharedStorage extends ForwardingStorage<MemoryStorage> {
  private readonly files = new Map<string, StorageFile>();

  constructor() {
    super(new MemoryStorage('shared'));
  }

  override async open(name: string, options?: OpenFileOptions): Promise<StorageFile> {
    const file = await super.open(name, options);
    this.files.set(name, file);
    const close = file.close.bind(file);
    file.close = () => {
      this.files.delete(name);
      close();
    };
    return file;
  }

  /** The files as a worker has them that helps. */
  workbench(): StorageFiles {
    return {
      description: 'workbench',
      open: async (name, options = {}) => {
        const held = this.files.get(name);
        if (held === undefined || options.create === true) return this.open(name, options);
        return {
          name,
          size: held.size,
          read: (target, position) => held.read(target, position),
          write: refuse,
          truncate: refuse,
          flush: refuse,
          close: () => undefined,
        };
      },
      exists: (name) => this.exists(name),
      remove: (name) => this.remove(name),
    };
  }
}

function refuse(): never {
  throw new Error('open for reading only');
}

/** Of which build the engine is. */
const BUILD = 'the build of the engine';

/** A worker that is none: the server, behind messages that are cloned and come in a later turn. */
export class WorkerInThread {
  /** How often one was started, and ended. */
  started = 0;
  ended = 0;
  readonly said: FromWorker[] = [];
  /** What it was given. */
  readonly given: ToWorker[] = [];
  /** Called before a message of the worker is delivered; may call {@link die}. */
  onSaid: (message: FromWorker) => void = () => undefined;
  /** Called when it was given a message. */
  onGiven: () => void = () => undefined;
  private readonly files: () => Promise<StorageFiles>;
  private readonly build: string;
  private readonly isCold: boolean;
  private died: ((why: string) => void) | null = null;
  private isDead = false;
  private held: ToWorker[] | null = null;
  private unheard: FromWorker[] | null = null;
  private hear: (message: FromWorker) => void = () => undefined;

  /** `build`: what it says of which build it is. One that is not `isCold` is ready as soon as it is started. */
  constructor(files: () => Promise<StorageFiles>, { build = BUILD, isCold = false } = {}) {
    this.files = files;
    this.build = build;
    this.isCold = isCold;
  }

  /** Ends it in the middle of what it does, as if it had crashed: it is not heard any more. */
  die(): void {
    this.isDead = true;
    this.died?.('it crashed');
  }

  /** From now on it gets nothing before what it does is called off: then all of it, in order. */
  hold(): void {
    this.held ??= [];
  }

  /** From now on it is not heard, whatever it says: but for that it has taken something. */
  mute(): void {
    this.unheard ??= [];
  }

  /** What it said since {@link mute} is heard, and what it says. */
  unmute(): void {
    const said = this.unheard ?? [];
    this.unheard = null;
    for (const message of said) this.hear(message);
  }

  /** Of what it said and was not heard, whether there is such a message. */
  hasSaidUnheard(kind: FromWorker['kind']): boolean {
    return this.unheard?.some((message) => message.kind === kind) ?? false;
  }

  readonly start: MaintenanceStarter = (listener) => {
    this.started++;
    this.died = listener.died;
    this.hear = (message) => {
      if (this.isDead) return;
      if (this.unheard !== null && message.kind !== 'taken') {
        this.unheard.push(message);
        return;
      }
      this.said.push(message);
      this.onSaid(message);
      if (!this.isDead) listener.message(message);
    };
    if (!this.isCold) listener.message({ kind: 'ready', build: this.build });
    const server = new MaintenanceServer(
      this.files(),
      (message) => {
        if (message.kind === 'ready' && !this.isCold) return;
        const clone = structuredClone(message);
        setImmediate(() => this.hear(clone));
      },
      this.build,
      defaultScheduler(),
    );
    return {
      build: BUILD,
      post: (message, transfer = []) => {
        const clone = structuredClone(message, { transfer: [...transfer] }) as ToWorker;
        this.given.push(clone);
        this.onGiven();
        if (this.held !== null) {
          this.held.push(clone);
          if (clone.kind !== 'cancel') return;
        }
        const messages = this.held ?? [clone];
        this.held = null;
        setImmediate(() => {
          for (const one of messages) if (!this.isDead) server.take(one);
        });
      },
      end: () => {
        this.ended++;
        this.isDead = true;
      },
    };
  };
}
