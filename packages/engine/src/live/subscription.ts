import type { Row } from '../result/index.ts';
import { AbortedError } from '../scheduler/index.ts';
import { applyUpdate, type RowPatch } from './row-patch.ts';
import type { RowUpdate } from './row-update.ts';

/**
 * Is called with the rows of a SELECT, and then whenever they are others: `rows` are all of them in the order of `execute`, in a new array
 * in which unchanged rows are the same objects; `patch` is what changed, null the first time and where rows have other columns than before.
 * What it returns is waited for: what happens meanwhile comes as one patch.
 */
export type SubscriptionListener<R = Row> = (rows: readonly R[], patch: RowPatch<R> | null) => unknown;

/** How one subscribes. */
export interface SubscribeOptions {
  /** The keyspace of names that tell none. */
  readonly keyspace?: string;
  /** Rows that there may be, 100,000 if absent; with more it ends with CassetteError SUBSCRIPTION_TOO_LARGE. */
  readonly maxRows?: number;
  /**
   * Called with what goes wrong after the first rows: a read that failed (it is tried again with the next change), what the listener
   * threw, a table that is gone (nothing more comes then: `closed` is true).
   */
  readonly onError?: (error: unknown) => void;
  /** Ends it, as `close()` does, whatever is being read for it; before the first rows `ready` rejects then, with CassetteError ABORTED. */
  readonly signal?: AbortSignal;
}

/** A subscription to the rows of a SELECT: what `subscribe` gives. */
export interface Subscription<R = Row> {
  /**
   * Resolves when the listener has had the first rows; rejects with what the SELECT rejects with. Where it is `closed` then, it is over; else
   * it begins by itself when it can (STORE_LOCKED, NO_OWNER: a tab that is frozen has the store).
   */
  readonly ready: Promise<void>;
  /** The rows as the listener had them last; none before it had any. */
  readonly rows: readonly R[];
  /** Whether nothing more comes. */
  readonly closed: boolean;
  /** Ends it: the listener is not called any more. */
  close(): void;
}

/** Keeps rows up to date by updates and tells a listener: the end of a subscription that its owner holds. */
export class LiveRowList implements Subscription {
  readonly ready: Promise<void>;
  private current: readonly Row[] = [];
  private isClosed = false;
  private isReady = false;
  private readonly listener: SubscriptionListener;
  private readonly onError: ((error: unknown) => void) | undefined;
  private readonly onClose: () => void;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;
  private unfollow: () => void = () => undefined;

  /** `onClose` is called once, when `close` is. */
  constructor(listener: SubscriptionListener, onError: ((error: unknown) => void) | undefined, onClose: () => void) {
    this.listener = listener;
    this.onError = onError;
    this.onClose = onClose;
    this.ready = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who does not look at it is told by `onError`, if he asked for that.
    this.ready.catch(() => undefined);
  }

  get rows(): readonly Row[] {
    return this.current;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Takes an update; resolves when the listener is done with it. What it throws goes to `onError`. */
  async updated(update: RowUpdate): Promise<void> {
    if (this.isClosed) return;
    const { rows, patch } = applyUpdate(this.current, update);
    this.current = rows;
    try {
      await this.listener(rows, patch);
    } catch (error) {
      this.onError?.(error);
    }
    this.isReady = true;
    this.resolve();
  }

  /** Something failed; `ended`: for good. */
  failed(error: unknown, ended: boolean): void {
    if (this.isClosed) return;
    if (ended) this.end();
    if (this.isReady) this.onError?.(error);
    else if (ended) {
      this.reject(error);
      this.onError?.(error);
    }
  }

  /** The first rows do not come for now: whoever waits for them is told so, and gets them when they come. */
  delayed(error: unknown): void {
    if (this.isClosed) return;
    this.reject(error);
    this.onError?.(error);
  }

  close(): void {
    if (this.isClosed) return;
    this.end();
    this.resolve();
    this.onClose();
  }

  /** Lets a signal close it. */
  follow(signal: AbortSignal | null | undefined): void {
    if (!signal) return;
    const abort = () => {
      this.reject(new AbortedError('The subscription', signal.reason));
      this.close();
    };
    this.unfollow = () => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  }

  private end(): void {
    this.isClosed = true;
    this.unfollow();
  }
}
