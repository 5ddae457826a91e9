import { InvalidRequestError } from '@cassette/cql';
import { CatalogTransaction, type ExportRecord, exportKey, tableKey, withTruncated } from '../catalog/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineSnapshot, SnapshotTable } from '../write-engine/engine-snapshot.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import { isCovered } from './coverage.ts';
import { type DropReport, dropConfirmed } from './drop-confirmed.ts';
import { UnknownExportError } from './errors.ts';
import type { SchemaChanges, schemaChanges } from './schema-changes.ts';
import { markOf, typeMarksOf } from './schema-marks.ts';
import type { TokenInterval } from './token-ranges.ts';

/** Exports that a store remembers; the oldest are forgotten, but for the last one of a table and the last that was confirmed. */
export const EXPORTS_REMEMBERED = 100;

/** An export that was made, as people are told of it. */
export interface ExportInfo {
  readonly id: string;
  /** The export that it goes on from; null for a whole one. */
  readonly since: string | null;
  readonly createdAt: Date;
  /** When it was said that the cluster has it; null: nobody said so. */
  readonly confirmedAt: Date | null;
  /** As `keyspace.table`; those that were dropped since are not told. */
  readonly tables: readonly string[];
}

/** What becomes of an export that the cluster has. */
export interface ConfirmOptions {
  /** Removes from the store what the export has. Default false: it stays, and only its deletions may be purged. */
  readonly drop?: boolean;
}

/** What an export is to be remembered by. */
export interface ExportBeginning {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly since: string | undefined;
  readonly tables: readonly SnapshotTable[];
  readonly intervals: readonly TokenInterval[] | null;
  /** What tells changes of the schema, where there is a `since`. */
  readonly schemaChanges: typeof schemaChanges | null;
}

/**
 * Which exports there were and which SSTables they have. An export is in the catalog once it is complete: one that failed, or whose end a
 * crash kept from being recorded, was never there, and `since` it is refused.
 */
export class ExportLedger {
  private readonly state: EngineState;

  constructor(state: EngineState) {
    this.state = state;
  }

  /** The exports that are remembered, oldest first. */
  list(): ExportInfo[] {
    const { tables } = this.state;
    return this.state.exports.map(({ id, since, createdAt, confirmedAt, tables: ids }) => ({
      id,
      since,
      createdAt: new Date(createdAt),
      confirmedAt: confirmedAt === null ? null : new Date(confirmedAt),
      tables: ids.flatMap((tableId) => tables.get(tableId)?.table.toString() ?? []),
    }));
  }

  /** Throws UnknownExportError, InvalidRequestError. */
  find(id: unknown): ExportRecord {
    if (typeof id !== 'string') throw new InvalidRequestError(`The id of an export is text, not ${String(id)}`);
    const found = this.state.exports.find((record) => record.id === id.toLowerCase());
    if (found === undefined) throw new UnknownExportError(id);
    return found;
  }

  /**
   * An export of a snapshot begins, in the turn in which the snapshot was made: from now on its SSTables count as in it, so that
   * they are not merged with newer ones while it lasts. `finish` or `abandon` must follow.
   */
  begin(snapshot: EngineSnapshot, beginning: ExportBeginning): ExportUnderWay {
    return new ExportUnderWay(this.state, snapshot, beginning);
  }

  /**
   * Says, durably, that the cluster has an export and those that it goes on from: deletions in them may be purged. With `drop` their
   * SSTables go from the store. Throws UnknownExportError, StorageError.
   */
  async confirm(id: string, confirmedAt: number, drop: boolean): Promise<DropReport> {
    const { state } = this;
    const confirmed = await state.exclusive(async () => {
      const chain = this.chainOf(this.find(id)).filter((record) => record.confirmedAt === null);
      const changed = new Map(chain.map((record) => [record.number, { ...record, confirmedAt }]));
      if (changed.size > 0) {
        const transaction = new CatalogTransaction();
        for (const record of changed.values()) transaction.putExport(record);
        await state.storage.catalog.commit(transaction.changes);
        state.exports = state.exports.map((record) => changed.get(record.number) ?? record);
      }
      return this.find(id);
    });
    return drop ? dropConfirmed(state, confirmed) : { dropped: [], kept: [] };
  }

  /** An export, and those it goes on from as far as they are remembered. */
  private chainOf(record: ExportRecord): [ExportRecord, ...ExportRecord[]] {
    return chainOf(this.state, record);
  }
}

function chainOf({ exports }: EngineState, record: ExportRecord): [ExportRecord, ...ExportRecord[]] {
  const chain: [ExportRecord, ...ExportRecord[]] = [record];
  for (let next = record.since; next !== null; next = chain[chain.length - 1].since) {
    const found = exports.find(({ id }) => id === next);
    if (found === undefined) break;
    chain.push(found);
  }
  return chain;
}

/**
 * Exports that are so old that they are forgotten. Of each table the last one stays, and the last that the cluster is known to have: they say
 * that there are rows out there whose deletions have to be kept, and which of these need not be.
 */
function forgettable(state: EngineState, exports: readonly ExportRecord[]): ExportRecord[] {
  const excess = exports.length - EXPORTS_REMEMBERED;
  if (excess <= 0) return [];
  const last = new Map<string, ExportRecord>();
  const lastConfirmed = new Map<string, ExportRecord>();
  for (const record of exports) {
    for (const id of record.tables) {
      if (!state.tables.has(id)) continue;
      last.set(id, record);
      if (record.confirmedAt !== null) lastConfirmed.set(id, record);
    }
  }
  const needed = new Set([...last.values(), ...lastConfirmed.values()]);
  return exports.slice(0, excess).filter((record) => !needed.has(record));
}

/** An export that is being made. */
export class ExportUnderWay {
  readonly record: ExportRecord;
  private readonly state: EngineState;
  private readonly since: ExportRecord | null;
  /** What has changed of the schema since the export that this goes on from; null for one that stands by itself. */
  readonly changes: SchemaChanges | null;
  private readonly intervals: readonly TokenInterval[] | null;
  /** By table; another one at the end says that it was emptied while this was made. */
  private readonly truncatedBefore: ReadonlyMap<string, number | undefined>;

  constructor(state: EngineState, snapshot: EngineSnapshot, beginning: ExportBeginning) {
    const { id, createdAt, since, tables, intervals, schemaChanges: changesOf } = beginning;
    this.state = state;
    this.since = since === undefined ? null : new ExportLedger(state).find(since);
    this.intervals = intervals;
    this.record = {
      number: state.nextExportNumber++,
      id,
      since: this.since?.id ?? null,
      createdAt,
      confirmedAt: null,
      tables: tables.map(({ table }) => tableKey(table)),
      marks: Object.fromEntries(tables.map(({ table }) => [tableKey(table), markOf(table)])),
      types: typeMarksOf(snapshot.schema, new Set(tables.map(({ table }) => table.keyspace))),
      ranges: intervals?.map(([first, last]) => [String(first), String(last)] as const) ?? null,
    };
    const dropped = this.undoneTables().filter(({ what }) => what === 'dropped');
    if (dropped.length > 0) this.record = { ...this.record, droppedTold: dropped.map(({ tableId }) => tableId) };
    const all = tables.map(({ table }) => table);
    const before = this.since;
    this.changes = before === null || changesOf === null ? null : changesOf(snapshot.schema, all, chainOf(state, before));
    this.truncatedBefore = new Map(this.record.tables.map((id) => [id, state.truncated.get(id)]));
    state.exportsUnderWay.add(this.record.number);
    for (const { table, sstables } of snapshot.tables) {
      if (!tables.some((chosen) => chosen.table === table)) continue;
      for (const sstable of sstables) sstable.coveredBy = [...sstable.coveredBy, this.record.number];
    }
  }

  /**
   * Tables of the exports that this goes on from which were emptied, and which were dropped, since they were in one of these last: what no
   * SSTable tells. As `keyspace.table`; one that was made anew was dropped. What one of them has told is not told again.
   */
  get undone(): { readonly truncated: readonly string[]; readonly dropped: readonly string[] } {
    const tables = this.undoneTables();
    const namesOf = (wanted: string) => tables.flatMap(({ what, name }) => (what === wanted ? name : []));
    return { truncated: namesOf('truncated'), dropped: namesOf('dropped') };
  }

  private undoneTables(): { readonly tableId: string; readonly name: string; readonly what: 'truncated' | 'dropped' }[] {
    const { since, state } = this;
    const found: { tableId: string; name: string; what: 'truncated' | 'dropped' }[] = [];
    // The export that this goes on from may have left a table out.
    const seen = new Set<string>();
    for (const { marks, droppedTold } of since === null ? [] : chainOf(state, since)) {
      for (const tableId of droppedTold ?? []) seen.add(tableId);
      for (const [tableId, { name, truncated }] of Object.entries(marks ?? {})) {
        if (seen.has(tableId)) continue;
        seen.add(tableId);
        if (!state.tables.has(tableId)) found.push({ tableId, name, what: 'dropped' });
        else if (truncated && this.record.marks?.[tableId] !== undefined) found.push({ tableId, name, what: 'truncated' });
      }
    }
    return found;
  }

  /** Whether an earlier export has what this one wants of an SSTable. */
  isElsewhere(sstable: LiveSSTable): boolean {
    return this.since !== null && isCovered(this.since, sstable, this.intervals);
  }

  /** It is complete: remembers it, durably. Throws StorageError; then it is not. */
  async finish(): Promise<void> {
    const { state } = this;
    let { record } = this;
    try {
      await state.exclusive(async () => {
        for (const [id, truncated] of this.truncatedBefore) {
          if (state.truncated.get(id) !== truncated) record = withTruncated([record], id)[0] ?? record;
        }
        const remembered = [...state.exports, record].sort((a, b) => a.number - b.number);
        const forgotten = forgettable(state, remembered);
        for (const one of forgotten) remembered.splice(remembered.indexOf(one), 1);
        const transaction = new CatalogTransaction()
          .putExport(record)
          .delete(...forgotten.map(({ number }) => exportKey(number)));
        const known = new Set([...remembered.map(({ number }) => number), ...state.exportsUnderWay]);
        for (const id of record.tables) {
          for (const sstable of state.tables.get(id)?.sstables ?? []) {
            if (!sstable.coveredBy.includes(record.number)) continue;
            sstable.coveredBy = sstable.coveredBy.filter((number) => known.has(number));
            transaction.putSSTable(sstable.record);
          }
        }
        await state.storage.catalog.commit(transaction.changes);
        state.exports = remembered;
      });
      state.exportsUnderWay.delete(record.number);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** It is not made: nothing is in it. */
  abandon(): void {
    const { state, record } = this;
    state.exportsUnderWay.delete(record.number);
    for (const id of record.tables) {
      for (const sstable of state.tables.get(id)?.sstables ?? []) {
        sstable.coveredBy = sstable.coveredBy.filter((number) => number !== record.number);
      }
    }
  }
}
