// What a write is worth when its promise resolves, as the store was opened and its keyspaces say, in words.

import type { Durability, KeyspaceInfo } from '@cassette/client';
import { milliseconds } from '../text/numbers.ts';

/** What of a store decides it. */
export interface Keeping {
  readonly persistent: boolean;
  readonly durability: Durability;
}

/** Of all writes that say nothing themselves: some words, and a sentence that explains them. */
export function durabilityWords(
  { persistent, durability }: Keeping,
  keyspaces: readonly KeyspaceInfo[],
): { readonly words: string; readonly explanation: string; readonly isWeak: boolean } {
  if (!persistent) {
    return {
      words: 'not beyond its tabs',
      explanation: 'Nothing is on a disk: the store is gone with its last tab',
      isWeak: true,
    };
  }
  const unlogged = keyspaces.filter(({ durableWrites }) => !durableWrites).map(({ name }) => name);
  const but = unlogged.length === 0 ? '' : `. Keyspaces with durable_writes = false, by flushes alone: ${unlogged.join(', ')}`;
  const most = { ...wordsOf[durability.kind], ...(durability.kind === 'periodic' && periodic(durability.milliseconds)) };
  return {
    words: unlogged.length === 0 ? most.words : `${most.words}, mostly`,
    explanation: `${most.explanation}${but}`,
    isWeak: durability.kind === 'disabled',
  };
}

const wordsOf: Readonly<Record<Durability['kind'], { readonly words: string; readonly explanation: string }>> = {
  'sync-each-write': {
    words: 'each write synced',
    explanation: 'Durability.SyncEachWrite: a promise resolves when the log was synced; writes in flight share one sync',
  },
  periodic: { words: 'synced now and then', explanation: 'Durability.Periodic' },
  disabled: {
    words: 'by flushes alone',
    explanation: 'Durability.Disabled: nothing goes to the log, and a crash takes what was written since the last flush',
  },
};

function periodic(pause: number): { readonly words: string; readonly explanation: string } {
  return {
    words: `synced each ${milliseconds(pause)}`,
    explanation: `Durability.Periodic: a promise resolves when the write is in the log's file, which is synced within ${milliseconds(pause)}`,
  };
}

/** What a statement that changes rows names: INTO, UPDATE and FROM, with the keyspace where there is one. */
const named = /\b(?:into|update|from)\s+(?:(?:"((?:[^"]|"")+)"|(\w+))\s*\.\s*)?(?:"|\w)/gi;

/**
 * What a statement without rows came to. `used`: the keyspace of names without one, null where it is the store's own. DDL and TRUNCATE are
 * durable in any mode, for the catalog has them.
 */
export function appliedWords(
  text: string,
  store: Keeping,
  keyspaces: readonly KeyspaceInfo[],
  used: string | null,
  taken: number,
): string {
  const applied = `Applied in ${milliseconds(taken)}`;
  if (!store.persistent) return `${applied}, in memory: gone with the last tab of this store.`;
  const durable = `Applied and durable in ${milliseconds(taken)}.`;
  if (!/^\s*(?:insert|update|delete|begin)\b/i.test(text)) return durable;
  const unlogged = new Set(keyspaces.filter(({ durableWrites }) => !durableWrites).map(({ name }) => name));
  const touched = [...text.matchAll(named)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? used,
  );
  if (store.durability.kind === 'disabled' || touched.some((keyspace) => keyspace !== null && unlogged.has(keyspace))) {
    return `${applied}, and in no log: a crash takes it until the next flush.`;
  }
  if (store.durability.kind === 'periodic') {
    return `${applied}; in the log, which is synced within ${milliseconds(store.durability.milliseconds)}.`;
  }
  return durable;
}
