import { StorageError, type StorageFile, type StorageFiles, StorageFullError } from '@cassette/storage';
import type { FaultyStorage } from '@cassette/storage/testing';
import type { MaintenanceStarter, MaintenanceWorker } from '../maintenance/index.ts';
import { type FromWorker, type MaintenanceListener, MaintenanceServer, type ToWorker } from '../maintenance/index.ts';
import type { Chance } from './chance.ts';
import { type SimulatedClock, type SimulatedScheduler, SimulatedWorkerScheduler } from './simulated-time.ts';

/** What becomes of a worker, and how often. Where something befalls it, that is in the middle of its work, between two calls of its disk. */
const fates = {
  'goes well': 50,
  'is slow': 8,
  'dies with a word': 10,
  'dies without a word': 6,
  'is not heard any more': 7,
  'hears nothing any more': 5,
  'has an ill disk': 10,
  'is of another build': 3,
  'can do nothing': 3,
  'never begins': 3,
  'can not be started': 2,
} as const;

type Fate = keyof typeof fates;

/** Of which build the engine is. */
const BUILD = 'the build of the engine';
/** Nearly everything is worth handing over. */
const WORTH_BYTES = 300;

/** What the workers of an owner are given. */
export interface SimulatedWorkersOptions {
  readonly chance: Chance;
  readonly clock: SimulatedClock;
  /** The disk that the owner has. */
  readonly storage: FaultyStorage;
  /** Called with each thing that happens, for the test of the simulation itself. */
  readonly count: (what: string) => void;
}

/** Workers that flush and compact for one owner of a simulated store, and what befalls them. All of them end with the owner. */
export class SimulatedWorkers {
  /** What the owner is given to start one. */
  readonly start: MaintenanceStarter;
  private readonly workers: SimulatedWorker[] = [];

  constructor(options: SimulatedWorkersOptions) {
    const start = (listener: MaintenanceListener): MaintenanceWorker => {
      const fate = options.chance.weighted(fates);
      options.count(`a worker ${fate}`);
      if (fate === 'can not be started') throw new Error('There are no workers of workers here');
      const worker = new SimulatedWorker(options, fate, listener);
      this.workers.push(worker);
      return worker;
    };
    this.start = Object.assign(start, { worthBytes: WORTH_BYTES });
  }

  /** The owner is gone, and so are they. */
  end(): void {
    for (const worker of this.workers) worker.end();
  }
}

/** A worker: the server of flushes and compactions behind messages that take their time, over files of its own. */
class SimulatedWorker implements MaintenanceWorker {
  readonly build = BUILD;
  private readonly options: SimulatedWorkersOptions;
  private readonly fate: Fate;
  private readonly listener: MaintenanceListener;
  private readonly scheduler: SimulatedScheduler;
  private readonly server: MaintenanceServer | null;
  /** Turns that a message takes at most. */
  private readonly delay: number;
  private sent: Promise<void> = Promise.resolve();
  private said: Promise<void> = Promise.resolve();
  private readonly openFiles = new Set<StorageFile>();
  private isDead = false;
  private isDeaf = false;
  private isMute: boolean;
  private isIll = false;
  /** Calls of the disk after which its fate befalls it. */
  private callsLeft: number;
  /** What it has, by the number of the task. */
  private readonly tasks = new Map<number, string>();

  constructor(options: SimulatedWorkersOptions, fate: Fate, listener: MaintenanceListener) {
    const { chance, clock } = options;
    this.options = options;
    this.fate = fate;
    this.listener = listener;
    this.scheduler = new SimulatedWorkerScheduler(clock, chance, true);
    this.delay = fate === 'is slow' ? 400 : chance.pick([2, 4, 30]);
    this.callsLeft = 1 + chance.below(chance.is(0.5) ? 40 : 400);
    this.isMute = fate === 'never begins';
    if (fate === 'is of another build') {
      this.server = null;
      this.hear({ kind: 'ready', build: 'a build of tomorrow' });
      return;
    }
    const files = fate === 'can do nothing' ? Promise.reject(new Error('The folder is gone')) : Promise.resolve(this.files());
    this.server = new MaintenanceServer(files, (message) => this.hear(structuredClone(message)), BUILD, this.scheduler);
  }

  post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    const clone = structuredClone(message, { transfer: [...transfer] }) as ToWorker;
    if (clone.kind === 'flush' || clone.kind === 'compact') {
      this.tasks.set(clone.id, clone.kind);
      this.options.count(`a worker is given a ${clone.kind}`);
    }
    if (clone.kind === 'cancel') this.options.count('a worker is called off');
    this.sent = this.sent
      .then(() => this.options.chance.turns(this.delay))
      .then(() => {
        if (this.isDead || this.isDeaf) return;
        if (this.server !== null) this.server.take(clone);
        // What another version makes of it nobody knows; nothing good.
        else if ('id' in clone) this.hear(doneWithNothing(clone.id));
      });
  }

  end(): void {
    this.isDead = true;
    this.scheduler.end();
    for (const file of this.openFiles) file.close();
    this.openFiles.clear();
  }

  private hear(message: FromWorker): void {
    this.said = this.said
      .then(() => this.options.chance.turns(this.delay))
      .then(() => {
        if (this.isDead || this.isMute) return;
        if (message.kind === 'done') this.options.count(`a worker has done a ${this.tasks.get(message.id)}`);
        if (message.kind === 'ended' && message.error !== null) this.options.count('a worker fails at a task');
        this.listener.message(message);
      });
  }

  /** Its fate befalls it, if it is time. */
  private befall(): void {
    const { fate, options } = this;
    if (fate === 'goes well' || fate === 'is slow' || --this.callsLeft !== 0) return;
    options.count('a worker is struck');
    if (fate === 'is not heard any more') this.isMute = true;
    else if (fate === 'hears nothing any more') this.isDeaf = true;
    else if (fate === 'has an ill disk') this.isIll = true;
    else {
      this.end();
      if (fate === 'dies with a word') void options.chance.turns(30).then(() => this.listener.died('it crashed'));
    }
  }

  /** Before each call of the disk. Throws where it does not come to it. */
  private call(): void {
    this.befall();
    if (this.isDead) throw new StorageError('STORAGE_CLOSED', 'The worker is dead');
    if (!this.isIll || !this.options.chance.is(0.05)) return;
    throw this.options.chance.is(0.5)
      ? new StorageError('STORAGE_IO', 'The disk of the worker fails')
      : new StorageFullError('The worker finds no room');
  }

  /** The files as it has them: its own, and what others have open, for reading. */
  private files(): StorageFiles {
    const { storage } = this.options;
    return {
      description: 'workbench',
      open: async (name, options = {}) => {
        this.call();
        if (options.create !== true) return this.watched(storage.snapshot(name));
        const file = await storage.open(name, options);
        // It may have died meanwhile, and then nobody would close it.
        if (this.isDead) file.close();
        else this.openFiles.add(file);
        return this.watched(file);
      },
      exists: (name) => {
        this.call();
        return storage.exists(name);
      },
      remove: async (name) => {
        this.call();
        await storage.remove(name);
      },
    };
  }

  private watched(file: StorageFile): StorageFile {
    const call = () => this.call();
    return {
      name: file.name,
      get size() {
        return file.size;
      },
      read: (target, position) => {
        call();
        return file.read(target, position);
      },
      write: (bytes, position) => {
        call();
        file.write(bytes, position);
      },
      truncate: (size) => {
        call();
        file.truncate(size);
      },
      flush: () => {
        call();
        file.flush();
      },
      close: () => {
        this.openFiles.delete(file);
        file.close();
      },
    };
  }
}

function doneWithNothing(id: number): FromWorker {
  return { kind: 'done', id, records: [], progress: { bytesRead: 0, bytesWritten: 0, rowsMerged: 0 }, purged: null };
}
