import {
  EncodedRowList,
  LiveRowList,
  type Row,
  rowUpdateFromTransfer,
  type Subscription,
  type SubscriptionListener,
  type TransferableRowUpdate,
} from '@cassette/engine';
import { errorFromTransfer, type TransferredError } from '../errors/error-transfer.ts';

/** What a subscription in a tab is told by the owner of the store that it is with. */
export interface SubscriptionCallbacks {
  updated(data: TransferableRowUpdate): Promise<void>;
  failed(error: TransferredError, ended: boolean): Promise<void>;
}

/**
 * A subscription as a tab has it. When the store goes from one owner to the next it begins anew there, and its listener gets what is
 * different as one patch, or nothing where nothing is.
 */
export class RemoteSubscription implements Subscription {
  private readonly list: LiveRowList;
  private readonly held = new EncodedRowList();
  /** Of an owner before the last one nothing is heard any more. */
  private current: SubscriptionCallbacks | null = null;
  private readonly onEnd: () => void;

  /** `onClose` tells the owner that nobody listens any more; `onEnd`: nor does the next one hear of it, whatever ended it. */
  constructor(
    listener: SubscriptionListener,
    onError: ((error: unknown) => void) | undefined,
    onClose: () => void,
    onEnd: () => void,
  ) {
    this.list = new LiveRowList(listener, onError, () => {
      onEnd();
      onClose();
    });
    this.onEnd = onEnd;
  }

  get ready(): Promise<void> {
    return this.list.ready;
  }

  get rows(): readonly Row[] {
    return this.list.rows;
  }

  get closed(): boolean {
    return this.list.closed;
  }

  close(): void {
    this.list.close();
  }

  /** Lets a signal close it. */
  follow(signal: AbortSignal | null | undefined): void {
    this.list.follow(signal);
  }

  /** What the next owner is to call. */
  begin(): SubscriptionCallbacks {
    const callbacks: SubscriptionCallbacks = {
      updated: async (data) => {
        if (this.current !== callbacks || this.closed) return;
        const update = this.held.take(rowUpdateFromTransfer(data));
        if (update !== null) await this.list.updated(update);
      },
      failed: async (error, ended) => {
        if (this.current !== callbacks) return;
        if (ended) this.onEnd();
        this.list.failed(errorFromTransfer(error), ended);
      },
    };
    this.current = callbacks;
    return callbacks;
  }

  /** Nobody can have the store for now; it begins as soon as somebody has. */
  delayed(error: unknown): void {
    this.list.delayed(error);
  }

  /** The store can't be reached any more, or was closed. */
  fail(error: unknown): void {
    this.onEnd();
    this.list.failed(error, true);
  }
}
