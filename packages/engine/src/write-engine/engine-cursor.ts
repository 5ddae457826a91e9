import type { TableMetadata } from '@cassette/cql';
import type { ReadCommand, UnfilteredCursor } from '@cassette/sstable';
import { KWayMerger } from '../merge/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState } from './engine-state.ts';

/** The merge of everything that may hold an answer; keeps the SSTables it reads from being removed until it is closed. */
class EngineCursor extends KWayMerger {
  private held: readonly LiveSSTable[];

  constructor(table: TableMetadata, sources: readonly UnfilteredCursor[], reversed: boolean, held: readonly LiveSSTable[]) {
    super(table, sources, { reversed });
    this.held = held;
  }

  override close(): void {
    super.close();
    const { held } = this;
    this.held = [];
    for (const sstable of held) sstable.release();
  }
}

/** Opens a cursor over the table's memtables and those SSTables that can hold what the command asks for. */
export function openCursor(state: EngineState, tableId: string, table: TableMetadata, command: ReadCommand): UnfilteredCursor {
  const sources: UnfilteredCursor[] = [];
  const held: LiveSSTable[] = [];
  for (const sstable of state.tables.get(tableId)?.sstables ?? []) {
    // A form of the table that this SSTable was never opened as is one from before it was written: nothing reads that any more.
    const reader = sstable.readerOf(table) ?? sstable.reader;
    if (!reader.mayContain(command)) continue;
    sstable.acquire();
    held.push(sstable);
    sources.push(reader.cursor(command));
  }
  for (const set of [...state.sealed, state.active]) {
    const memtable = set.get(tableId);
    if (memtable !== undefined) sources.push(memtable.cursor(command, table));
  }
  return new EngineCursor(table, sources, command.reversed === true, held);
}
