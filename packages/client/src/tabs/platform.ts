import type { TabChannel } from '../wire/link-endpoint.ts';

/** What tabs need of a browser; tests hand in one that they rule. */
export interface TabPlatform {
  readonly locks: Pick<LockManager, 'request' | 'query'>;
  openChannel(name: string): TabChannel;
  /** Runs something later; returns what takes it back. */
  later(run: () => void, milliseconds: number): () => void;
  /** A name that nobody else has. */
  newId(): string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The browser's; null where it has no Web Locks or no BroadcastChannel, so that tabs can't find each other. */
export function browserPlatform(): TabPlatform | null {
  if (globalThis.navigator?.locks === undefined || typeof BroadcastChannel === 'undefined') return null;
  return {
    locks: navigator.locks,
    openChannel: (name) => new BroadcastChannel(name),
    later: (run, milliseconds) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    newId: () => crypto.randomUUID(),
    now: () => Date.now(),
  };
}

/**
 * Whether this context may start the worker that a store needs: pages and dedicated workers. Shared and service workers have
 * no workers of their own, or none that the browser keeps.
 */
export function mayOwn(): boolean {
  const scope = globalThis as { DedicatedWorkerGlobalScope?: new () => object };
  const isDedicated = scope.DedicatedWorkerGlobalScope !== undefined && globalThis instanceof scope.DedicatedWorkerGlobalScope;
  return typeof Worker === 'function' && (typeof document !== 'undefined' || isDedicated);
}
