import { type CassetteError, CorruptionError, type Loadable, PartNotLoadedError, PartUnavailableError } from '@cassette/bytes';
import { StorageFullError } from '@cassette/storage';
import {
  type CatalogContents,
  CatalogTransaction,
  hashTold,
  loadCatalog,
  type SSTableRecord,
  schemaOfHash,
} from '../catalog/index.ts';
import { addUnopened } from '../late/unopened-sstables.ts';
import { MemtableSet } from '../memtable/index.ts';
import { MutationReader } from '../mutation/index.ts';
import { filesOf, finishLevels, isDamage, LiveSSTable, parseSSTableFile } from '../sstables/index.ts';
import { asideSegmentNumber, type DamagedRange, readSegment, type SegmentContents, segmentName } from '../wal/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import type { CorruptionFound, FileAside, RecoveryReport, ReplayedSegment } from '../write-engine/recovery-report.ts';
import { mendedCatalog, putLitterAside, requireCatalog } from './damaged-catalog.ts';
import { planSweep, sweep } from './sweep.ts';

/** What recovery hands to the engine. */
export interface Recovered {
  readonly report: RecoveryReport;
  /** WAL segments that are still needed, and their bytes. */
  readonly segments: ReadonlyMap<number, number>;
  /** Bytes that they take where they lie. */
  readonly physical: ReadonlyMap<number, number>;
  /** Where the last record of each ends that could be read. */
  readonly ends: ReadonlyMap<number, number>;
  /** Number of the first segment to write. */
  readonly nextSegment: number;
}

/** SSTables that are opened at the same time: enough that nobody waits for the browser's other processes in between. */
const OPENED_AT_ONCE = 8;

/** Seals what was replayed so far, everything before `segment`, and flushes it if the disk lets it. */
export type FlushReplayed = (segment: number) => Promise<void>;

/**
 * Brings a store to where it was: catalog, SSTables, then the WAL into memtables. It changes no WAL segment and no SSTable, so
 * that a crash in the middle of it, or another recovery after it, finds the same. Cassandra: db.commitlog.CommitLogReplayer.
 */
export class Recovery {
  private readonly state: EngineState;
  private readonly flushReplayed: FlushReplayed;
  private readonly reader = new MutationReader('WAL');
  private readonly corruption: CorruptionFound[] = [];
  private readonly setAside: { table: string; generation: number; file: string }[] = [];
  private readonly unopened: { table: string; generation: number; part: string }[] = [];
  /** Code that could not be loaded: it is waited for once, however many SSTables need it. */
  private readonly notLoaded = new Map<Loadable, PartUnavailableError>();
  private readonly tornTails: { file: string; offset: number; size: number }[] = [];
  private readonly segments: ReplayedSegment[] = [];
  private readonly physical = new Map<number, number>();
  private readonly ends = new Map<number, number>();
  /** Up to where each was durable once, as later ones say. */
  private readonly endsTold = new Map<number, number>();
  /** The last description of the store that the log has. */
  private told: { readonly bytes: Uint8Array; readonly file: string; readonly offset: number } | null = null;
  private mutationsReplayed = 0;
  private mutationsSkipped = 0;
  /** Of the skipped ones those of tables that the catalog does not name. */
  private mutationsOfNobody = 0;
  private bytesReplayed = 0;

  constructor(state: EngineState, flushReplayed: FlushReplayed) {
    this.state = state;
    this.flushReplayed = flushReplayed;
  }

  /** Fills the engine's state. Throws StorageError, and CassetteError for a store that another version of Cassette made. */
  async run(): Promise<Recovered> {
    const { state } = this;
    const started = state.scheduler.now();
    const contents = await loadCatalog(state.storage.catalog);
    const files = await state.storage.list();
    requireCatalog(state.storage, contents, files);
    const { damage } = state.storage.catalog;
    if (damage?.atEnd === true) this.tornTails.push({ file: damage.file, offset: damage.offset, size: damage.size });
    else if (damage !== null) this.corruption.push(mendedCatalog(damage));
    const plan = planSweep(files, contents);
    const litter = await finishLevels(state.storage, contents.sstables, plan.litter);
    state.setSchema(contents.schema);
    state.lowestWalSegment = contents.store?.lowestWalSegment ?? plan.nextSegment;
    for (const [id, segment] of contents.truncated) state.setTruncated(id, segment);
    state.hasWal = contents.store?.hasWal ?? false;
    state.counterId = contents.counterId ?? null;
    state.changeLog.id = contents.logId ?? null;
    for (const [id, segments] of contents.cdcSwitches) state.changeLog.switches.set(id, segments);
    state.exports = contents.exports;
    const exportNumbers = [
      ...contents.exports.map(({ number }) => number),
      ...contents.sstables.flatMap((one) => one.coveredBy ?? []),
    ];
    state.nextExportNumber = exportNumbers.reduce((most, number) => Math.max(most, number), 0) + 1;
    if (contents.store === undefined) await this.begin(state.lowestWalSegment);
    else state.clock.advanceTo(contents.store.clock);
    this.noteAside(files);
    for (const { first, last } of plan.lost) this.segmentsLost(first, last);
    for (const [id, generation] of plan.generations) {
      const table = state.tables.get(id);
      if (table !== undefined) table.nextGeneration = Math.max(table.nextGeneration, generation + 1);
    }
    const doubtful = damage?.mayHaveLost === true;
    const swept = doubtful ? [] : await sweep(state.storage, await state.changeLog.recover(files, litter));
    const filesSetAside = doubtful ? await putLitterAside(state.storage, litter) : [];
    this.noteAside(filesSetAside);
    await this.openSSTables(contents);
    const described = state.description.hash;
    const segments = await this.replayAll(plan.segments, plan.nextSegment);
    if (doubtful) this.checkDescribed(described);
    const report: RecoveryReport = {
      segments: this.segments,
      walSegments: plan.segments.length,
      mutationsReplayed: this.mutationsReplayed,
      bytesReplayed: this.bytesReplayed,
      mutationsSkipped: this.mutationsSkipped,
      tornTails: this.tornTails,
      corruption: this.corruption,
      litterSwept: swept,
      filesSetAside,
      filesAside: await this.filesAside(),
      sstablesSetAside: this.setAside,
      sstablesUnopened: this.unopened,
      milliseconds: state.scheduler.now() - started,
    };
    return { report, segments, physical: this.physical, ends: this.ends, nextSegment: plan.nextSegment };
  }

  /** A new store: says so, so that a later version knows what it has before it. */
  private async begin(lowestWalSegment: number): Promise<void> {
    const record = { lowestWalSegment, hasWal: false, clock: 0 };
    await this.state.storage.catalog.commit(new CatalogTransaction().putStore(record).changes);
  }

  /** For as long as files are there that were set aside of the log, truncations are remembered that came after them. */
  private noteAside(files: readonly string[]): void {
    const { state } = this;
    for (const name of files) state.oldestAside = Math.min(state.oldestAside, asideSegmentNumber(name) ?? state.oldestAside);
  }

  private segmentsLost(first: number, last: number): void {
    const which = first === last ? 'The WAL segment is' : `The WAL segments from here to ${segmentName(last)} are`;
    const message = `${which} missing: writes since the last flush may be lost`;
    this.corruption.push({ file: segmentName(first), offset: 0, size: 0, message });
  }

  private async openSSTables(contents: CatalogContents): Promise<void> {
    const { state } = this;
    const { sstables: records } = contents;
    for (const { tableId, generation } of records) {
      const table = state.tables.get(tableId);
      if (table !== undefined) table.nextGeneration = Math.max(table.nextGeneration, generation + 1);
    }
    for (let at = 0; at < records.length; at += OPENED_AT_ONCE) {
      const some = records.slice(at, at + OPENED_AT_ONCE);
      const outcomes = await Promise.allSettled(
        some.map(async (record) => {
          const table = state.tables.get(record.tableId);
          if (table === undefined) throw new CorruptionError('its table is not in the schema', filesOf(record)[0], 0);
          return LiveSSTable.open(state.storage, record, table.table, { verify: true, load: (part) => this.load(part) });
        }),
      );
      // What could be opened first of all: whoever fails to open the store closes what its tables have.
      for (const [i, outcome] of outcomes.entries())
        if (outcome.status === 'fulfilled') this.sstableOpened(some[i], outcome.value);
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') continue;
        const { reason } = outcome;
        if (reason instanceof PartNotLoadedError) this.sstableWaits(some[i], reason.part);
        else if (isDamage(reason)) this.sstableUnreadable(some[i], state.tables.get(some[i].tableId), reason);
        else throw reason;
      }
    }
  }

  /** Throws PartNotLoadedError for what can't be loaded. */
  private async load(part: Loadable): Promise<void> {
    try {
      if (!this.notLoaded.has(part)) await part.load();
    } catch (error) {
      if (!(error instanceof PartUnavailableError)) throw error;
      this.notLoaded.set(part, error);
    }
    if (this.notLoaded.has(part)) throw new PartNotLoadedError(part);
  }

  private sstableWaits(record: SSTableRecord, part: Loadable): void {
    const { state, notLoaded } = this;
    const { tableId, generation } = record;
    addUnopened(state, record, part, notLoaded.get(part)!);
    this.unopened.push({ table: state.tables.get(tableId)!.table.toString(), generation, part: part.name });
  }

  private sstableOpened(record: SSTableRecord, sstable: LiveSSTable): void {
    const table = this.state.tables.get(record.tableId)!;
    table.sstables = [...table.sstables, sstable];
    for (const rebuilt of sstable.rebuilt) {
      this.corruption.push({ ...rebuilt, offset: 0, message: 'The file is damaged or missing: it was rebuilt in memory' });
    }
  }

  private sstableUnreadable(record: SSTableRecord, table: TableState | undefined, error: CassetteError): void {
    const [first] = filesOf(record);
    const file = error instanceof CorruptionError ? error.file : String(error.data['file'] ?? first);
    const offset = error instanceof CorruptionError ? error.offset : 0;
    this.corruption.push({ file, offset, size: 0, message: error.message });
    const { generation } = record;
    if (table !== undefined) table.setAside = [...table.setAside, { generation, file }];
    this.setAside.push({ table: table?.table.toString() ?? record.tableId, generation, file });
  }

  /** A catalog whose end is damaged may know less than the log: who wrote to a table that it does not name, say, is not seen in what it has. */
  private checkDescribed(described: string): void {
    const { told } = this;
    if (told === null) return;
    const { bytes, file, offset } = told;
    const hash = hashTold(bytes, file);
    if (hash === null || schemaOfHash(hash) === schemaOfHash(described)) return;
    const message =
      'The log describes another schema than the catalog, whose end is damaged: changes of the schema are lost. Salvage knows what the log tells once the catalog is moved away';
    this.corruption.push({ file, offset, size: 0, message });
  }

  private async replayAll(numbers: readonly number[], nextSegment: number): Promise<Map<number, number>> {
    const { state } = this;
    const sizes = new Map<number, number>();
    const { oldestAside } = state;
    // What will be set aside is known when all of them were read; no flush may forget truncations until then.
    state.oldestAside = Math.min(oldestAside, numbers[0] ?? oldestAside);
    state.active = new MemtableSet(numbers[0] ?? nextSegment);
    for (const number of numbers) {
      const file = await state.storage.open(segmentName(number), { lenient: true });
      let contents: SegmentContents;
      let stored: (Uint8Array | undefined)[];
      try {
        contents = readSegment(file, number);
        stored = contents.damaged.map(({ offset, size }) => file.storedBytes?.(offset, size));
        // An owner that died may have left what no power cut had to spare yet, its cuts of refused writes too: what is read from here on stays.
        file.flush();
        this.physical.set(number, file.physicalSize ?? contents.bytes.length);
      } finally {
        file.close();
      }
      sizes.set(number, contents.bytes.length);
      this.ends.set(
        number,
        contents.damaged.reduce((end, { offset, size }) => Math.max(end, offset + size), contents.end),
      );
      for (const [before, end] of contents.endsBefore) this.endsTold.set(before, end);
      await this.replay(number, contents, stored);
    }
    state.oldestAside = oldestAside;
    this.noteAside(this.corruption.flatMap(({ setAside = [] }) => setAside));
    for (const number of numbers) await this.checkEnd(number);
    return sizes;
  }

  private async replay(number: number, contents: SegmentContents, stored: readonly (Uint8Array | undefined)[]): Promise<void> {
    const { state } = this;
    const file = segmentName(number);
    state.clock.advanceTo(contents.lastTimestamp);
    for (const range of contents.torn) this.tornTails.push({ file, ...range });
    for (const [i, range] of contents.damaged.entries()) {
      await this.putAside(file, contents.bytes, range, messageOf(range, contents), stored[i]);
    }
    for (const offset of contents.markersDamaged) {
      const message = 'The marker of a WAL record is damaged; the record was read all the same';
      this.corruption.push({ file, offset, size: 4, message });
    }
    const { bytes, payloads, descriptions } = contents;
    if (descriptions.length > 0) {
      const [offset, end] = descriptions.slice(-2);
      this.told = { bytes: bytes.slice(offset, end), file, offset };
    }
    const ofNobody = this.mutationsOfNobody;
    const { mutationsReplayed, mutationsSkipped } = this;
    for (let i = 0; i < payloads.length; i += 2) {
      try {
        this.apply(bytes, payloads[i], payloads[i + 1], number);
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        const range = { offset: payloads[i], size: payloads[i + 1] - payloads[i] };
        await this.putAside(file, bytes, range, `A WAL record that is no mutation: ${error.message}`);
      }
      if (state.active.bytes >= state.config.memtableFlushThreshold) await this.flushReplayed(number);
    }
    this.segments.push({
      file,
      bytes: bytes.length,
      mutations: this.mutationsReplayed - mutationsReplayed,
      mutationsSkipped: this.mutationsSkipped - mutationsSkipped,
      tornBytes: contents.torn.reduce((sum, { size }) => sum + size, 0),
      corruptBytes: this.corruption.filter((one) => one.file === file).reduce((sum, { size }) => sum + size, 0),
    });
    if (this.mutationsOfNobody > ofNobody && state.storage.catalog.damage?.mayHaveLost === true) {
      const all = { offset: 0, size: bytes.length };
      await this.putAside(file, bytes, all, 'It has mutations of tables that the catalog, whose end is damaged, does not name');
    }
  }

  /** What a later segment says was durable of this one, and is not there, was acknowledged: that is no end that a crash cut off. */
  private async checkEnd(number: number): Promise<void> {
    const file = segmentName(number);
    const offset = this.ends.get(number)!;
    const size = (this.endsTold.get(number) ?? 0) - offset;
    if (size <= 0) return;
    const message = 'A WAL segment that is cut short or damaged at its end: what was written there is lost';
    const torn = this.tornTails.findIndex((one) => one.file === file && one.offset === offset);
    if (torn < 0) {
      this.corruption.push({ file, offset, size, message });
    } else {
      const [range] = this.tornTails.splice(torn, 1);
      const opened = await this.state.storage.open(file, { lenient: true });
      const bytes = new Uint8Array(opened.size);
      try {
        opened.read(bytes, 0);
        await this.putAside(file, bytes, { offset, size }, message, opened.storedBytes?.(offset, range.size));
      } finally {
        opened.close();
      }
    }
    const at = this.segments.findIndex((one) => one.file === file);
    const told = this.segments[at];
    const tornBytes = this.tornTails.filter((one) => one.file === file).reduce((sum, one) => sum + one.size, 0);
    this.segments[at] = { ...told, tornBytes, corruptBytes: told.corruptBytes + size };
  }

  private apply(bytes: Uint8Array, from: number, to: number, segment: number): void {
    const { state, reader } = this;
    for (let at = from; at < to; at = reader.end) {
      reader.begin(bytes, at, to);
      const table = state.tableAt(bytes, reader.tableIdFrom);
      if (table === undefined || segment < (state.truncated.get(table.id) ?? 0)) {
        this.mutationsSkipped++;
        if (table === undefined) this.mutationsOfNobody++;
        continue;
      }
      state.active.of(table.id, table.table).apply(reader);
      this.mutationsReplayed++;
    }
    this.bytesReplayed += to - from;
  }

  /**
   * Files that this recovery or an earlier one set aside. Also adds up their bytes, and those of SSTables that can't be opened.
   */
  private async filesAside(): Promise<FileAside[]> {
    const { state } = this;
    const live = new Set([...state.tables.values()].flatMap(({ sstables }) => sstables.flatMap(({ record }) => filesOf(record))));
    const found: FileAside[] = [];
    for (const file of await state.storage.list()) {
      const isAside = file.startsWith('aside-');
      if (live.has(file) || (!isAside && parseSSTableFile(file) === null)) continue;
      const opened = await state.storage.open(file);
      state.asideBytes += opened.physicalSize ?? opened.size;
      if (isAside) found.push({ file, bytes: opened.size });
      opened.close();
    }
    return found;
  }

  /**
   * Copies what can't be read to a file of its own: the segment goes when its memtable was flushed, this does not. Of an encrypted log what
   * lies there goes to a second one, `-sealed`: in the first, damaged frames are 0xff.
   */
  private async putAside(
    file: string,
    bytes: Uint8Array,
    range: DamagedRange,
    message: string,
    stored?: Uint8Array,
  ): Promise<void> {
    const { storage } = this.state;
    const setAside = `aside-${file}-${range.offset}`;
    this.noteAside([setAside]);
    const sealed = `${setAside}-sealed`;
    try {
      await this.keep(setAside, bytes.subarray(range.offset, range.offset + range.size));
      if (stored !== undefined) await this.keep(sealed, stored);
      await storage.sync();
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      await storage.remove(setAside);
      if (stored !== undefined) await storage.remove(sealed);
      this.corruption.push({ file, ...range, message: `${message}; there was no room to keep a copy` });
      return;
    }
    this.corruption.push({ file, ...range, message, setAside });
  }

  private async keep(name: string, bytes: Uint8Array): Promise<void> {
    const copy = await this.state.storage.open(name, { create: true });
    try {
      copy.truncate(0);
      copy.write(bytes, 0);
      copy.flush();
    } finally {
      copy.close();
    }
  }
}

function messageOf({ offset, size }: DamagedRange, { bytes }: SegmentContents): string {
  if (offset > 0) return 'Bytes of the WAL that are no record: what was written there is lost';
  if (size === bytes.length)
    return 'A WAL segment whose header is damaged, and without it no record is found: what was written there is lost';
  return 'The header of a WAL segment is damaged; its records were found without it';
}
