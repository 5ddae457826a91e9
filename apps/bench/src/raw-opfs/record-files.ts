import type { RowStore } from '../measure/peer.ts';
import { decodeRecord, encodeRecord, encodeRecords } from '../rows/row-record.ts';
import { rowBytes, type SensorRow } from '../rows/sensor-row.ts';

interface SyncAccessHandle {
  read(target: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Two files of records behind sync access handles, in a dedicated worker: the least that a durable write can be. */
export class RecordFiles implements RowStore {
  private readonly written: SyncAccessHandle;
  private readonly loaded: SyncAccessHandle;
  private readonly record = new Uint8Array(rowBytes);
  private readonly view = new DataView(this.record.buffer);
  private end = 0;
  private flushes = 0;

  private constructor(written: SyncAccessHandle, loaded: SyncAccessHandle) {
    this.written = written;
    this.loaded = loaded;
  }

  /** Opens empty files in `folder`. */
  static async open(folder: string): Promise<RecordFiles> {
    const root = await navigator.storage.getDirectory();
    for await (const name of (root as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> }).keys()) {
      if (name === folder) await root.removeEntry(folder, { recursive: true });
    }
    const directory = await root.getDirectoryHandle(folder, { create: true });
    const handle = async (name: string) => {
      const file = (await directory.getFileHandle(name, { create: true })) as FileSystemFileHandle & {
        createSyncAccessHandle(): Promise<SyncAccessHandle>;
      };
      return file.createSyncAccessHandle();
    };
    return new RecordFiles(await handle('written'), await handle('loaded'));
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
  load(records: Uint8Array): void {
    if (this.loaded.write(records, { at: 0 }) !== records.length) throw new Error('The device is full');
    this.loaded.flush();
  }

  /** The record of a loaded row. */
  read(index: number): Uint8Array {
    const bytes = new Uint8Array(rowBytes);
    if (this.loaded.read(bytes, { at: index * rowBytes }) !== rowBytes) throw new Error(`There is no record ${index}`);
    return bytes;
  }

  /** All loaded records. */
  readAll(): Uint8Array {
    const bytes = new Uint8Array(this.loaded.getSize());
    this.loaded.read(bytes, { at: 0 });
    return bytes;
  }

  async get(_row: SensorRow, index: number): Promise<SensorRow> {
    return decodeRecord(this.read(index), 0);
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
  }
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
