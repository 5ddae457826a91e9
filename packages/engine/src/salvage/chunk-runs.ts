import { CassetteError, CorruptionError } from '@cassette/bytes';
import {
  type ByteSource,
  ChecksummedSource,
  Component,
  CompressedSource,
  type CompressionInfo,
  decodeChecksums,
  decodeCompressionInfo,
  decodeDigest,
  digestOf,
  readAll,
  type SSTableSources,
} from '@cassette/sstable';
import { StorageError } from '@cassette/storage';
import { rebuiltChunks } from './rebuilt-chunks.ts';

/** Bytes `[from, to)` of the uncompressed Data.db. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What of an SSTable's Data.db checksums vouch for. */
export interface CheckedData {
  /** Uncompressed. Reading outside of the runs throws CorruptionError. */
  readonly data: ByteSource;
  /** Where all chunks are as they were written, ascending, as long as they can be. */
  readonly runs: readonly Run[];
}

/** How a table compresses, where CompressionInfo.db does not say it any more. */
export type Compression = Pick<CompressionInfo, 'compressor' | 'options' | 'chunkLength' | 'maxCompressedLength'>;

/**
 * Reads all of Data.db once and says which of its chunks are right. Chunks whose places are lost with CompressionInfo.db are found by
 * their checksums. Throws CorruptionError where not one is found.
 */
export function checkedData(sources: SSTableSources, compression: Compression | null): CheckedData {
  const stored = sources[Component.DATA]!;
  const info = sources[Component.COMPRESSION_INFO];
  if (info !== undefined || compression !== null) return compressed(stored, info, compression);
  const crc = sources[Component.CRC];
  const checked = crc === undefined ? null : attempt(() => plain(stored, crc));
  if (checked !== null && checked.runs.length > 0) return checked;
  // The digest is of all of it: it vouches for everything or for nothing.
  const digest = sources[Component.DIGEST];
  const recorded = digest === undefined ? null : attempt(() => decodeDigest(readAll(digest), digest.name));
  if (recorded !== null && recorded === digestOf(stored)) return { data: stored, runs: [{ from: 0, to: stored.size }] };
  return checked ?? { data: stored, runs: [] };
}

function plain(stored: ByteSource, crc: ByteSource): CheckedData {
  const checksums = decodeChecksums(readAll(crc), crc.name);
  const data = new ChecksummedSource(stored, checksums, 1);
  return { data, runs: runsOf(data, checksums.chunkLength) };
}

function compressed(stored: ByteSource, info: ByteSource | undefined, compression: Compression | null): CheckedData {
  const of = (chunks: CompressionInfo): CheckedData => {
    const data = new CompressedSource(stored, chunks, { cachedChunks: 1 });
    return { data, runs: runsOf(data, chunks.chunkLength) };
  };
  const said = info === undefined ? null : attempt(() => of(decodeCompressionInfo(readAll(info), info.name)));
  if (said !== null && sizeOf(said.runs) === said.data.size) return said;
  const chunks = compression === null ? null : rebuiltChunks(stored, compression);
  const found = chunks === null ? null : attempt(() => of(chunks));
  const best = [said, found].filter((one) => one !== null).sort((a, b) => sizeOf(b.runs) - sizeOf(a.runs))[0];
  if (best === undefined) throw new CorruptionError('no chunk of it can be found', stored.name, 0);
  return best;
}

/** Null where that is damaged. */
function attempt<T>(task: () => T): T | null {
  try {
    return task();
  } catch (error) {
    // What a file says of itself may be wrong in any way; what the storage says is not about the file.
    if (error instanceof CassetteError && !(error instanceof StorageError)) return null;
    throw error;
  }
}

function sizeOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to }) => sum + to - from, 0);
}

function runsOf(data: ByteSource, chunkLength: number): Run[] {
  const runs: { from: number; to: number }[] = [];
  const one = new Uint8Array(1);
  for (let from = 0; from < data.size; from += chunkLength) {
    if (attempt(() => data.read(one, from)) !== 1) continue;
    const to = Math.min(data.size, from + chunkLength);
    const last = runs.at(-1);
    if (last?.to === from) last.to = to;
    else runs.push({ from, to });
  }
  return runs;
}

/** The same bytes up to `end`, so that nobody reads ahead into what is damaged. */
export class SourceUntil implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly source: ByteSource;

  constructor(source: ByteSource, end: number) {
    this.name = source.name;
    this.size = end;
    this.source = source;
  }

  read(target: Uint8Array, position: number): number {
    const room = Math.max(0, this.size - position);
    return this.source.read(target.length > room ? target.subarray(0, room) : target, position);
  }
}
