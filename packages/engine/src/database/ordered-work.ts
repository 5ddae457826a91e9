import { type Loadable, PartNotLoadedError } from '@cassette/bytes';

/** Work that begins in the order in which it came, also where some of it has to wait for code that is not loaded yet. */
export class OrderedWork {
  /** The code that a call waits for, and all calls behind it; what it ends with is the error of the one that needs it. */
  private loading: Promise<unknown> | null = null;

  /** Whether work that begins now has to wait for code that others wait for. */
  get isWaiting(): boolean {
    return this.loading !== null;
  }

  /** Begins it at once, or where others wait for code, behind them; see `Database.inOrder`. */
  begin<T>(work: () => Promise<T>): Promise<T> {
    if (this.loading !== null) return this.whenLoaded(work, null);
    try {
      return work();
    } catch (error) {
      return error instanceof PartNotLoadedError ? this.whenLoaded(work, error.part) : Promise.reject(error);
    }
  }

  private async whenLoaded<T>(work: () => Promise<T>, first: Loadable | null): Promise<T> {
    let part = first;
    while (true) {
      if (part === null) {
        while (this.loading !== null) await this.loading;
      } else {
        // Those behind are woken after this one, which is the first that waits.
        this.loading = part.load().then(
          () => null,
          (error: unknown) => ({ error }),
        );
        const failure = (await this.loading) as { readonly error: unknown } | null;
        this.loading = null;
        if (failure !== null) throw failure.error;
      }
      try {
        return work();
      } catch (error) {
        if (!(error instanceof PartNotLoadedError)) throw error;
        part = error.part;
      }
    }
  }
}
