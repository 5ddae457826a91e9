import { hash128, murmur3 } from '@cassette/bytes';
import { StorageError, StorageFullError } from '../errors.ts';
import { ChunkedBytes } from '../memory/chunked-bytes.ts';
import { checkFileName } from '../shared/file-name.ts';
import { StoreSession } from '../shared/store-session.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { FaultPlan, type OperationCounters, type OperationKind, SimulatedCrash } from './faults.ts';
import { FaultyCatalog } from './faulty-catalog.ts';
import { FaultyFile } from './faulty-file.ts';
import { type Random, randomBelow } from './random.ts';
import { SimulatedDirectory } from './simulated-directory.ts';
import { type CrashTemper, SimulatedFile } from './simulated-file.ts';

/** How a FaultyStorage behaves. */
export interface FaultyStorageOptions {
  /** All chance comes from here: what a crash does, how far a failed write got. */
  readonly random: Random;
  /** Bytes that files and catalog may take together; default no limit. Can be changed later. */
  readonly quotaBytes?: number;
  /** Awaited by each asynchronous operation, so that a scheduler can interleave them; default one turn of the microtask queue. */
  readonly pause?: () => Promise<void>;
  /**
   * Called before each operation that changes the disk, and once more while a commit is under way: each is a moment in which the power may
   * go, and {@link FaultyStorage.image} says what the disk then holds.
   */
  readonly onChange?: (kind: OperationKind) => void;
}

/** What a disk holds. */
interface DiskImage {
  readonly files: ReadonlyMap<string, ChunkedBytes>;
  readonly catalog: ReadonlyMap<string, string>;
}

/**
 * A storage on a simulated disk that keeps no more than `Storage` promises, for tests of recovery and of faults.
 * Deterministic: the same calls with the same `random` give the same disk.
 *
 * After {@link crash} the disk holds what was flushed, synced and committed; of the rest each write is lost, kept, torn
 * (at any byte or by 512-byte sectors) or out of order, and creations, removals and renames are each there or not.
 * Catalog commits that resolved are there; those under way are there up to some point.
 */
export class FaultyStorage implements Storage {
  readonly description = 'simulated';
  readonly catalog: FaultyCatalog;
  /** Bytes that files and catalog may take together; growing past it is a StorageFullError, overwriting never is. */
  quotaBytes: number;
  readonly #options: FaultyStorageOptions;
  readonly #pause: () => Promise<void>;
  readonly #plan = new FaultPlan();
  readonly #session = new StoreSession('simulated');
  readonly #directory: SimulatedDirectory;

  constructor(options: FaultyStorageOptions, image: DiskImage = { files: new Map(), catalog: new Map() }) {
    this.#options = options;
    this.quotaBytes = options.quotaBytes ?? Number.POSITIVE_INFINITY;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#plan.onChange = options.onChange;
    const files = [...image.files].map(([name, content]) => [name, new SimulatedFile(content)] as const);
    this.#directory = new SimulatedDirectory(new Map(files));
    this.catalog = new FaultyCatalog(image.catalog, {
      session: this.#session,
      plan: this.#plan,
      pause: this.#pause,
      checkRoom: (bytes) => this.#checkRoom(bytes),
    });
  }

  // Faults.

  /**
   * Makes the `nth` call of that kind from now on (1: the next one) fail, and the `times − 1` after it. `io` is a
   * StorageError with code `STORAGE_IO`, `full` a StorageFullError. A write that fails leaves the old size; a flush that
   * fails leaves what it should have written in doubt, and the file refuses to be flushed again until it is reopened.
   */
  failOn(kind: OperationKind, nth: number, error: 'io' | 'full' | (() => StorageError) = 'io', times = 1): void {
    this.#plan.failOn(kind, nth, error, times);
  }

  /** Takes back faults and crashes that have not struck. */
  clearFaults(): void {
    this.#plan.clear();
  }

  /** Lets `changes` more operations that change the disk through; in the one after, the power goes. See {@link SimulatedCrash}. */
  crashAfter(changes: number): void {
    this.#plan.crashAfter(changes);
  }

  /** Whether the power has gone: every operation throws SimulatedCrash. */
  get crashed(): boolean {
    return this.#plan.crashed;
  }

  /** Cuts the power, if it has not gone, and returns the disk as the next start finds it: counters at zero, no faults planned. */
  crash(temper: CrashTemper = pickTemper(this.#options.random)): FaultyStorage {
    this.#plan.crashNow();
    return this.image({ ...this.#options, quotaBytes: this.quotaBytes }, temper);
  }

  /** The disk as a start would find it if the power went now, while this one goes on. All chance is that of `options`. */
  image(options: FaultyStorageOptions, temper: CrashTemper = pickTemper(options.random)): FaultyStorage {
    const { random } = options;
    const files = new Map<string, ChunkedBytes>();
    for (const [name, file] of this.#directory.survivors(random, temper)) files.set(name, file.survivor(random, temper));
    return new FaultyStorage(options, { files, catalog: this.catalog.survivors(random) });
  }

  /** Flips one bit of a file on the disk: bit `bit` (0–7) of the byte at `position`. */
  flipBit(name: string, position: number, bit: number): void {
    this.#simulated(name).corrupt(position, 1 << bit);
  }

  /** Flips a bit that chance picks, in `[from, to)` of a file; returns the position of its byte. */
  flipRandomBit(name: string, from = 0, to = this.#simulated(name).current.size): number {
    const position = from + randomBelow(this.#options.random, to - from);
    this.flipBit(name, position, randomBelow(this.#options.random, 8));
    return position;
  }

  /** A copy of a file's content as readers see it, whether the store is open or not. */
  contentOf(name: string): Uint8Array {
    return this.#simulated(name).current.toBytes();
  }

  /** Puts a durable file on the disk, from outside: goldens, or damage made by hand. */
  place(name: string, bytes: Uint8Array): void {
    checkFileName(name);
    this.#session.mustBeFree(name, 'replace');
    const content = new ChunkedBytes();
    content.write(bytes, 0);
    this.#directory.remove(name);
    this.#directory.create(name, new SimulatedFile(content));
    this.#directory.syncEntry(name);
  }

  /**
   * Names, contents and catalog as one short text: that of two disks is equal where all of these are (but for a hash of 128 bits). What is not
   * durable is not told apart from what is, so it says most of an {@link image}, where all is.
   */
  fingerprint(): string {
    const parts = this.names.map((name) => `${name} ${this.#simulated(name).current.digest()}`);
    return `${parts.join('\n')}\n${textDigest(this.catalog.text)}`;
  }

  /** What happened since this object was made. */
  get counters(): OperationCounters {
    return this.#plan.counters();
  }

  /** Names of the files on the disk, sorted, whether the store is open or not. */
  get names(): string[] {
    return [...this.#directory.current.keys()].sort();
  }

  /**
   * A file as somebody sees it who has not got the store, as it is now and for reading only, whoever has it open; its reads count and fail as
   * others do, and each one does once the file has gone. Throws FileNotFoundError.
   */
  snapshot(name: string): StorageFile {
    this.#plan.pass('open');
    const file = this.#directory.current.get(name);
    if (file === undefined) throw this.#session.notFound(name);
    const content = file.current.toBytes();
    const refuse = (): never => {
      throw new StorageError('STORAGE_IO', `${name} is open for reading only`, { file: name });
    };
    return {
      name,
      size: content.length,
      read: (target, position) => {
        this.#plan.pass('read');
        if (this.#directory.current.get(name) !== file) throw this.#session.notFound(name);
        const bytes = content.subarray(position, position + target.length);
        target.set(bytes);
        return bytes.length;
      },
      write: refuse,
      truncate: refuse,
      flush: refuse,
      close: () => undefined,
    };
  }

  // Storage.

  async acquire(): Promise<void> {
    this.#plan.pass('acquire');
    this.#session.begin();
    await this.#pause();
  }

  async open(name: string, options: { create?: boolean } = {}): Promise<StorageFile> {
    const session = this.#session.number;
    this.#session.claim(name);
    try {
      this.#plan.pass('open');
      await this.#pause();
      let file = this.#directory.current.get(name);
      if (file === undefined) {
        if (options.create !== true) throw this.#session.notFound(name);
        file = new SimulatedFile();
        this.#change('create', () => this.#directory.create(name, file as SimulatedFile));
      }
      const opened = this.#fileOf(name, file, session);
      if (!this.#session.attach(name, opened, session)) throw this.#session.closedMeanwhile(name);
      return opened;
    } catch (error) {
      this.#session.release(name, session);
      throw error;
    }
  }

  async exists(name: string): Promise<boolean> {
    this.#session.check();
    checkFileName(name);
    this.#plan.pass('list');
    await this.#pause();
    return this.#directory.current.has(name);
  }

  async list(): Promise<string[]> {
    this.#session.check();
    this.#plan.pass('list');
    await this.#pause();
    return this.names;
  }

  async remove(name: string): Promise<void> {
    this.#session.checkRemove(name);
    const free = this.#session.hold(name);
    try {
      this.#change('remove', () => this.#directory.remove(name));
      await this.#pause();
    } finally {
      free();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#session.checkRename(from, to);
    const free = this.#session.hold(from, to);
    try {
      this.#change('rename', () => {
        if (!this.#directory.current.has(from)) throw this.#session.notFound(from);
        this.#directory.rename(from, to);
      });
      await this.#pause();
    } finally {
      free();
    }
  }

  async sync(): Promise<void> {
    this.#session.check();
    const verdict = this.#plan.judge('sync');
    if (verdict.kind === 'fail') throw verdict.error;
    // Power cut in the middle of a sync: any part of it may have got through.
    if (verdict.kind === 'crash') throw new SimulatedCrash('sync');
    await this.#pause();
    if (this.#plan.crashed) throw new SimulatedCrash('sync');
    this.#directory.sync();
  }

  /** Exact: sizes of files and catalog, and the quota if there is one. */
  async estimate(): Promise<{ usage?: number; quota?: number }> {
    this.#session.check();
    await this.#pause();
    const usage = this.#usage();
    return Number.isFinite(this.quotaBytes) ? { usage, quota: this.quotaBytes } : { usage };
  }

  async close(): Promise<void> {
    this.#session.end();
  }

  #fileOf(name: string, file: SimulatedFile, session: number): FaultyFile {
    return new FaultyFile(name, file, {
      plan: this.#plan,
      random: this.#options.random,
      checkRoom: (bytes) => this.#checkRoom(bytes),
      syncEntry: () => this.#directory.syncEntry(name),
      closed: () => this.#session.release(name, session),
    });
  }

  /** A change of names: done and pending also when the power goes in it, so that it may have got through. */
  #change(kind: OperationKind, action: () => void): void {
    const verdict = this.#plan.judge(kind);
    if (verdict.kind === 'fail') throw verdict.error;
    action();
    if (verdict.kind === 'crash') throw new SimulatedCrash(kind);
  }

  #checkRoom(bytes: number): void {
    if (this.quotaBytes === Number.POSITIVE_INFINITY) return;
    const usage = this.#usage();
    if (usage + bytes > this.quotaBytes) {
      throw new StorageFullError(`No room for ${bytes} bytes more: ${usage} of ${this.quotaBytes} are taken`, {
        usage,
        quota: this.quotaBytes,
      });
    }
  }

  #usage(): number {
    let usage = this.catalog.size;
    for (const file of this.#directory.current.values()) usage += file.current.size;
    return usage;
  }

  #simulated(name: string): SimulatedFile {
    const file = this.#directory.current.get(name);
    if (file === undefined) throw this.#session.notFound(name);
    return file;
  }
}

const encoder = new TextEncoder();

function textDigest(text: string): string {
  murmur3(encoder.encode(text));
  return `${text.length} ${hash128.join()}`;
}

function pickTemper(random: Random): CrashTemper {
  const pick = random();
  return pick < 0.2 ? 'lose' : pick < 0.4 ? 'keep' : pick < 0.7 ? 'prefix' : 'chaos';
}
