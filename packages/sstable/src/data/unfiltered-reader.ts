import { ByteReader, CorruptionError } from '@cassette/bytes';
import type { HeldPrefix } from '../clustering/clustering-comparator.ts';
import { skipClustering } from '../clustering/clustering-values.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind, isBoundary, isEnd, isStart, RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import type { ByteWindow } from './byte-window.ts';
import type { DataLayout } from './data-layout.ts';
import { ExtendedFlag, UnfilteredFlag } from './flags.ts';
import { StoredRowCells } from './stored-row-cells.ts';
import { UnfilteredDecoder } from './unfiltered-decoder.ts';

/** Bytes that are made available before an unfiltered is looked at: more than all but odd clusterings take. */
const PEEK = 4096;

/** Flags of what is no row, or is a static one. */
const NOT_A_PLAIN_ROW = UnfilteredFlag.END_OF_PARTITION | UnfilteredFlag.IS_MARKER | UnfilteredFlag.EXTENSION;

/** Flags and size of a row of less than 16 KiB. */
const ROW_HEAD_MAX = 3;

/** The same where no more than one thing is wanted: most are smaller. */
const PEEK_LEAST = 256;

/** More than any name can take: 65535 bytes a value, and the most columns that a primary key is ever given. */
const NAME_BYTES_MAX = 0x1000000;

/**
 * Walks over the rows and markers of Data.db one by one: first what something is and where it sorts (`peek`), then either its
 * contents (`read`) or on to the next (`skip`). Keeps the deletion that is open at its place. Cassandra: UnfilteredDeserializer.
 */
export class UnfilteredReader {
  readonly row = new Row();
  readonly marker = new RangeTombstoneMarker();
  /** The range deletion open before the next unfiltered; LIVE if none. */
  readonly open = new DeletionTime();
  /** File position of the next unfiltered. */
  position = 0;
  /** File position that nothing may go beyond: the end of the partition or of the block, the file's if unknown. */
  limit: number;
  /** After `peek`: of what it found, the BoundKind (CLUSTERING for a row) and how many values its name has. */
  kind: BoundKind = BoundKind.CLUSTERING;
  size = 0;
  /** After `peek`: the values of the name. */
  clusteringBytes: Uint8Array = new Uint8Array(0);
  clusteringFrom = 0;
  clusteringTo = 0;
  /** After `peek`: file position of the end of what it found. */
  end = 0;

  private readonly window: ByteWindow;
  private readonly layout: DataLayout;
  private readonly decoder: UnfilteredDecoder;
  /** Bytes of the name of every row that has all its values; -1 where they differ, or a row has no name. */
  private readonly nameLength: number;
  /** Where rows may come with their cells as they are stored, else null. */
  private storedCells: StoredRowCells | null = null;
  private flags = 0;
  private bodyFrom = 0;
  private bodyTo = 0;
  private peeked = false;
  // Whether the name and the size of what is peeked at were read.
  private named = false;
  private staticBytes = new Uint8Array(0);
  private readonly staticInput: ByteReader;

  constructor(window: ByteWindow, layout: DataLayout) {
    this.window = window;
    this.layout = layout;
    this.decoder = new UnfilteredDecoder(layout);
    this.limit = window.size;
    const { clusteringFixed: fixed } = layout;
    const isFixed = fixed.length > 0 && fixed.length <= 32 && fixed.every((length) => length >= 0);
    this.nameLength = isFixed ? fixed.reduce((sum, length) => sum + length, 1) : -1;
    this.staticInput = new ByteReader(this.staticBytes, window.name);
  }

  /** From here on rows may come with their cells as they are stored (`Row.stored`). */
  keepStored(): void {
    this.storedCells ??= new StoredRowCells(this.layout, this.decoder);
  }

  /** Goes to an unfiltered before `limit`, where `open` is the open deletion (LIVE if not given). */
  seek(position: number, limit: number, open?: DeletionTime): void {
    this.position = position;
    this.limit = limit;
    this.peeked = false;
    if (open === undefined) this.open.setLive();
    else this.open.set(open);
  }

  /** What the next unfiltered is; its name is in the fields. Throws CorruptionError. */
  peek(): Unfiltered {
    if (this.peeked) return this.kind === BoundKind.CLUSTERING ? Unfiltered.ROW : Unfiltered.MARKER;
    const ahead = this.window.isLent ? 0 : this.window.readAhead - this.position;
    let available = Math.min(ahead < PEEK ? Math.max(PEEK_LEAST, ahead) : PEEK, this.limit - this.position);
    for (;;) {
      const input = this.window.at(this.position, available);
      const complete = input.remaining >= Math.min(this.limit - this.position, NAME_BYTES_MAX);
      try {
        return this.parse();
      } catch (error) {
        // The name may be larger than what was at hand: it is corrupt only when there is no more of it.
        if (complete || this.named || !(error instanceof CorruptionError)) throw error;
        available = Math.min(Math.max(available, input.remaining) * 4, this.limit - this.position);
      }
    }
  }

  private parse(): Unfiltered {
    const { input } = this.window;
    const start = input.position;
    this.named = false;
    const flags = input.u8('flags');
    this.flags = flags;
    if ((flags & UnfilteredFlag.END_OF_PARTITION) !== 0) {
      if (!this.open.isLive) throw input.corrupt('a partition ends inside a range tombstone', start);
      this.end = this.position + 1;
      return Unfiltered.END;
    }
    const isMarker = (flags & UnfilteredFlag.IS_MARKER) !== 0;
    if (isMarker) {
      this.kind = UnfilteredDecoder.boundKind(input);
      this.size = input.u16('bound size');
      if (this.size > this.layout.clusteringSize) throw input.corrupt(`a bound has ${this.size} values`, start);
    } else {
      if ((flags & UnfilteredFlag.EXTENSION) !== 0 && (input.u8('extended flags') & ExtendedFlag.IS_STATIC) !== 0) {
        throw input.corrupt('a static row stands among the rows', start);
      }
      this.kind = BoundKind.CLUSTERING;
      this.size = this.layout.clusteringSize;
    }
    this.clusteringFrom = input.position;
    skipClustering(input, this.layout.clusteringFixed, this.size);
    this.clusteringTo = input.position;
    const size = input.unsignedVIntNumber('unfiltered size');
    const from = input.position;
    this.named = true;
    if (from - start + size > this.limit - this.position) {
      throw input.corrupt(`an unfiltered of ${size} bytes goes beyond the end of its partition`, start);
    }
    if (size > input.end - from) {
      this.window.exactly(this.position, from - start + size, 'an unfiltered');
      return this.parse();
    }
    this.clusteringBytes = input.bytes;
    this.bodyFrom = from;
    this.bodyTo = from + size;
    this.end = this.position + (this.bodyTo - start);
    this.peeked = true;
    return isMarker ? Unfiltered.MARKER : Unfiltered.ROW;
  }

  /**
   * Goes past rows that lie before a bound of all clustering columns, as `peek`, a comparison and `skip` one after the other would: to find one
   * row in a partition is mostly this. It ends before anything that is not as most rows are, which is for `peek` to look at. (Half the time of
   * a look-up among 50 rows.)
   */
  passBefore(bound: HeldPrefix): void {
    const { nameLength, window, limit } = this;
    if (nameLength < 0 || bound.size !== this.layout.clusteringSize) return;
    const { comparator } = this.layout;
    for (;;) {
      const { position } = this;
      const input = window.at(position, Math.min(PEEK_LEAST, limit - position));
      const { bytes } = input;
      const start = input.position;
      const end = Math.min(input.end, start + (limit - position));
      let at = start;
      while (at + nameLength + ROW_HEAD_MAX <= end) {
        if ((bytes[at] & NOT_A_PLAIN_ROW) !== 0 || bytes[at + 1] !== 0) break;
        let body = at + 1 + nameLength;
        const first = bytes[body];
        let size = first;
        if (first < 0x80) body++;
        else if (first < 0xc0) {
          size = ((first & 0x3f) << 8) | bytes[body + 1];
          body += 2;
        } else break;
        if (body + size > end) break;
        if (comparator.compareClusterings(bytes, at + 1, at + 1 + nameLength, bound.bytes, 0, bound.bytes.length) >= 0) break;
        at = body + size;
      }
      if (at === start) return;
      this.position = position + (at - start);
      this.peeked = false;
      // What is left of the window tells nothing any more: the next one may.
      if (at + nameLength + ROW_HEAD_MAX <= end) return;
    }
  }

  /** After `peek`: how far before what it found the unfiltered before it begins, as what it found says. Throws CorruptionError. */
  previousSize(): number {
    const { input } = this.window;
    input.position = this.bodyFrom;
    input.end = this.bodyTo;
    return input.unsignedVIntNumber('previous unfiltered size');
  }

  /** Reads what `peek` found into `row` or `marker` and moves past it. A row may turn out empty. Throws CorruptionError. */
  read(): void {
    const { input } = this.window;
    input.position = this.bodyFrom;
    const end = input.end;
    input.end = this.bodyTo;
    if (this.kind === BoundKind.CLUSTERING) {
      const { row } = this;
      row.clear();
      row.setClustering(this.clusteringBytes, this.clusteringFrom, this.clusteringTo);
      if (this.storedCells?.take(input, this.flags, row) !== true) this.decoder.rowBody(input, this.flags, row);
    } else this.readMarker();
    input.end = end;
    this.position = this.end;
    this.peeked = false;
  }

  /** Moves past what `peek` found; of a marker the open deletion is kept. */
  skip(): void {
    if (this.kind !== BoundKind.CLUSTERING) {
      this.read();
      return;
    }
    this.position = this.end;
    this.peeked = false;
  }

  /** Reads the marker that `peek` found without regard to what is open: for going backwards. */
  readAlone(): void {
    this.open.setLive();
    if (isEnd(this.kind)) this.open.localDeletionTime = 0;
    this.read();
  }

  private readMarker(): void {
    const { input } = this.window;
    const { marker } = this;
    marker.setBound(this.kind, this.size, this.clusteringBytes, this.clusteringFrom, this.clusteringTo);
    this.decoder.markerBody(input, marker);
    if (isEnd(this.kind) === this.open.isLive) {
      throw input.corrupt(
        isStart(this.kind) && !isBoundary(this.kind)
          ? 'a range tombstone opens in another'
          : 'no range tombstone is open to be closed',
        this.bodyFrom,
      );
    }
    this.open.set(marker.opening);
  }

  /** Reads the static row at `position` into `into`, with bytes of its own; returns the position after it. */
  readStatic(position: number, into: Row): number {
    let input = this.window.at(position, 24);
    const start = input.position;
    const flags = input.u8('flags');
    if ((flags & UnfilteredFlag.EXTENSION) === 0 || (input.u8('extended flags') & ExtendedFlag.IS_STATIC) === 0) {
      throw input.corrupt('a static row was expected', start);
    }
    const size = input.unsignedVIntNumber('static row size');
    const head = input.position - start;
    input = this.window.exactly(position + head, size, 'a static row');
    if (this.staticBytes.length < size) this.staticBytes = new Uint8Array(size + 64);
    for (let i = 0; i < size; i++) this.staticBytes[i] = input.bytes[input.position + i];
    this.staticInput.reset(this.staticBytes, 0, size, position + head);
    into.clear();
    into.isStatic = true;
    this.decoder.rowBody(this.staticInput, flags, into);
    return position + head + size;
  }
}
