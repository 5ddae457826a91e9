import type { Random } from './random.ts';
import type { CrashTemper, SimulatedFile } from './simulated-file.ts';

/** A change of names that no sync has covered. */
type PendingChange =
  | { readonly kind: 'create'; readonly name: string; readonly file: SimulatedFile }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string };

/** The simulated disk's one directory: names as callers see them, names as the disk surely holds them. */
export class SimulatedDirectory {
  /** What callers see. */
  readonly current: Map<string, SimulatedFile>;
  readonly #durable: Map<string, SimulatedFile>;
  #pending: PendingChange[] = [];

  constructor(files: ReadonlyMap<string, SimulatedFile> = new Map()) {
    this.current = new Map(files);
    this.#durable = new Map(files);
  }

  create(name: string, file: SimulatedFile): void {
    this.#change({ kind: 'create', name, file });
  }

  remove(name: string): void {
    if (this.current.has(name)) this.#change({ kind: 'remove', name });
  }

  rename(from: string, to: string): void {
    this.#change({ kind: 'rename', name: from, to });
  }

  /** Makes all names durable. */
  sync(): void {
    for (const change of this.#pending) apply(this.#durable, change);
    this.#pending = [];
  }

  /** Makes the entry of one name durable, with those earlier changes that it follows from; others stay pending. */
  syncEntry(name: string): void {
    const names = new Set([name]);
    const needed: PendingChange[] = [];
    const others: PendingChange[] = [];
    for (const change of this.#pending.toReversed()) {
      const touched = change.kind === 'rename' ? [change.name, change.to] : [change.name];
      if (touched.some((one) => names.has(one))) {
        for (const one of touched) names.add(one);
        needed.unshift(change);
      } else {
        others.unshift(change);
      }
    }
    for (const change of needed) apply(this.#durable, change);
    this.#pending = others;
  }

  /** Which names the disk holds after a crash. */
  survivors(random: Random, temper: CrashTemper): Map<string, SimulatedFile> {
    const names = new Map(this.#durable);
    if (temper === 'lose') return names;
    const prefix = Math.floor(random() * (this.#pending.length + 1));
    this.#pending.forEach((change, index) => {
      const kept = temper === 'keep' || (temper === 'prefix' ? index < prefix : random() < 0.5);
      if (kept) apply(names, change);
    });
    return names;
  }

  #change(change: PendingChange): void {
    apply(this.current, change);
    this.#pending.push(change);
  }
}

/** A rename or removal of what is not there (its creation was lost) does nothing. */
function apply(names: Map<string, SimulatedFile>, change: PendingChange): void {
  if (change.kind === 'create') {
    names.set(change.name, change.file);
  } else if (change.kind === 'remove') {
    names.delete(change.name);
  } else {
    const file = names.get(change.name);
    if (file === undefined) return;
    names.delete(change.name);
    names.set(change.to, file);
  }
}
