import { CassetteError, CorruptionError } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { FileNotFoundError } from '@cassette/storage';
import { MutationReader } from '../mutation/mutation-reader.ts';
import { SEGMENT_HEADER_SIZE, saltOfSegment, segmentName, type WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import { ClosedError } from '../write-engine/errors.ts';
import { retiredName } from './change-log.ts';
import { type ChangePosition, type ParsedPosition, parsePosition, printPosition } from './change-position.ts';
import { type Change, describeChange } from './describe-change.ts';
import { oldestSegment } from './oldest-segment.ts';
import { readPart, type SegmentPart } from './segment-part.ts';

/** Which changes are read. */
export interface ChangeFeedOptions {
  /** The position of the last change that was taken; 'now': what is written from now on; absent: all that is kept. */
  readonly since?: string | null;
  /** Only of tables that this holds for; what was written to them without `cdc = true` is not told. */
  includes(table: TableMetadata): boolean;
}

/** A part of a segment in memory. */
interface Loaded {
  readonly segment: number;
  readonly bytes: Uint8Array;
  /** Where `bytes` begins in the segment. */
  readonly base: number;
  /** From and to of the records' payloads in `bytes`. */
  readonly payloads: readonly number[];
  /** Where it ends in the segment. */
  readonly next: number;
  /** Where the checksums of the segment's records begin from. */
  readonly salted: number;
}

/** A part of a segment's file, and where the checksums of its records begin from. */
interface FilePart {
  readonly part: SegmentPart | null;
  readonly salted: number;
}

/** Where a record's payload begins. */
type RecordPlace = Omit<ChangePosition, 'index'> & Pick<Loaded, 'salted'>;

/** From so many changes on `next` gives what it has, at the end of a record. */
const BATCH = 100;

/**
 * Reads mutations from the log: from segments that were kept, from those that are still needed, and from the one that is written to, as
 * far as it is durable. What it gives no crash takes back, and it comes again when the same position is asked for. Holds a part of a
 * segment in memory. Cassandra: a consumer of cdc_raw.
 */
export class ChangeFeed {
  /** Called when it is closed. */
  onClose: () => void = () => undefined;
  private readonly state: EngineState;
  private readonly wal: WriteAheadLog;
  private readonly includes: (table: TableMetadata) => boolean;
  private readonly reader = new MutationReader('WAL');
  /** What was taken already by whoever goes on. */
  private readonly taken: ParsedPosition | null;
  /** Whether the segment that `taken` is in is the one that it was given of. */
  private isProven = false;
  /** Up to where it was read, or was taken before; null where nothing was yet. */
  private place: string | null = null;
  /** The segment that is read, and up to where it was. */
  private segment: number;
  private offset = 0;
  private loaded: Loaded | null = null;
  /** The payload of `loaded` that is read next. */
  private payload = 0;
  private wake: () => void = () => undefined;
  private isClosed = false;

  /** Throws InvalidRequestError, and CassetteError CHANGES_UNKNOWN_POSITION where no file needs to be read to know. */
  constructor(state: EngineState, wal: WriteAheadLog, { since, includes }: ChangeFeedOptions) {
    this.state = state;
    this.wal = wal;
    this.includes = includes;
    const oldest = this.oldest();
    if (!state.schema.tables.some((table) => state.changeLog.hasChanges(table, oldest))) {
      throw new InvalidRequestError('No table has cdc = true: give it to those whose changes are to be read');
    }
    const current = wal.currentSegment;
    this.taken = since === undefined || since === null || since === 'now' ? null : this.known(since);
    this.segment = this.taken?.segment ?? (since === 'now' && current !== null ? current.number : this.oldest());
    if (this.taken !== null) this.place = since ?? null;
    if (since === 'now' && current !== null) {
      this.offset = current.durable;
      this.place = this.print({ segment: current.number, offset: this.from, index: 0 }, current.salted);
    }
    wal.onDurable.add(this.notify);
  }

  /**
   * The next changes, in the order of the log, their values encoded (see `changeFromTransfer`); none where there are none yet. Rejects with
   * StorageError, ClosedError, and CassetteError CHANGES_TRUNCATED where what comes next is not kept any more, CHANGES_UNKNOWN_POSITION.
   */
  async next(): Promise<readonly Change[]> {
    for (;;) {
      if (this.isClosed) throw new ClosedError('The feed of changes');
      if (this.loaded === null && !(await this.load())) return [];
      const found = this.take();
      if (found.length > 0) return found;
    }
  }

  /** What has been read: to be given as `since` by whoever goes on elsewhere. */
  get reached(): string {
    const { loaded, segment } = this;
    const current = this.wal.currentSegment;
    if (loaded !== null) {
      // The record that is read next begins at its payload's place.
      const offset = loaded.base + loaded.payloads[this.payload] - 1;
      return this.print({ segment: loaded.segment, offset, index: 0 }, loaded.salted);
    }
    if (current?.number === segment) return this.print({ segment, offset: this.from, index: 0 }, current.salted);
    return this.place ?? this.print({ segment, offset: 0, index: 0 }, null);
  }

  /** Resolves when there may be more, or the feed is closed. */
  async changed(): Promise<void> {
    const current = this.wal.currentSegment;
    const { segment } = this;
    const isBehind =
      current !== null && (current.number > segment || (current.number === segment && current.durable > this.from));
    if (this.isClosed || this.loaded !== null || isBehind) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  /** Ends it. */
  close(): void {
    this.isClosed = true;
    this.onClose();
    this.loaded = null;
    this.wal.onDurable.delete(this.notify);
    this.wake();
  }

  private readonly notify = (): void => this.wake();

  /** Where in its segment the next record begins. */
  private get from(): number {
    return Math.max(this.offset, SEGMENT_HEADER_SIZE);
  }

  private oldest(): number {
    return oldestSegment(this.state, this.wal);
  }

  private print(position: ChangePosition, salted: number | null): string {
    return printPosition(position, this.state.changeLog.id ?? '', salted);
  }

  /** A position that this log gave, as far as can be told at once. What comes after one of another log, or after what a crash took, nobody knows. */
  private known(since: string): ParsedPosition {
    const position = parsePosition(since);
    const { segment, offset, log, salted } = position;
    const { currentSegment: current } = this.wal;
    const size = current?.number === segment ? current.durable : this.fileOf(segment)?.size;
    const isAhead = segment > this.wal.segment || (size !== undefined && offset > size);
    // Of a segment that there was not yet nothing was taken.
    const isWhole = salted !== undefined || offset === 0;
    if (log === this.state.changeLog.id && isWhole && !isAhead) return position;
    throw unknownPosition(since);
  }

  /** Throws CHANGES_UNKNOWN_POSITION where the segment of what was taken is one of another life of this log. */
  private async prove(): Promise<void> {
    const { taken } = this;
    if (taken?.salted !== undefined) {
      const salted = await this.saltedOf(taken.segment);
      if (salted !== null && salted >>> 0 !== taken.salted) throw unknownPosition(this.place);
    }
    this.isProven = true;
  }

  /** Throws CHANGES_TRUNCATED where what comes next is not there any more. */
  private async check(): Promise<void> {
    const oldest = this.oldest();
    if (this.segment >= oldest) return;
    const position = this.print({ segment: oldest, offset: 0, index: 0 }, await this.saltedOf(oldest));
    throw new CassetteError(
      'CHANGES_TRUNCATED',
      `What follows this position in the log is not kept any more: begin anew, with what the tables hold and changes since ${position}. ` +
        'A larger config.cdcTotalSpace keeps more',
      { oldest: position },
    );
  }

  /** Takes the next part of the log into memory; false where there is none yet. */
  private async load(): Promise<boolean> {
    for (;;) {
      await this.state.changeLog.released();
      if (this.isClosed) return false;
      await this.check();
      if (!this.isProven) await this.prove();
      if (this.isClosed) return false;
      const { segment } = this;
      const current = this.wal.currentSegment;
      if (current?.number === segment) {
        const { from } = this;
        if (current.durable <= from) return false;
        const { durable: end, salted } = current;
        const part = readPart((at, length) => current.readDurable(at, length), { from, end, salted });
        this.begin(segment, from, part, salted);
        // It may be a description of the store, and no mutation.
        if (this.loaded !== null) return true;
        continue;
      }
      const file = this.fileOf(segment);
      if (file === null) {
        // Of that number there was none: writes that the log was asked to leave out have one too.
        if (segment >= this.wal.segment) return false;
        this.goOn();
        continue;
      }
      const { from } = this;
      const found = await this.read(segment, file.name, file.size);
      if (this.isClosed) return false;
      if (found === 'renamed') continue;
      const part = found?.part ?? null;
      const isOver = part === null || part.next >= file.size;
      if (found !== null && part !== null) this.begin(segment, from, part, found.salted);
      if (isOver) this.goOn();
      if (this.loaded !== null) return true;
    }
  }

  /** The file that a segment lies in now which is not written to any more, and its bytes. */
  private fileOf(segment: number): { readonly name: string; readonly size: number } | null {
    const kept = this.state.changeLog.segments.get(segment);
    if (kept !== undefined) return { name: retiredName(segment), size: kept };
    const size = this.wal.sealedSegments.get(segment);
    return size === undefined ? null : { name: segmentName(segment), size };
  }

  /** Where the checksums of a segment's records begin from; null where there is none of that number any more, or yet. Throws StorageError. */
  private async saltedOf(segment: number): Promise<number | null> {
    for (;;) {
      const { currentSegment: current } = this.wal;
      if (current?.number === segment) return current.salted;
      const file = this.fileOf(segment);
      if (file === null) return null;
      const found = await this.read(segment, file.name, 0);
      if (found !== 'renamed') return found?.salted ?? null;
    }
  }

  /** The next part of a file, as far as it is before `size`; null for a file that is not its segment's. */
  private read(segment: number, name: string, size: number): Promise<FilePart | 'renamed' | null> {
    return this.state.changeLog.alone(async () => (this.isClosed ? null : await this.readAlone(segment, name, size)));
  }

  private async readAlone(segment: number, name: string, size: number): Promise<FilePart | 'renamed' | null> {
    const { from } = this;
    try {
      const file = await this.state.storage.open(name, { lenient: true });
      try {
        const read = (at: number, length: number) => {
          const bytes = new Uint8Array(length);
          return bytes.subarray(0, file.read(bytes, at));
        };
        const salted = saltOfSegment(read(0, SEGMENT_HEADER_SIZE), segment, name);
        // What is behind its end was refused to its writer.
        if (salted === null) return null;
        return { salted, part: from >= size ? null : readPart(read, { from, end: size, salted }) };
      } finally {
        file.close();
      }
    } catch (error) {
      if (error instanceof FileNotFoundError && this.fileOf(segment)?.name !== name) return 'renamed';
      throw error;
    }
  }

  private begin(segment: number, base: number, part: SegmentPart, salted: number): void {
    this.offset = part.next;
    this.loaded = { ...part, segment, base, salted };
    this.payload = 0;
    this.endPart();
  }

  /** Lets go of what is loaded where all of it was read. */
  private endPart(): void {
    const { loaded } = this;
    if (loaded === null || this.payload < loaded.payloads.length) return;
    this.place = this.print({ segment: loaded.segment, offset: loaded.next, index: 0 }, loaded.salted);
    this.loaded = null;
  }

  private goOn(): void {
    this.segment++;
    this.offset = 0;
  }

  /** Changes of what is loaded, up to a batch of them. */
  private take(): Change[] {
    const { segment, bytes, base, payloads, salted } = this.loaded as Loaded;
    const found: Change[] = [];
    while (this.payload < payloads.length && found.length < BATCH) {
      const from = payloads[this.payload];
      const to = payloads[this.payload + 1];
      this.payload += 2;
      this.takeRecord(bytes, from, to, { segment, offset: base + from, salted }, found);
    }
    this.endPart();
    return found;
  }

  private takeRecord(bytes: Uint8Array, from: number, to: number, at: RecordPlace, found: Change[]): void {
    const { reader, state } = this;
    try {
      for (let start = from, index = 0; start < to; start = reader.end, index++) {
        reader.begin(bytes, start, to);
        const table = state.tableAt(bytes, reader.tableIdFrom)?.table;
        if (table === undefined || !this.includes(table) || !state.changeLog.gaveChanges(table, at.segment)) continue;
        if (!this.wasTaken({ ...at, index })) found.push(describeChange(reader, table, this.print({ ...at, index }, at.salted)));
      }
    } catch (error) {
      // A record that is no mutation: recovery has told of it and has set it aside, and those behind it are to be read.
      if (!(error instanceof CorruptionError)) throw error;
    }
  }

  private wasTaken({ segment, offset, index }: ChangePosition): boolean {
    const { taken } = this;
    if (taken === null || segment !== taken.segment) return false;
    return offset < taken.offset || (offset === taken.offset && index <= taken.index);
  }
}

function unknownPosition(since: string | null): CassetteError {
  return new CassetteError(
    'CHANGES_UNKNOWN_POSITION',
    `The position ${since} is none that this store gave, or the store has lost what was there: it is another store of that name, a copy of ` +
      'it, or an older copy that was put back. Begin anew, with what the tables hold and changes without since',
    { since },
  );
}
