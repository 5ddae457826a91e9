import type { RowStore } from '../measure/peer.ts';
import { decodeRecord, decodeRecords, encodeRecord, encodeRecords } from '../rows/row-record.ts';
import { rowBytes, type SensorRow } from '../rows/sensor-row.ts';
import { wideRows } from '../rows/wide-rows.ts';

/** What TypeScript's library has no types for. */
export interface SyncAccessHandle {
  read(target: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** Files of records behind sync access handles, in a dedicated worker: the least that a durable write can be. */
export class RecordFiles implements RowStore {
  private readonly written: SyncAccessHandle;
  private readonly loaded: SyncAccessHandle;
  private readonly wide: SyncAccessHandle;
  private readonly record = new Uint8Array(rowBytes);
  private readonly view = new DataView(this.record.buffer);
  private end = 0;
  private flushes = 0;

  private constructor(written: SyncAccessHandle, loaded: SyncAccessHandle, wide: SyncAccessHandle) {
    this.written = written;
    this.loaded = loaded;
    this.wide = wide;
  }

  /** Opens empty files in `folder`. */
  static async open(folder: string): Promise<RecordFiles> {
    const root = await navigator.storage.getDirectory();
    for await (const name of (root as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> }).keys()) {
      if (name === folder) await root.removeEntry(folder, { recursive: true });
    }
    const directory = await root.getDirectoryHandle(folder, { create: true });
    const handle = (name: string) => handleOf(name, directory);
    return new RecordFiles(await handle('written'), await handle('loaded'), await handle('wide'));
  }

  /** Appends records in one write and makes them durable. */
  append(records: Uint8Array): void {
    if (this.written.write(records, { at: this.end }) !== records.length) throw new Error('The device is full');
    this.end += records.length;
    this.written.flush();
    this.flushes++;
  }

  async write(row: SensorRow): Promise<void> {
    encodeRecord(row, this.record, this.view, 0);
    this.append(this.record);
  }

  async writeBatch(rows: readonly SensorRow[]): Promise<void> {
    this.append(encodeRecords(rows));
  }

  /** Puts the records that are read. */
  load(table: 'loaded' | 'wide', records: Uint8Array): void {
    const file = this[table];
    if (file.write(records, { at: 0 }) !== records.length) throw new Error('The device is full');
    file.flush();
  }

  /** Records of loaded rows, one after the other. */
  read(indexes: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(indexes.length * rowBytes);
    for (let i = 0; i < indexes.length; i++) {
      const record = bytes.subarray(i * rowBytes, (i + 1) * rowBytes);
      if (this.loaded.read(record, { at: indexes[i] * rowBytes }) !== rowBytes)
        throw new Error(`There is no record ${indexes[i]}`);
    }
    return bytes;
  }

  /** The records of a partition of 'wide', which lie side by side. */
  readPartition(first: number): Uint8Array {
    const bytes = new Uint8Array(wideRows * rowBytes);
    if (this.wide.read(bytes, { at: first * rowBytes }) !== bytes.length) throw new Error(`There is no partition at ${first}`);
    return bytes;
  }

  /** All loaded records. */
  readAll(): Uint8Array {
    const bytes = new Uint8Array(this.loaded.getSize());
    this.loaded.read(bytes, { at: 0 });
    return bytes;
  }

  async get(_row: SensorRow, index: number): Promise<SensorRow> {
    return decodeRecord(this.read([index]), 0);
  }

  /** There are no statements. */
  readonly getIn = null;

  async getMany(_rows: readonly SensorRow[], indexes: readonly number[]): Promise<SensorRow[]> {
    return decodeRecords(this.read(indexes));
  }

  async partition(_sensorId: string, first: number): Promise<SensorRow[]> {
    return decodeRecords(this.readPartition(first));
  }

  async scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    visitRecords(this.readAll(), visit);
  }

  async syncs(): Promise<number> {
    return this.flushes;
  }

  get count(): number {
    return this.written.getSize() / rowBytes;
  }

  close(): void {
    this.written.close();
    this.loaded.close();
    this.wide.close();
  }
}

/** A handle on a file of `directory`, by default the top of the origin private file system. */
export async function handleOf(name: string, directory?: FileSystemDirectoryHandle): Promise<SyncAccessHandle> {
  const folder = directory ?? (await navigator.storage.getDirectory());
  const file = (await folder.getFileHandle(name, { create: true })) as FileSystemFileHandle & {
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
  };
  return file.createSyncAccessHandle();
}

/** Makes a row of each record and shows it. */
export function visitRecords(
  records: Uint8Array,
  visit: (ts: number, value: number, note: string, payload: Uint8Array) => void,
): void {
  for (let at = 0; at < records.length; at += rowBytes) {
    const { ts, value, note, payload } = decodeRecord(records, at);
    visit(ts, value, note, payload);
  }
}
