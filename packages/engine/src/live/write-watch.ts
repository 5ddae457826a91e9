import { MutationReader } from '../mutation/mutation-reader.ts';

/** Is told of what happens to one table, in the turn in which readers begin to see it; must not throw and must not call the engine. */
export interface WriteWatcher {
  /** A mutation is visible. `reader` has begun it; who reads its rows begins it again, at `from`, for others have read them before. */
  mutated(reader: MutationReader, from: number): void;
  /** Its rows are others now, and nobody can say which: truncated, imported, dropped. */
  replaced(): void;
  /** The schema is another one: the table may have changed, or be gone. */
  schemaChanged(): void;
}

/** Who watches which table. A store that nobody watches pays one look at a flag a mutation. */
export class WriteWatch {
  private readonly tables = new Map<string, Set<WriteWatcher>>();
  private readonly reader = new MutationReader();

  /** Whether anybody watches anything. */
  get isWatched(): boolean {
    return this.tables.size > 0;
  }

  /** Adds a watcher of the table of that id (as the catalog has it); returns what removes it. */
  add(tableId: string, watcher: WriteWatcher): () => void {
    const watchers = this.tables.get(tableId) ?? new Set();
    this.tables.set(tableId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.tables.get(tableId) === watchers) this.tables.delete(tableId);
    };
  }

  /** Tells of the mutation of a table that lies at `from`. */
  mutated(tableId: string, bytes: Uint8Array, from: number, to: number): void {
    const watchers = this.tables.get(tableId);
    if (watchers === undefined) return;
    this.reader.begin(bytes, from, to);
    for (const watcher of watchers) watcher.mutated(this.reader, from);
  }

  /** Tells that the rows of a table are others. */
  replaced(tableId: string): void {
    for (const watcher of this.tables.get(tableId) ?? []) watcher.replaced();
  }

  /** Tells everybody of another schema. */
  schemaChanged(): void {
    for (const watchers of [...this.tables.values()]) for (const watcher of [...watchers]) watcher.schemaChanged();
  }
}
