import { ClosedError, type SubscribeOptions, type SubscriptionListener } from '@cassette/engine';
import { proxy, type Remote } from 'comlink';
import type { StoreCalls } from '../page/store-calls.ts';
import { ConnectionLost } from '../tabs/connection.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { packedParams } from './live-wire.ts';
import { RemoteSubscription } from './remote-subscription.ts';

/** How long after a try to reach an owner in vain the next one is made. Milliseconds. */
const pauseMs = 5000;

/** Codes of errors that say that nobody can have the store now: a frozen tab has its files. */
const forNow = ['STORE_LOCKED', 'NO_OWNER'];

/** What an owner is told, and who hears of it if it refuses. */
interface Standing {
  tell(host: Remote<WorkerHost>): Promise<unknown>;
  refused(error: unknown): void;
}

/** What a tab keeps going with whichever owner there is, and each new one is told of before it is called: subscriptions and listeners. */
export class TabSubscriptions {
  private readonly calls: StoreCalls;
  private readonly standing = new Map<number, Standing>();
  private readonly subscriptions = new Set<RemoteSubscription>();

  constructor(calls: StoreCalls) {
    this.calls = calls;
    calls.link.onConnect.add((connection) => {
      for (const { tell, refused } of this.standing.values()) {
        connection.run(tell).catch((error: unknown) => {
          // One that is gone, or closes, is followed by the next, which is told as well.
          if (!(error instanceof ConnectionLost || error instanceof ClosedError)) refused(error);
        });
      }
    });
  }

  /** Tells the owner, and each later one. Resolves with what ends that, or rejects as the first one does. */
  async listen(tell: (host: Remote<WorkerHost>, id: number) => Promise<unknown>): Promise<() => Promise<void>> {
    const { calls, standing } = this;
    const id = calls.newId();
    const refused = (error: unknown) => console.warn('Cassette: a listener could not be set up again with the next owner', error);
    const one = { tell: (host: Remote<WorkerHost>) => tell(host, id), refused };
    await calls.ask(one.tell, true);
    standing.set(id, one);
    return () => {
      standing.delete(id);
      return calls.ask((host) => host.unlisten(id), true);
    };
  }

  /** Begins a subscription. Its arguments have been checked. */
  subscribe(
    query: string,
    params: unknown,
    { keyspace, maxRows, onError, signal }: SubscribeOptions,
    listener: SubscriptionListener,
  ): RemoteSubscription {
    const { calls, standing, subscriptions } = this;
    const more = { ...(keyspace !== undefined && { keyspace }), ...(maxRows !== undefined && { maxRows }) };
    const request = { query, params: packedParams(params), ...more };
    const id = calls.newId();
    const tellClosed = () => {
      // Where there is no owner now, the next one is not told to begin.
      if (calls.ended === null) calls.ask((host) => host.unlisten(id), true).catch(() => undefined);
    };
    const subscription = new RemoteSubscription(listener, onError, tellClosed, () => {
      standing.delete(id);
      subscriptions.delete(subscription);
    });
    subscriptions.add(subscription);
    subscription.follow(signal);
    if (subscription.closed) return subscription;
    const tell = (host: Remote<WorkerHost>) => {
      const { updated, failed } = subscription.begin();
      return host.live(id, request, proxy(updated), proxy(failed));
    };
    const stand = () => {
      if (!subscription.closed) standing.set(id, { tell, refused: (error) => subscription.fail(error) });
    };
    calls.ask(tell, true).then(stand, (error: unknown) => {
      if (!isForNow(error)) return subscription.fail(error);
      stand();
      subscription.delayed(error);
      void this.awaitOwner(subscription);
    });
    return subscription;
  }

  /** The store can't be reached any more. */
  fail(error: unknown): void {
    for (const subscription of [...this.subscriptions]) subscription.fail(error);
  }

  /** The store is closed here. */
  close(): void {
    for (const subscription of [...this.subscriptions]) subscription.close();
  }

  /** Asks for an owner from time to time, for somebody who does not call: it is told to begin as soon as there is one. */
  private async awaitOwner(subscription: RemoteSubscription): Promise<void> {
    const { link } = this.calls;
    for (;;) {
      await link.pause(pauseMs);
      if (subscription.closed || link.current !== null) return;
      try {
        await link.connected();
        return;
      } catch (error) {
        // That it still is so it was told before.
        if (!isForNow(error)) return subscription.fail(error);
      }
    }
  }
}

function isForNow(error: unknown): boolean {
  return forNow.includes((error as { code?: string }).code ?? '');
}
