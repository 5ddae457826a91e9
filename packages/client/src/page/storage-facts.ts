import type { EngineStats } from '@cassette/engine';
import { type PersistenceAnswer, requestPersistence } from '@cassette/storage/browser';

/** How long an answer is waited for: Firefox shows its user a question, who may never answer. */
const answerWaitMs = 60_000;

/** What a tab knows of where its store lies. Sizes in bytes. */
export interface StorageFacts {
  /** False for a store in memory, of which `inMemoryReason` tells why. */
  readonly persistent: boolean;
  /** Why a store lies in memory; null where it does not. */
  readonly inMemoryReason: string | null;
  /**
   * Whether the browser keeps the data until it is told otherwise: what it answered when this tab asked, at its first write or import.
   * `not asked` before that, and `asked` while there is no answer yet.
   */
  readonly persistence: PersistenceAnswer | 'not asked' | 'asked';
  /** What this site takes, and may take, by the browser's estimate; null where it does not tell. */
  readonly usage: number | null;
  /** What this site may take, by the same estimate; null where the browser does not tell. */
  readonly quota: number | null;
  /** The store's own files, exactly: all that lie in its folder. What is being flushed, compacted or imported counts when it is whole. */
  readonly diskBytes: number;
}

/**
 * Asks the browser to keep the site's data, once, at the first write that went well: then there is something to keep, and where the
 * browser asks its user, he has just done something that explains the question.
 */
export class PersistenceRequest {
  private readonly mayAsk: boolean;
  private state: StorageFacts['persistence'] = 'not asked';

  constructor(mayAsk: boolean) {
    this.mayAsk = mayAsk;
  }

  /** Whether a write is worth telling of. */
  get isWaiting(): boolean {
    return this.mayAsk && this.state === 'not asked';
  }

  /** Something was written. */
  wrote(): void {
    if (!this.isWaiting) return;
    this.state = 'asked';
    void askToKeep().then((answer) => {
      this.state = answer;
    });
  }

  /** A write is under way: it counts when it goes well; its failure is its caller's. */
  asksAfter(write: Promise<unknown>): void {
    write.then(
      () => this.wrote(),
      () => undefined,
    );
  }

  /** The facts, with what the worker knows. */
  async facts(of: Pick<StorageFacts, 'persistent' | 'inMemoryReason'>, { diskBytes }: EngineStats): Promise<StorageFacts> {
    const manager: Partial<StorageManager> = navigator.storage ?? {};
    const { usage = null, quota = null } = (await manager.estimate?.()) ?? {};
    // It may have been granted by an answer that came late, or to another tab.
    const isGranted = of.persistent && (await manager.persisted?.()) === true;
    return { ...of, persistence: isGranted ? 'granted' : this.state, usage, quota, diskBytes };
  }
}

/** Asks the browser to keep the site's data, as those do that write without a store being open. Never rejects. */
export function askToKeep(): Promise<PersistenceAnswer> {
  return requestPersistence(answerWaitMs).catch(() => 'unsupported' as const);
}

/** Whether a statement writes data, whatever comments it begins with. */
export function isWrite(query: string): boolean {
  const at = beginningOf(query);
  return /^(?:insert|update|delete|begin)\b/i.test(query.slice(at, at + 7));
}

/** Where the white space and the comments end that a statement begins with. */
function beginningOf(query: string): number {
  for (let at = 0; ; ) {
    while (at < query.length && /\s/.test(query[at])) at++;
    const isLine = query.startsWith('--', at) || query.startsWith('//', at);
    if (!isLine && !query.startsWith('/*', at)) return at;
    const end = isLine ? query.indexOf('\n', at) : query.indexOf('*/', at + 2);
    if (end < 0) return query.length;
    at = end + (isLine ? 1 : 2);
  }
}
