/** See {@link Durability}. */
export type Durability =
  | { readonly kind: 'sync-each-write' }
  | { readonly kind: 'periodic'; readonly milliseconds: number }
  | { readonly kind: 'disabled' };

/**
 * When a write's promise resolves, and what a crash may then take. A store has one (`durability` of its options), a write may say
 * another. Whatever the mode, a write is there whole or not at all, and `flush()` and `close()` make durable all that was
 * acknowledged before them.
 */
export const Durability = {
  /**
   * Resolves when the write is durable: no crash takes it. The default. In a store of another mode it makes durable with it all that
   * was written before by way of the WAL. Cassandra: commitlog_sync: batch.
   */
  SyncEachWrite: { kind: 'sync-each-write' } as Durability,
  /**
   * Resolves when the write is in the WAL file, which is made durable so many milliseconds after the first write that is not, at the
   * latest. A crash of the machine takes some or all of the writes of that time and nothing older; of a tab or browser that crashed
   * alone, in all browsers that were tried, nothing was lost, for the file is the system's by then. Where making it durable fails, an event `wal-flush-failed` says so, the next write
   * through the WAL is refused with WalFlushError, and memtables are flushed at once, which makes up for it. Cassandra:
   * commitlog_sync: periodic.
   */
  Periodic: (milliseconds: number): Durability => ({ kind: 'periodic', milliseconds }),
  /**
   * Nothing goes to the WAL: resolves when the write can be read, and a crash, of the tab too, takes all such writes since the last
   * flush of the memtables. Tables of keyspaces with `durable_writes = false` are written so where a write does not say otherwise.
   */
  Disabled: { kind: 'disabled' } as Durability,
} as const;

/** Whether a value is a durability: of those that come through no compiler. */
export function isDurability(value: unknown): value is Durability {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, milliseconds } = value as Record<string, unknown>;
  if (kind === 'periodic') return typeof milliseconds === 'number' && milliseconds >= 0;
  return kind === 'sync-each-write' || kind === 'disabled';
}

/** What a durability has to be, for messages. */
export const durabilityForms = 'Durability.SyncEachWrite, Durability.Periodic(milliseconds) or Durability.Disabled';

/** The one of two that loses less. */
export function stricter(a: Durability, b: Durability): Durability {
  if (a.kind === 'periodic' && b.kind === 'periodic') return a.milliseconds <= b.milliseconds ? a : b;
  return rank(a) >= rank(b) ? a : b;
}

function rank({ kind }: Durability): number {
  return kind === 'sync-each-write' ? 2 : kind === 'periodic' ? 1 : 0;
}
