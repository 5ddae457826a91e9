import { applyChanges, decodeCatalog, type EncodedChanges, encodeChanges } from '../shared/catalog-values.ts';
import type { StoreSession } from '../shared/store-session.ts';
import type { Catalog, CatalogChanges, CatalogDamage, CatalogValue } from '../storage.ts';
import { type FaultPlan, SimulatedCrash } from './faults.ts';
import type { Random } from './random.ts';

/** What the catalog needs of its storage. */
export interface FaultyCatalogHooks {
  readonly session: StoreSession;
  readonly plan: FaultPlan;
  /** Awaited by each operation. */
  readonly pause: () => Promise<void>;
  /** Throws StorageFullError when `bytes` more do not fit. */
  checkRoom(bytes: number): void;
}

/** The catalog of a FaultyStorage: commits take effect in order; one under way at a crash is there or not. */
export class FaultyCatalog implements Catalog {
  /** Tests set it: a catalog that was damaged. */
  damage: CatalogDamage | null = null;
  readonly #hooks: FaultyCatalogHooks;
  readonly #values: Map<string, string>;
  /** Commits that have not resolved, oldest first. */
  readonly #underWay: EncodedChanges[] = [];
  #tail: Promise<void> = Promise.resolve();

  constructor(values: ReadonlyMap<string, string>, hooks: FaultyCatalogHooks) {
    this.#values = new Map(values);
    this.#hooks = hooks;
  }

  async load(): Promise<Map<string, CatalogValue>> {
    this.#hooks.session.check();
    this.#hooks.plan.pass('load');
    await this.#hooks.pause();
    this.#hooks.session.check();
    return decodeCatalog(this.#values);
  }

  async commit(changes: CatalogChanges): Promise<void> {
    this.#hooks.session.check();
    const encoded = encodeChanges(changes);
    const before = this.#tail;
    let done: () => void = () => undefined;
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await before;
      await this.#run(encoded);
    } finally {
      done();
    }
  }

  /** Bytes that keys and values take. */
  get size(): number {
    return sizeOf(this.#values);
  }

  /** All keys and values as one text, in their order. */
  get text(): string {
    return [...this.#values]
      .map(([key, json]) => `${key}\n${json}`)
      .sort()
      .join('\n');
  }

  /** What the disk holds after a crash: every resolved commit, and those under way up to some point. */
  survivors(random: Random): Map<string, string> {
    const values = new Map(this.#values);
    for (const changes of this.#underWay) {
      if (random() < 0.5) break;
      applyChanges(values, changes);
    }
    return values;
  }

  async #run(changes: EncodedChanges): Promise<void> {
    const verdict = this.#hooks.plan.judge('commit');
    if (verdict.kind === 'fail') throw verdict.error;
    const after = new Map(this.#values);
    applyChanges(after, changes);
    const growth = sizeOf(after) - this.size;
    if (growth > 0 && verdict.kind === 'run') this.#hooks.checkRoom(growth);
    this.#underWay.push(changes);
    if (verdict.kind === 'crash') throw new SimulatedCrash('commit');
    this.#hooks.plan.onChange?.('commit');
    await this.#hooks.pause();
    if (this.#hooks.plan.crashed) throw new SimulatedCrash('commit');
    applyChanges(this.#values, changes);
    this.#underWay.splice(this.#underWay.indexOf(changes), 1);
  }
}

function sizeOf(values: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [key, json] of values) size += key.length + json.length;
  return size;
}
