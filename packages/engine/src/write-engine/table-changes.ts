import { toHex } from '@cassette/bytes';
import { InvalidRequestError, type Schema, type TableMetadata, type Uuid } from '@cassette/cql';
import { CatalogTransaction, cdcKey, sstableKey, tableKey, truncatedKey, withTruncated } from '../catalog/index.ts';
import { oldestSegment } from '../changes/oldest-segment.ts';
import { discardUnopened } from '../late/unopened-sstables.ts';
import { discardSSTables } from './discard-sstables.ts';
import type { EngineParts } from './engine-parts.ts';
import type { EngineState, TableState } from './engine-state.ts';

/** What changes tables as a whole, in one transaction of the catalog: another schema, and TRUNCATE. */
export class TableChanges {
  private readonly parts: EngineParts;

  constructor(parts: EngineParts) {
    this.parts = parts;
  }

  /** See `WriteEngine.changeSchema`. */
  async changeSchema(next: Schema): Promise<void> {
    const isSwitch = switchedTables(this.parts.state, next).length > 0;
    const release = isSwitch ? this.parts.state.changeLog.hold() : null;
    try {
      await this.parts.wal.drain();
      // What was written so far, under the old `cdc` of a table, gets segments of its own.
      if (isSwitch) await this.parts.sealer.seal();
      await this.exchangeSchema(next);
    } finally {
      release?.();
    }
    if (isSwitch) this.parts.flusher.start();
    this.parts.compactor.tablesChanged();
  }

  private async exchangeSchema(next: Schema): Promise<void> {
    await this.parts.state.exclusive(async () => {
      this.parts.checkOpen();
      const { state } = this.parts;
      const ids = new Set(next.tables.map(tableKey));
      const dropped = [...state.tables.values()].filter(({ id }) => !ids.has(id));
      const transaction = new CatalogTransaction().putSchema(next).delete(...this.parts.adoption.doubtfulKeys());
      for (const table of dropped) transaction.delete(...this.keysOf(table), truncatedKey(table.id), cdcKey(table.id));
      const switched = switchedTables(state, next);
      const { changeLog } = state;
      const switches = switched.map((table) => [
        ...changeLog.switchesAfter(table, oldestSegment(state, this.parts.wal)),
        state.active.firstSegment,
      ]);
      switched.forEach((table, i) => void transaction.putCdcSwitches(tableKey(table), switches[i]));
      // Readable in their new form before anyone can ask for it.
      for (const table of next.tables) {
        for (const sstable of state.tables.get(tableKey(table))?.sstables ?? []) await sstable.alter(table);
      }
      await state.storage.catalog.commit(transaction.changes);
      switched.forEach((table, i) => void changeLog.switches.set(tableKey(table), switches[i]));
      for (const { id, table, sstables } of state.setSchema(next)) {
        discardSSTables(state, table, sstables);
        discardUnopened(state, table, id);
      }
      this.parts.describeStore();
      state.watch.schemaChanged();
      state.events.emit({ type: 'schema-changed' });
    });
  }

  /** See `WriteEngine.truncate`. */
  async truncate(tableId: Uuid): Promise<void> {
    await this.parts.wal.drain();
    // Its mutations so far get memtables and segments of their own, so that "before" can be said by segment.
    await this.parts.sealer.seal();
    await this.parts.state.exclusive(async () => {
      this.parts.checkOpen();
      const { state } = this.parts;
      const table = this.tableOf(tableId);
      const { firstSegment } = state.active;
      const { sstables } = table;
      const transaction = new CatalogTransaction().putTruncated(table.id, firstSegment).delete(...this.keysOf(table));
      // No SSTable tells of it: who exports since one of these is told.
      const told = new Map(withTruncated(state.exports, table.id).map((record) => [record.number, record]));
      for (const record of told.values()) transaction.putExport(record);
      await state.storage.catalog.commit(transaction.changes);
      state.exports = state.exports.map((record) => told.get(record.number) ?? record);
      state.setTruncated(table.id, firstSegment);
      this.parts.describeStore();
      state.forgetMemtables(table.id, true);
      table.sstables = [];
      table.setAside = [];
      state.watch.replaced(table.id);
      discardSSTables(state, table.table, sstables);
      discardUnopened(state, table.table, table.id);
    });
    this.parts.compactor.tablesChanged();
    this.parts.flusher.start();
  }

  /** Of the table's SSTables, also of those that can't be read: their files are swept at the next start. */
  private keysOf({ id, sstables, setAside }: TableState): string[] {
    const waiting = this.parts.state.unopened.get(id)?.records ?? [];
    const named = [...sstables.map(({ record }) => record), ...setAside, ...waiting];
    return [
      ...named.map(({ generation }) => sstableKey(id, generation)),
      ...this.parts.flusher.doubtfulKeys(id),
      ...this.parts.compactor.doubtfulKeys(id),
      ...this.parts.adoption.doubtfulKeys(id),
    ];
  }

  private tableOf(id: Uuid): TableState {
    const table = this.parts.state.tables.get(toHex(id.bytes));
    if (table === undefined) throw new InvalidRequestError(`There is no table of id ${id}`);
    return table;
  }
}

/** Tables whose `cdc` is another in the schema to come. */
function switchedTables(state: EngineState, next: Schema): TableMetadata[] {
  return next.tables.filter((table) => {
    const now = state.tables.get(tableKey(table));
    return now !== undefined && now.table.params.cdc !== table.params.cdc;
  });
}
