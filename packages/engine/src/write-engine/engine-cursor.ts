import type { TableMetadata } from '@cassette/cql';
import type { ReadCommand, UnfilteredCursor } from '@cassette/sstable';
import type { Memtable } from '../memtable/index.ts';
import { KWayMerger, PASSED_MAX } from '../merge/index.ts';
import type { SkipReason } from '../observe/trace.ts';
import type { Tracer } from '../observe/tracer.ts';
import { chunkCacheOf, type LiveSSTable } from '../sstables/index.ts';
import type { EngineState } from './engine-state.ts';
import { NewestFirst } from './newest-first.ts';
import { StartedCursor } from './started-cursor.ts';

/** The merge of everything that may hold an answer; keeps the SSTables it reads from being removed until it is closed. */
class EngineCursor extends KWayMerger {
  private held: readonly LiveSSTable[];

  constructor(table: TableMetadata, sources: readonly UnfilteredCursor[], command: ReadCommand, held: readonly LiveSSTable[]) {
    super(table, sources, {
      reversed: command.reversed === true,
      passedMax: command.mayPause === true ? PASSED_MAX : Number.POSITIVE_INFINITY,
    });
    this.held = held;
  }

  override close(): void {
    super.close();
    const { held } = this;
    this.held = [];
    for (const sstable of held) sstable.release();
  }
}

/**
 * Opens a cursor over the table's memtables and those SSTables that can hold what the command asks for; `tracer`: writes down what it goes
 * to and what it passes over.
 */
export function openCursor(
  state: EngineState,
  tableId: string,
  table: TableMetadata,
  command: ReadCommand,
  tracer: Tracer | null = null,
): UnfilteredCursor {
  tracer?.reading(table, command);
  const memtables = [...state.sealed, state.active].map((set) => set.get(tableId)).filter((memtable) => memtable !== undefined);
  let sstables = state.tables.get(tableId)?.sstables ?? [];
  const newest = newestFirst(table, command, memtables, sstables);
  if (newest !== null) sstables = [...sstables].sort(byMaxTimestampDescending);
  const sources: UnfilteredCursor[] = [];
  const held: LiveSSTable[] = [];
  try {
    const active = state.active.get(tableId);
    for (const memtable of memtables) {
      const cursor = memtable.cursor(command, table);
      addSource(sources, tracer === null ? cursor : tracer.memtable(cursor, memtable !== active), newest);
    }
    for (let at = 0; at < sstables.length; at++) {
      const sstable = sstables[at];
      // A form of the table that this SSTable was never opened as is one from before it was written: nothing reads that any more.
      const reader = sstable.readerOf(table) ?? sstable.reader;
      const { generation } = sstable.record;
      const older = newest === null ? null : newest.suffices(reader.stats.maxTimestamp);
      if (older !== null) {
        state.tally.skipped[older] += sstables.length - at;
        if (tracer !== null) for (const { record } of sstables.slice(at)) tracer.skipped(record.generation, older);
        break;
      }
      const exclusion: SkipReason | null = reader.exclusionOf(command);
      if (exclusion !== null) {
        state.tally.skipped[exclusion]++;
        tracer?.skipped(generation, exclusion);
        continue;
      }
      sstable.acquire();
      held.push(sstable);
      const cursor =
        tracer === null ? reader.cursor(command) : tracer.sstable(reader, generation, chunkCacheOf(state.storage), command);
      addSource(sources, cursor, newest);
    }
    state.tally.read(held.length);
    tracer?.add({ kind: 'merging', memtables: memtables.length, sstables: held.length });
  } catch (error) {
    for (const source of sources) source.close();
    for (const sstable of held) sstable.release();
    throw error;
  }
  return new EngineCursor(table, sources, command, held);
}

/** What tells when older SSTables need not be read; null where each has to be, and looking at them one by one would only cost time. */
function newestFirst(
  table: TableMetadata,
  command: ReadCommand,
  memtables: readonly Memtable[],
  sstables: readonly LiveSSTable[],
): NewestFirst | null {
  if (!('keys' in command.partitions) || command.partitions.keys.length !== 1 || sstables.length === 0) return null;
  const newest = new NewestFirst(table, command);
  const isUseful =
    newest.isOneRow ||
    memtables.some(({ deletions }) => deletions.length > 0) ||
    sstables.some(({ reader }) => reader.stats.hasPartitionLevelDeletions);
  return isUseful ? newest : null;
}

function addSource(sources: UnfilteredCursor[], cursor: UnfilteredCursor, newest: NewestFirst | null): void {
  if (newest === null) {
    sources.push(cursor);
    return;
  }
  const started = new StartedCursor(cursor);
  sources.push(started);
  if (started.hasPartition) newest.add(started);
}

function byMaxTimestampDescending({ reader: { stats: a } }: LiveSSTable, { reader: { stats: b } }: LiveSSTable): number {
  if (a.maxTimestamp === b.maxTimestamp) return 0;
  return a.maxTimestamp > b.maxTimestamp ? -1 : 1;
}
