import { type ByteReader, type ByteWriter, CassetteError } from '@cassette/bytes';
import { parseMarshalType } from '@cassette/cql';
import { skipClustering } from '../clustering/clustering-values.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';

// The clusterings that an SSTable covers, in STATS of oa and da:
//   types  uv n, n × vb   clustering types, as in the header
//   start  bound          INCL_START_BOUND of the smallest clustering, or the smallest start bound of a marker
//   end    bound          INCL_END_BOUND of the greatest clustering, or the greatest end bound
// bound:
//   kind   u8             BoundKind
//   size   u16            number of values
//   values                as Row.clusteringBytes
//
// Cassandra: StatsMetadataSerializer with hasImprovedMinMax, db.Slice.Serializer, db.ClusteringBoundOrBoundary.Serializer

/** One end of what is covered. Cassandra: db.ClusteringBound. */
export interface CoveredBound {
  readonly kind: BoundKind;
  /** Number of values. */
  readonly size: number;
  /** The values in the form of `Row.clusteringBytes`. */
  readonly bytes: Uint8Array;
}

/** The slice that all rows and range tombstones of an SSTable lie in. Cassandra: StatsMetadata#coveredClustering. */
export interface CoveredClustering {
  /** Marshal names of the clustering types, in key order. */
  readonly types: readonly string[];
  readonly start: CoveredBound;
  readonly end: CoveredBound;
}

const NONE = new Uint8Array(0);

/** What is said of an SSTable that does not say: anything may be there. */
export const EVERYTHING_COVERED: CoveredClustering = {
  types: [],
  start: { kind: BoundKind.INCL_START_BOUND, size: 0, bytes: NONE },
  end: { kind: BoundKind.INCL_END_BOUND, size: 0, bytes: NONE },
};

/** Appends the slice with its types. */
export function encodeCoveredClustering(out: ByteWriter, { types, start, end }: CoveredClustering): void {
  out.unsignedVIntNumber(types.length);
  for (const type of types) out.vintBytes(new TextEncoder().encode(type));
  for (const bound of [start, end]) {
    out.u8(bound.kind);
    out.u16(bound.size);
    out.bytes(bound.bytes);
  }
}

/** Reads the slice, on copies of its bytes. Throws CorruptionError, also where a type is not one. */
export function decodeCoveredClustering(input: ByteReader): CoveredClustering {
  const at = input.position;
  const count = input.unsignedVIntNumber('clustering types');
  if (count > input.remaining) throw input.corrupt(`${count} clustering types can't be in ${input.remaining} bytes`, at);
  const types = Array.from({ length: count }, () => input.utf8(input.length('clustering type'), 'clustering type'));
  const fixedLengths = Int32Array.from(types, (type) => fixedLengthOf(input, type, at));
  return { types, start: takeBound(input, fixedLengths), end: takeBound(input, fixedLengths) };
}

function fixedLengthOf(input: ByteReader, type: string, at: number): number {
  try {
    return parseMarshalType(type).fixedLength;
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    throw input.corrupt(`a clustering type can't be read: ${error.message}`, at);
  }
}

function takeBound(input: ByteReader, fixedLengths: Int32Array): CoveredBound {
  const at = input.position;
  const kind = input.u8('bound kind');
  if (kind > BoundKind.EXCL_START_BOUND || kind === BoundKind.STATIC_CLUSTERING || kind === BoundKind.CLUSTERING) {
    throw input.corrupt(`${kind} is no kind of bound`, at);
  }
  const size = input.u16('bound size');
  if (size > fixedLengths.length) throw input.corrupt(`a bound can't have ${size} values`, at + 1);
  const from = input.position;
  skipClustering(input, fixedLengths, size);
  return { kind: kind as BoundKind, size, bytes: input.bytes.slice(from, input.position) };
}
