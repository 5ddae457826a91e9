import type { EngineStats } from '@cassette/engine';
import { type PersistenceAnswer, requestPersistence } from '@cassette/storage/browser';

/** How long an answer is waited for: Firefox shows its user a question, who may never answer. */
const answerWaitMs = 60_000;

/** What a tab knows of where its store lies. Sizes in bytes. */
export interface StorageFacts {
  /** False for a store in memory, of which `inMemoryReason` tells why. */
  readonly persistent: boolean;
  readonly inMemoryReason: string | null;
  /**
   * Whether the browser keeps the data until it is told otherwise: what it answered when it was asked, at the first write. `not asked`
   * before that, and `asked` while there is no answer yet.
   */
  readonly persistence: PersistenceAnswer | 'not asked' | 'asked';
  /** What this site takes, and may take, by the browser's estimate; null where it does not tell. */
  readonly usage: number | null;
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
    void requestPersistence(answerWaitMs).then(
      (answer) => {
        this.state = answer;
      },
      () => {
        this.state = 'unsupported';
      },
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

/** Whether a statement writes data. */
export function isWrite(query: string): boolean {
  return /^\s*(insert|update|delete|begin)\b/i.test(query);
}
