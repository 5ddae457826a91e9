import type { RowStore } from '../measure/peer.ts';
import { encodeRecords } from '../rows/row-record.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import type { RecordFiles } from './record-files.ts';

/**
 * Files with a group commit made by hand: what was written in one turn shares one write and one flush. The floor of many
 * writers at once; nobody who calls OPFS by himself gets it for nothing.
 */
export class GroupedFiles implements RowStore {
  private readonly files: RecordFiles;
  private group: SensorRow[] = [];
  private committed: Promise<void> = Promise.resolve();

  constructor(files: RecordFiles) {
    this.files = files;
  }

  write(row: SensorRow): Promise<void> {
    if (this.group.length === 0) this.committed = this.commitSoon();
    this.group.push(row);
    return this.committed;
  }

  private async commitSoon(): Promise<void> {
    // All writers that the last commit woke go on within a few microtasks.
    for (let i = 0; i < 4; i++) await null;
    const { group } = this;
    this.group = [];
    this.files.append(encodeRecords(group));
  }

  writeBatch(rows: readonly SensorRow[]): Promise<void> {
    return this.files.writeBatch(rows);
  }

  get(row: SensorRow, index: number): Promise<SensorRow> {
    return this.files.get(row, index);
  }

  readonly getIn = null;

  getMany(rows: readonly SensorRow[], indexes: readonly number[]): Promise<SensorRow[]> {
    return this.files.getMany(rows, indexes);
  }

  partition(sensorId: string, first: number): Promise<SensorRow[]> {
    return this.files.partition(sensorId, first);
  }

  scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    return this.files.scan(visit);
  }

  syncs(): Promise<number> {
    return this.files.syncs();
  }
}
