import {
  CellFlag,
  type ChunkCachePool,
  type DeletionTime,
  type RangeTombstoneMarker,
  type ReadCommand,
  ReadFigure,
  type Row,
  type SSTableReader,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import type { SourceFigures } from './trace.ts';
import { microsOf, type Tracer } from './tracer.ts';

/** Counts what a cursor gives, and the time that is spent in it; tells it once, when it is at its end or closed. */
abstract class TracedCursor implements UnfilteredCursor {
  protected readonly tracer: Tracer;
  protected milliseconds = 0;
  private cursor: UnfilteredCursor | null = null;
  private partitions = 0;
  private rows = 0;
  private tombstones = 0;
  private isTold = false;

  constructor(tracer: Tracer) {
    this.tracer = tracer;
  }

  /** Opens what is looked at; once, before anything else. */
  protected begin(open: () => UnfilteredCursor): void {
    const started = this.enter();
    this.cursor = open();
    this.leave(started);
  }

  /** The cursor is about to be used. */
  protected enter(): number {
    return this.tracer.now();
  }

  /** It was used. */
  protected leave(started: number): void {
    this.milliseconds += this.tracer.now() - started;
  }

  /** All that was counted. */
  protected abstract tell(figures: SourceFigures): void;

  /** It was moved to its first partition, or has none. */
  protected abstract begun(hasPartition: boolean): void;

  nextPartition(): boolean {
    const { current } = this;
    const started = this.enter();
    const found = current.nextPartition();
    this.leave(started);
    if (this.partitions === 0) this.begun(found);
    if (found) {
      this.partitions++;
      if (!current.partitionDeletion.isLive) this.tombstones++;
      if (current.staticRow !== null) this.count(current.staticRow);
    } else this.end();
    return found;
  }

  next(): Unfiltered {
    const { current } = this;
    const started = this.enter();
    const found = current.next();
    this.leave(started);
    if (found === Unfiltered.ROW) {
      this.rows++;
      this.count(current.row);
    } else if (found === Unfiltered.MARKER) this.tombstones++;
    return found;
  }

  close(): void {
    this.end();
    this.current.close();
  }

  private get current(): UnfilteredCursor {
    return this.cursor!;
  }

  private count(row: Row): void {
    if (!row.deletion.isLive) this.tombstones++;
    for (let i = 0; i < row.cellCount; i++) {
      if ((row.cellFlags[i] & (CellFlag.DELETED | CellFlag.COMPLEX_DELETION)) !== 0) this.tombstones++;
    }
  }

  private end(): void {
    if (this.isTold) return;
    this.isTold = true;
    const { partitions, rows, tombstones, milliseconds } = this;
    this.tell({ partitions, rows, tombstones, spent: microsOf(milliseconds) });
  }

  get keyBytes(): Uint8Array {
    return this.current.keyBytes;
  }

  get keyFrom(): number {
    return this.current.keyFrom;
  }

  get keyTo(): number {
    return this.current.keyTo;
  }

  get tokenHi(): number {
    return this.current.tokenHi;
  }

  get tokenLo(): number {
    return this.current.tokenLo;
  }

  get partitionDeletion(): DeletionTime {
    return this.current.partitionDeletion;
  }

  get staticRow(): Row | null {
    return this.current.staticRow;
  }

  get row(): Row {
    return this.current.row;
  }

  get marker(): RangeTombstoneMarker {
    return this.current.marker;
  }
}

/** A memtable's cursor, looked at. */
export class TracedMemtableCursor extends TracedCursor {
  private readonly sealed: boolean;

  constructor(cursor: UnfilteredCursor, tracer: Tracer, sealed: boolean) {
    super(tracer);
    this.sealed = sealed;
    this.begin(() => cursor);
  }

  protected begun(): void {
    // What it has is told at the end.
  }

  protected tell(figures: SourceFigures): void {
    this.tracer.add({ kind: 'memtable', sealed: this.sealed, ...figures });
  }
}

/** Figures beside those of the reader: the cache is the store's. */
const CACHE_HITS = ReadFigure.COUNT;
const CACHE_MISSES = CACHE_HITS + 1;

/**
 * An SSTable's cursor, looked at. What it reads is told by the reader's own counters: nobody else has a turn while it is used, so what they
 * grow by is its doing.
 */
export class TracedSSTableCursor extends TracedCursor {
  private readonly reader: SSTableReader;
  private readonly generation: number;
  private readonly cache: ChunkCachePool;
  private readonly isLookUp: boolean;
  private readonly sums = new Float64Array(CACHE_MISSES + 1);

  constructor(reader: SSTableReader, generation: number, cache: ChunkCachePool, command: ReadCommand, tracer: Tracer) {
    super(tracer);
    this.reader = reader;
    this.generation = generation;
    this.cache = cache;
    this.isLookUp = 'keys' in command.partitions;
    this.begin(() => reader.cursor(command));
  }

  protected override enter(): number {
    this.take(-1);
    return super.enter();
  }

  protected override leave(started: number): void {
    super.leave(started);
    this.take(1);
  }

  private take(sign: 1 | -1): void {
    const { sums, cache } = this;
    this.reader.addFigures(sums, sign);
    sums[CACHE_HITS] += sign * cache.hits;
    sums[CACHE_MISSES] += sign * cache.misses;
  }

  protected begun(found: boolean): void {
    if (!this.isLookUp) return;
    const { sums, generation, reader, milliseconds } = this;
    this.tracer.add({
      kind: 'index',
      generation,
      version: reader.descriptor.version.name,
      found,
      steps: sums[ReadFigure.INDEX_STEPS],
      indexBytes: sums[ReadFigure.INDEX_BYTES],
      rowIndex: sums[ReadFigure.ROW_INDEXES] > 0,
      spent: microsOf(milliseconds),
    });
  }

  protected tell(figures: SourceFigures): void {
    const { sums, generation, reader } = this;
    this.tracer.add({
      kind: 'sstable',
      generation,
      version: reader.descriptor.version.name,
      chunks: sums[ReadFigure.CHUNKS],
      chunkBytes: sums[ReadFigure.CHUNK_BYTES],
      dataBytes: sums[ReadFigure.DATA_BYTES],
      dataReads: sums[ReadFigure.DATA_READS],
      indexBytes: sums[ReadFigure.INDEX_BYTES],
      indexSteps: sums[ReadFigure.INDEX_STEPS],
      cacheHits: sums[CACHE_HITS],
      cacheMisses: sums[CACHE_MISSES],
      ...figures,
    });
  }
}
