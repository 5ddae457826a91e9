import type { StorageError } from '../errors.ts';
import { checkPosition, fileClosed, flushFailedBefore } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import { type FaultPlan, SimulatedCrash } from './faults.ts';
import { type Random, randomBelow } from './random.ts';
import type { SimulatedFile } from './simulated-file.ts';

/** What a file needs of its storage. */
export interface FaultyFileHooks {
  readonly plan: FaultPlan;
  readonly random: Random;
  /** Throws StorageFullError when `bytes` more do not fit. */
  checkRoom(bytes: number): void;
  /** Makes the file's directory entry durable. */
  syncEntry(): void;
  closed(): void;
}

/** An open file of a FaultyStorage. */
export class FaultyFile implements StorageFile {
  readonly name: string;
  readonly #file: SimulatedFile;
  readonly #hooks: FaultyFileHooks;
  #closed = false;
  #flushError: StorageError | undefined;

  constructor(name: string, file: SimulatedFile, hooks: FaultyFileHooks) {
    this.name = name;
    this.#file = file;
    this.#hooks = hooks;
  }

  get size(): number {
    return this.#file.current.size;
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkPosition(position, 'position');
    this.#hooks.plan.pass('read');
    const count = this.#file.current.read(target, position);
    this.#hooks.plan.bytesRead += count;
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#check();
    checkPosition(position, 'position');
    const verdict = this.#hooks.plan.judge('write');
    if (verdict.kind === 'fail') {
      this.#writeInside(bytes, position);
      throw verdict.error;
    }
    const growth = bytes.length === 0 ? 0 : position + bytes.length - this.size;
    if (growth > 0 && verdict.kind === 'run') this.#hooks.checkRoom(growth);
    if (bytes.length > 0) this.#file.write(bytes, position);
    this.#hooks.plan.bytesWritten += bytes.length;
    if (verdict.kind === 'crash') throw new SimulatedCrash('write');
  }

  truncate(size: number): void {
    this.#check();
    checkPosition(size, 'size');
    const verdict = this.#hooks.plan.judge('truncate');
    if (verdict.kind === 'fail') throw verdict.error;
    if (size > this.size && verdict.kind === 'run') this.#hooks.checkRoom(size - this.size);
    this.#file.truncate(size);
    if (verdict.kind === 'crash') throw new SimulatedCrash('truncate');
  }

  flush(): void {
    this.#check();
    if (this.#flushError !== undefined) throw flushFailedBefore(this.name, this.#flushError);
    const verdict = this.#hooks.plan.judge('flush');
    if (verdict.kind === 'fail') {
      this.#flushError = verdict.error;
      throw verdict.error;
    }
    // Power cut in the middle of a flush: what it had to write stays pending, so any part of it may have got through.
    if (verdict.kind === 'crash') throw new SimulatedCrash('flush');
    this.#file.flush();
    this.#hooks.syncEntry();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#hooks.closed();
  }

  /** A write that failed leaves the old size, but what it was to overwrite may be partly overwritten. */
  #writeInside(bytes: Uint8Array, position: number): void {
    const inside = Math.max(0, Math.min(bytes.length, this.size - position));
    const done = randomBelow(this.#hooks.random, inside + 1);
    if (done > 0) this.#file.write(bytes.subarray(0, done), position);
  }

  #check(): void {
    if (this.#closed) throw fileClosed(this.name);
  }
}
