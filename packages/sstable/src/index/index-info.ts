import type { ByteReader, ByteWriter } from '@cassette/bytes';
import { skipClustering } from '../clustering/clustering-values.ts';
import { decodeDeletionTime, encodeDeletionTime } from '../data/deletion-time-codec.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { Version } from '../version/index.ts';

// One block of a partition in Index.db:
//   firstName      prefix        of the block's first unfiltered
//   lastName       prefix        of its last one
//   offset         uv            of the block, from the partition's start
//   width          sv            bytes - 65536, whatever the block size; the last block counts the end-of-partition byte
//   hasOpenMarker  u8
//   openMarker     DeletionTime  the range deletion open *after* the block, if hasOpenMarker
// prefix:
//   kind           u8            BoundKind; CLUSTERING (4) for a row
//   size           u16           number of values; not for a row, which has all
//   values                       as Row.clusteringBytes
//
// Cassandra: io.sstable.IndexInfo.Serializer, db.ClusteringPrefix.Serializer

const WIDTH_BASE = 65536;

/** A clustering or bound as the row index holds it. */
export interface ClusteringPrefix {
  readonly kind: BoundKind;
  /** Number of values. */
  readonly size: number;
  /** The values in the form of `Row.clusteringBytes`. */
  readonly bytes: Uint8Array;
}

/** One block of the row index of a partition. Cassandra: io.sstable.IndexInfo. */
export interface IndexInfo {
  readonly first: ClusteringPrefix;
  readonly last: ClusteringPrefix;
  /** Bytes from the partition's start to the block's. */
  readonly offset: number;
  /** Bytes of the block. */
  readonly width: number;
  /** The range deletion that is open behind the block; null if none. */
  readonly openMarker: DeletionTime | null;
}

/** Appends a prefix: its kind, its number of values unless it is a row's, and `bytes[from, to)`. */
export function encodePrefix(out: ByteWriter, kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
  out.u8(kind);
  if (kind !== BoundKind.CLUSTERING) out.u16(size);
  out.bytesOf(bytes, from, to);
}

/** Appends what follows the two prefixes of a block. */
export function encodeBlockEnd(
  out: ByteWriter,
  offset: number,
  width: number,
  openMarker: DeletionTime | null,
  version: Version,
): void {
  out.unsignedVIntNumber(offset);
  out.signedVIntNumber(width - WIDTH_BASE);
  if (openMarker === null) {
    out.u8(0);
  } else {
    out.u8(1);
    encodeDeletionTime(out, openMarker, version.hasUIntDeletionTime);
  }
}

/** `fixedLengths` are the fixed lengths of the clustering types (-1: none), as many as there are clustering columns. */
export function decodePrefix(input: ByteReader, fixedLengths: Int32Array): ClusteringPrefix {
  const at = input.position;
  const kind = input.u8('clustering kind');
  let size = fixedLengths.length;
  if (kind !== BoundKind.CLUSTERING) {
    if (kind > BoundKind.EXCL_START_BOUND || kind === BoundKind.STATIC_CLUSTERING) {
      throw input.corrupt(`a clustering of kind ${kind} is impossible`, at);
    }
    size = input.u16('clustering size');
    if (size > fixedLengths.length) throw input.corrupt(`a bound can't have ${size} values`, at + 1);
  }
  const from = input.position;
  skipClustering(input, fixedLengths, size);
  return { kind: kind as BoundKind, size, bytes: input.bytes.subarray(from, input.position) };
}

/** Reads a block; its bytes are views on those of `input`. Throws CorruptionError. */
export function decodeIndexInfo(input: ByteReader, fixedLengths: Int32Array, version: Version): IndexInfo {
  const first = decodePrefix(input, fixedLengths);
  const last = decodePrefix(input, fixedLengths);
  const offset = input.unsignedVIntNumber('block offset');
  const widthAt = input.position;
  const width = input.signedVIntNumber('block width') + WIDTH_BASE;
  if (width < 1) throw input.corrupt(`a block of ${width} bytes is impossible`, widthAt);
  const flag = input.u8('hasOpenMarker');
  if (flag > 1) throw input.corrupt(`hasOpenMarker is ${flag}`, input.position - 1);
  let openMarker: DeletionTime | null = null;
  if (flag === 1) {
    openMarker = new DeletionTime();
    decodeDeletionTime(input, openMarker, version.hasUIntDeletionTime);
  }
  return { first, last, offset, width, openMarker };
}
