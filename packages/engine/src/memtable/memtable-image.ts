import type { TableMetadata } from '@cassette/cql';
import { ClusteringBound, DeletionTime } from '@cassette/sstable';
import { type RangeTombstone, RangeTombstoneList } from '../deletion/range-tombstone-list.ts';
import { Memtable } from './memtable.ts';

/** Bytes of one piece of an image: copied in a fraction of a millisecond. */
const PIECE_BYTES = 256 * 1024;

/** A deletion: timestamp in two words, seconds. */
type PlainDeletion = readonly [hi: number, lo: number, localDeletionTime: number];
/** A bound of a range: kind, number of values, values. */
type PlainBound = readonly [kind: number, size: number, bytes: Uint8Array];

/** What a memtable holds but its numbers and bytes, as plain data: for another thread. */
export interface MemtableImage {
  /** Numbers of its skip lists in use. */
  readonly nodes: number;
  /** Sizes of its chunks of bytes. */
  readonly chunks: readonly number[];
  readonly partitionCount: number;
  readonly rowCount: number;
  readonly deletions: readonly {
    readonly partition: PlainDeletion;
    readonly ranges: readonly (readonly [PlainBound, PlainBound, PlainDeletion])[];
  }[];
}

/** A copy of some of its numbers (`chunk` −1), or of the bytes of one of its chunks. */
export interface MemtablePiece {
  readonly chunk: number;
  /** Where it begins, in numbers or bytes. */
  readonly from: number;
  readonly data: Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
}

/** The image of a memtable that takes no writes any more; what is missing in it are its {@link piecesOf}. */
export function imageOf({ store, deletions }: Memtable): MemtableImage {
  return {
    nodes: store.usedNodes.length,
    chunks: store.arena.all.map(({ length }) => length),
    partitionCount: store.partitionCount,
    rowCount: store.rowCount,
    deletions: deletions.map(({ partition, ranges }) => ({
      partition: plainDeletion(partition),
      ranges:
        ranges?.ranges.map(({ start, end, deletion }) => [plainBound(start), plainBound(end), plainDeletion(deletion)]) ?? [],
    })),
  };
}

/** Copies of all numbers and bytes, one after the other, each made when it is asked for. */
export function* piecesOf({ store }: Memtable): Generator<MemtablePiece, void> {
  const nodes = store.usedNodes;
  for (let from = 0; from < nodes.length; from += PIECE_BYTES / 4) {
    yield { chunk: -1, from, data: nodes.slice(from, from + PIECE_BYTES / 4) };
  }
  for (const [chunk, bytes] of store.arena.all.entries()) {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES)
      yield { chunk, from, data: bytes.slice(from, from + PIECE_BYTES) };
  }
}

/** Makes a memtable of its image, to be read as `table`, and of its pieces. */
export class MemtableCopy {
  private readonly image: MemtableImage;
  private readonly nodes: Int32Array<ArrayBuffer>;
  private readonly chunks: readonly Uint8Array[];
  private missing: number;

  constructor(image: MemtableImage) {
    this.image = image;
    this.nodes = new Int32Array(image.nodes);
    this.chunks = image.chunks.map((size) => new Uint8Array(size));
    this.missing = image.nodes + image.chunks.reduce((sum, size) => sum + size, 0);
  }

  /** Whether all pieces have come. */
  get isComplete(): boolean {
    return this.missing === 0;
  }

  /** Takes a piece; each once. */
  add({ chunk, from, data }: MemtablePiece): void {
    if (chunk < 0) this.nodes.set(data, from);
    else this.chunks[chunk].set(data, from);
    this.missing -= data.length;
  }

  /** The memtable, for reading only. */
  memtable(table: TableMetadata): Memtable {
    const { partitionCount, rowCount, deletions } = this.image;
    const memtable = new Memtable(table);
    memtable.store.restore(this.nodes, this.chunks, partitionCount, rowCount);
    for (const { partition, ranges } of deletions) {
      const list = ranges.map(
        ([start, end, deletion]): RangeTombstone => ({
          start: boundOf(start),
          end: boundOf(end),
          deletion: deletionOf(deletion),
        }),
      );
      memtable.deletions.push({
        partition: deletionOf(partition),
        ranges: list.length === 0 ? null : new RangeTombstoneList(memtable.comparator, list),
      });
    }
    return memtable;
  }
}

function plainDeletion({ hi, lo, localDeletionTime }: DeletionTime): PlainDeletion {
  return [hi, lo, localDeletionTime];
}

function deletionOf([hi, lo, localDeletionTime]: PlainDeletion): DeletionTime {
  return DeletionTime.of(hi, lo, localDeletionTime);
}

function plainBound({ kind, size, bytes }: ClusteringBound): PlainBound {
  return [kind, size, bytes.slice()];
}

function boundOf([kind, size, bytes]: PlainBound): ClusteringBound {
  return new ClusteringBound(kind as ClusteringBound['kind'], size, bytes);
}
