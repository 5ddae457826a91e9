import { StorageError, StorageFullError } from '../errors.ts';

/** Operations that can be counted, made to fail, or be the one in which the power goes. */
export type OperationKind =
  | 'acquire'
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'truncate'
  | 'flush'
  | 'list'
  | 'remove'
  | 'rename'
  | 'sync'
  | 'load'
  | 'commit';

/** Operations that change the disk: those that `crashAfter` counts. */
const changing: ReadonlySet<OperationKind> = new Set([
  'create',
  'write',
  'truncate',
  'flush',
  'remove',
  'rename',
  'sync',
  'commit',
]);

/** What happened so far, of one FaultyStorage. */
export interface OperationCounters {
  /** Calls, of each kind; failed ones too. */
  readonly calls: Readonly<Record<OperationKind, number>>;
  /** Calls of the kinds that change the disk. */
  readonly changes: number;
  readonly bytesWritten: number;
  readonly bytesRead: number;
}

/** Thrown by every operation after the simulated power cut. */
export class SimulatedCrash extends StorageError {
  constructor(operation: OperationKind) {
    super('SIMULATED_CRASH', `The simulated machine has crashed; ${operation} cannot go on`, { operation });
  }
}

/** What becomes of an operation. */
export type Verdict =
  | { readonly kind: 'run' }
  | { readonly kind: 'fail'; readonly error: StorageError }
  | { readonly kind: 'crash' };

interface Fault {
  readonly kind: OperationKind;
  /** Calls of that kind that still go well. */
  skip: number;
  /** Calls after those that fail. */
  times: number;
  readonly make: () => StorageError;
}

const kinds: readonly OperationKind[] = [
  'acquire',
  'open',
  'create',
  'read',
  'write',
  'truncate',
  'flush',
  'list',
  'remove',
  'rename',
  'sync',
  'load',
  'commit',
];

/** Counts operations and decides which of them fail. */
export class FaultPlan {
  readonly #calls = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<OperationKind, number>;
  #changes = 0;
  #faults: Fault[] = [];
  #changesUntilCrash = Number.POSITIVE_INFINITY;
  #crashed = false;
  /** See `FaultyStorageOptions.onChange`. */
  onChange: ((kind: OperationKind) => void) | undefined;
  bytesWritten = 0;
  bytesRead = 0;

  /** See `FaultyStorage.failOn`. */
  failOn(kind: OperationKind, nth: number, error: 'io' | 'full' | (() => StorageError), times: number): void {
    const make = typeof error === 'function' ? error : error === 'full' ? () => injectedFull(kind) : () => injectedFailure(kind);
    this.#faults.push({ kind, skip: nth - 1, times, make });
  }

  /** Takes back every fault that has not struck. */
  clear(): void {
    this.#faults = [];
    this.#changesUntilCrash = Number.POSITIVE_INFINITY;
  }

  crashAfter(changes: number): void {
    this.#changesUntilCrash = changes;
  }

  crashNow(): void {
    this.#crashed = true;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** Counts an operation and says what becomes of it. Throws SimulatedCrash after the crash. */
  judge(kind: OperationKind): Verdict {
    if (this.#crashed) throw new SimulatedCrash(kind);
    this.#calls[kind]++;
    if (changing.has(kind)) {
      this.onChange?.(kind);
      this.#changes++;
      if (this.#changesUntilCrash-- <= 0) {
        this.#crashed = true;
        return { kind: 'crash' };
      }
    }
    const fault = this.#strike(kind);
    return fault === undefined ? { kind: 'run' } : { kind: 'fail', error: fault.make() };
  }

  /** Like {@link judge} for operations without effects of their own when they fail. */
  pass(kind: OperationKind): void {
    const verdict = this.judge(kind);
    if (verdict.kind === 'fail') throw verdict.error;
    if (verdict.kind === 'crash') throw new SimulatedCrash(kind);
  }

  counters(): OperationCounters {
    return { calls: { ...this.#calls }, changes: this.#changes, bytesWritten: this.bytesWritten, bytesRead: this.bytesRead };
  }

  #strike(kind: OperationKind): Fault | undefined {
    let striking: Fault | undefined;
    for (const fault of this.#faults) {
      if (fault.kind !== kind) continue;
      if (fault.skip > 0) {
        fault.skip--;
      } else if (striking === undefined && fault.times > 0) {
        fault.times--;
        striking = fault;
      }
    }
    return striking;
  }
}

function injectedFailure(operation: OperationKind): StorageError {
  return new StorageError('STORAGE_IO', `Injected failure of ${operation}`, { operation });
}

function injectedFull(operation: OperationKind): StorageFullError {
  return new StorageFullError(`Injected: no room left for ${operation}`, { operation });
}
