/** See {@link Durability}. */
export type Durability =
  | { readonly kind: 'sync-each-write' }
  | { readonly kind: 'periodic'; readonly milliseconds: number }
  | { readonly kind: 'disabled' };

/** When a write's promise resolves, and what a crash may then take. */
export const Durability = {
  /** Resolves when the write is durable: no crash takes it. The default. */
  SyncEachWrite: { kind: 'sync-each-write' } as Durability,
  /**
   * Resolves when the write is in the WAL file; the file is made durable every so many milliseconds. A crash of the machine
   * (in a browser: of the tab too) may take the writes of that time. Cassandra: commitlog_sync: periodic.
   */
  Periodic: (milliseconds: number): Durability => ({ kind: 'periodic', milliseconds }),
  /** No WAL at all: a crash takes everything since the last flush of the memtables. Cassandra: durable_writes = false. */
  Disabled: { kind: 'disabled' } as Durability,
} as const;
