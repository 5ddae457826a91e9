import { CassetteError } from './errors.ts';

/**
 * A part of Cassette that could not be loaded. `code` is PART_UNAVAILABLE, `data.part` its name, `cause` what the browser said. What was
 * asked for has not begun, and may be asked for again.
 */
export class PartUnavailableError extends CassetteError {
  /** What could not be loaded. */
  readonly part: string;

  /** `needed`: what it was needed for, where what was asked for does not tell; `data.needed` has it then. */
  constructor(part: string, cause: unknown, needed?: string) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = needed === undefined ? '' : `, which is needed for ${needed},`;
    super(
      'PART_UNAVAILABLE',
      `Cassette's part "${part}"${what} could not be loaded (${why.replace(/\.+$/, '')}). Nothing was changed by this call: try again when the network is there. If it stays so, a newer version of the app was deployed while this page was open, without the files of this one: reload the page. A service worker can load nothing late: there, import '@cassette/client/parts' first.`,
      { part, ...(needed !== undefined && { needed }) },
      cause,
    );
    this.part = part;
  }
}

/** What synchronous work may have to wait for: a {@link LazyPart}, or what is done with several of them. */
export interface Loadable {
  /** What people read where it can't be loaded. */
  readonly name: string;
  /** Loads it; the work can be done then. Rejects with PartUnavailableError. */
  load(): Promise<unknown>;
}

/**
 * Thrown by synchronous work that needs a part which is not loaded: whoever called it loads the part and does the work again, as
 * `withParts` does. `code` is PART_NOT_LOADED. Only work that changes nothing may throw it.
 */
export class PartNotLoadedError extends CassetteError {
  /** To be loaded. */
  readonly part: Loadable;

  constructor(part: Loadable) {
    super(
      'PART_NOT_LOADED',
      `Cassette's part "${part.name}" is loaded when it is first needed, which takes a promise: await loadParts() once before synchronous calls`,
      { part: part.name },
    );
    this.part = part;
  }
}

const known = new Set<LazyPart<unknown>>();

/** Comes to its end when a part has been waited for long enough; null where that is left to the network. */
let patience: (() => Promise<void>) | null = null;

/**
 * Says how long a part is waited for: `wait` resolves when it is long enough, and what was asked for rejects with PartUnavailableError. A
 * part that comes later is there for the next who needs it. For whoever has a clock and a network, once, at the start: an import that
 * neither comes nor fails would hold up those who wait for it for ever, and those who close a store.
 */
export function limitPartWaits(wait: () => Promise<void>): void {
  patience = wait;
}

/** A module that is loaded when it is first needed, and stays. */
export class LazyPart<T> implements Loadable {
  readonly name: string;
  private readonly importing: () => Promise<T>;
  private loaded: T | null = null;
  private underWay: Promise<T> | null = null;

  /** `importing`: an `import()` of one literal path, so that every bundler sees it. */
  constructor(name: string, importing: () => Promise<T>) {
    this.name = name;
    this.importing = importing;
    known.add(this);
  }

  /** The module. Throws PartNotLoadedError. */
  get module(): T {
    if (this.loaded === null) throw new PartNotLoadedError(this);
    return this.loaded;
  }

  /** Whether `module` has it. */
  get isLoaded(): boolean {
    return this.loaded !== null;
  }

  /** Has the module from now on: for code that runs where nothing is spared by loading it late, and imports it at once. */
  provide(module: T): void {
    this.loaded = module;
  }

  /** Loads the module, once; after a failure the next call tries again. Rejects with PartUnavailableError. */
  load(): Promise<T> {
    if (this.loaded !== null) return Promise.resolve(this.loaded);
    this.underWay ??= this.comes().catch((error: unknown) => {
      this.underWay = null;
      throw new PartUnavailableError(this.name, error);
    });
    return this.underWay;
  }

  private comes(): Promise<T> {
    const coming = this.importing().then((module) => {
      this.loaded = module;
      return module;
    });
    if (patience === null) return coming;
    const late = patience().then(() =>
      Promise.reject<T>(new Error('it has not come for a long time, and the network does not say why')),
    );
    return Promise.race([coming, late]);
  }
}

/**
 * Does synchronous work that changes nothing, loading the parts that it turns out to need; `load`: how, where not as each part loads itself.
 * Rejects with PartUnavailableError and what the work, or `load`, throws.
 */
export async function withParts<T>(
  work: () => T,
  load: (part: Loadable) => Promise<unknown> = (part) => part.load(),
): Promise<T> {
  while (true) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PartNotLoadedError)) throw error;
      await load(error.part);
    }
  }
}

/** Loads every part there is, and those that they bring: for programs that call what is synchronous, such as a parser. Rejects with PartUnavailableError. */
export async function loadParts(): Promise<void> {
  // A module that is loaded may bring parts of its own: the set grows as it is walked.
  for (const part of known) await part.load();
}
