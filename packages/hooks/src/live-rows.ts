/** What the hooks need of a database: `RemoteDatabase` of @cassette/client has it, and so has the engine's `Database`. */
export interface LiveDatabase {
  /** Keeps the rows of a SELECT: `listener` gets them at once and whenever they are others, until `close()`. */
  subscribe(
    query: string,
    params: never,
    options: { keyspace?: string; maxRows?: number; onError: (error: unknown) => void },
    listener: (rows: readonly never[]) => void,
  ): { close(): void; readonly closed?: boolean };
  /** Tells of what happens in the store: of a change of the schema, after which a query that was wrong may be right. */
  listen?(listener: (events: readonly { readonly type: string }[]) => void): Promise<() => Promise<void>>;
  /** The same, of the engine's `Database`. */
  readonly events?: { subscribe(listener: (event: { readonly type: string }) => void): () => void };
}

/** What a component sees of a query. */
export interface LiveState<R> {
  /** The rows as they are now: unchanged ones are the same objects as before. None until they have arrived. */
  readonly rows: readonly R[];
  /** What went wrong, null while nothing did. The rows before it stay. */
  readonly error: unknown;
  /** Whether the first rows are still to come; false where the query is skipped. */
  readonly loading: boolean;
}

/** How a query is kept alive. */
export interface LiveOptions {
  /** The keyspace of names that tell none. */
  readonly keyspace?: string | undefined;
  /** Rows that there may be, 100,000 if absent; with more there is an error SUBSCRIPTION_TOO_LARGE. */
  readonly maxRows?: number | undefined;
}

const NOTHING: LiveState<never> = { rows: [], error: null, loading: true };
const SKIPPED: LiveState<never> = { rows: [], error: null, loading: false };

/** The rows of a SELECT as something outside of components that they look at: what `useSyncExternalStore` takes. */
export class LiveRows<R> {
  private readonly database: LiveDatabase | null;
  private readonly query: string;
  private readonly params: object | null | undefined;
  private readonly options: LiveOptions;
  private readonly lookers = new Set<() => void>();
  private state: LiveState<R>;
  private readonly first: LiveState<R>;
  private subscription: { close(): void; readonly closed?: boolean } | null = null;
  /** Resolves with what ends it: somebody listens whether the schema changes. */
  private watching: Promise<() => unknown> | null = null;

  /** Nothing is asked for while `database` is null; `loading` is true then where the rows are awaited. */
  constructor(
    database: LiveDatabase | null,
    query: string,
    params: object | null | undefined,
    options: LiveOptions,
    isAwaited = true,
  ) {
    this.database = database;
    this.query = query;
    this.params = params;
    this.options = options;
    this.first = isAwaited ? NOTHING : SKIPPED;
    this.state = this.first;
  }

  /** Adds somebody who looks; returns what takes him away. Without anybody there is no subscription. */
  readonly subscribe = (onChange: () => void): (() => void) => {
    // Each call counts by itself, even with the same function.
    const looker = () => onChange();
    this.lookers.add(looker);
    if (this.subscription === null) this.open();
    return () => {
      this.lookers.delete(looker);
      // Who comes back in the same turn, as effects do in React's StrictMode, finds it going on.
      queueMicrotask(() => this.closeIfAlone());
    };
  };

  /** What there is to see; the same object until something changes. */
  readonly getSnapshot = (): LiveState<R> => this.state;

  /** What there is to see on a server: nothing yet. */
  readonly getServerSnapshot = (): LiveState<R> => this.first;

  private open(): void {
    const { database, query, params } = this;
    if (database === null) return;
    const { keyspace, maxRows } = this.options;
    const options = {
      ...(keyspace !== undefined && { keyspace }),
      ...(maxRows !== undefined && { maxRows }),
      onError: (error: unknown) => {
        this.show({ rows: this.state.rows, error, loading: false });
        if (this.subscription?.closed === true) this.recover();
      },
    };
    try {
      this.subscription = database.subscribe(query, params as never, options, (rows: readonly R[]) => {
        this.unwatch();
        this.show({ rows, error: null, loading: false });
      });
    } catch (error) {
      // A wrong argument, or a database that is closed: the component shows it as any other error.
      this.state = { rows: this.state.rows, error, loading: false };
      queueMicrotask(() => this.tell());
    }
  }

  private closeIfAlone(): void {
    if (this.lookers.size > 0) return;
    this.unwatch();
    this.subscription?.close();
    this.subscription = null;
  }

  /** What ended, for its table is gone or is another, begins anew when the schema changes. */
  private recover(): void {
    const { database } = this;
    this.subscription = null;
    if (database === null || this.watching !== null || this.lookers.size === 0) return;
    const told = (events: readonly { readonly type: string }[]) => {
      if (events.some(({ type }) => type === 'schema-changed')) this.again();
    };
    const watching =
      database.listen?.(told) ?? (database.events && Promise.resolve(database.events.subscribe((event) => told([event]))));
    if (watching === undefined) return;
    this.watching = watching;
    watching.then(
      // It may have changed before anyone listened.
      () => this.again(),
      // A database that is closed: the error that is shown says so.
      () => this.unwatch(),
    );
  }

  private again(): void {
    if (this.lookers.size > 0 && this.subscription === null) this.open();
  }

  private unwatch(): void {
    const { watching } = this;
    this.watching = null;
    // Of a database that is closed nothing is left to be ended.
    watching?.then((stop) => stop()).catch(() => undefined);
  }

  private show(state: LiveState<R>): void {
    // What was on its way when the last one left.
    if (this.lookers.size === 0) return;
    this.state = state;
    this.tell();
  }

  private tell(): void {
    for (const looker of [...this.lookers]) looker();
  }
}
