import type { TableMetadata } from '@cassette/cql';
import { tableKey } from '../catalog/index.ts';
import { Memtable } from './memtable.ts';

/**
 * The memtables of all tables that take writes at one time, and the WAL segments with the same writes: sealed, flushed and
 * retired together.
 */
export class MemtableSet {
  /** The first WAL segment that holds something of it. */
  readonly firstSegment: number;
  /** Whether there is something in it that no WAL segment has: until it is flushed a crash takes that. */
  holdsUnlogged = false;
  private readonly tables = new Map<string, Memtable>();

  constructor(firstSegment: number) {
    this.firstSegment = firstSegment;
  }

  /** The table's memtable, or undefined where nothing of it was written. */
  get(tableId: string): Memtable | undefined {
    return this.tables.get(tableId);
  }

  /** The table's memtable, made if need be. */
  of(tableId: string, table: TableMetadata): Memtable {
    let memtable = this.tables.get(tableId);
    if (memtable === undefined) {
      memtable = new Memtable(table);
      this.tables.set(tableId, memtable);
    }
    return memtable;
  }

  /** Forgets a table's writes: it was dropped or truncated. */
  drop(tableId: string): void {
    this.tables.delete(tableId);
  }

  /** Goes on with other forms of the tables. */
  alter(tables: Iterable<TableMetadata>): void {
    for (const table of tables) this.tables.get(tableKey(table))?.alter(table);
  }

  /** All memtables, by table id. */
  get entries(): Iterable<[string, Memtable]> {
    return this.tables.entries();
  }

  /** Whether nothing was written to it. */
  get isEmpty(): boolean {
    return this.tables.size === 0;
  }

  get size(): number {
    return this.tables.size;
  }

  /** Bytes of memory. */
  get bytes(): number {
    let bytes = 0;
    for (const memtable of this.tables.values()) bytes += memtable.bytes;
    return bytes;
  }
}
