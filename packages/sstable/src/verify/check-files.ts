import { CorruptionError, crc32 } from '@cassette/bytes';
import { CompressedSource, type CompressionInfo, compressorOf, decodeCompressionInfo } from '../compression/index.ts';
import { ChecksummedSource, type Checksums, decodeChecksums } from '../crc/index.ts';
import { Component, type Descriptor } from '../descriptor/index.ts';
import { decodeDigest } from '../digest/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll } from '../reader/counting-source.ts';
import type { SSTableSources } from '../reader/index.ts';
import { decodeToc } from '../toc/index.ts';
import { CheckedChunks } from './checked-chunks.ts';
import type { DigestedSource } from './digested-source.ts';
import type { Findings } from './findings.ts';

/** Which files there must be, and that TOC.txt lists those that are there. `present` are the components that there are. */
export function checkComponents(
  descriptor: Descriptor,
  sources: SSTableSources,
  present: readonly string[],
  findings: Findings,
): void {
  const isBig = descriptor.version.format === 'big';
  const needed = isBig ? [Component.INDEX] : [Component.PARTITIONS, Component.ROWS];
  for (const component of [Component.DATA, Component.STATISTICS, ...needed]) {
    if (sources[component] === undefined) findings.error(`components: ${component} is missing`);
  }
  const wanted = [Component.DIGEST, ...(isBig ? [Component.SUMMARY] : [])];
  for (const component of wanted) {
    if (sources[component] === undefined) findings.warn(`components: ${component} is missing`);
  }
  if (sources[Component.COMPRESSION_INFO] === undefined && sources[Component.CRC] === undefined) {
    findings.warn('components: neither CompressionInfo.db nor CRC.db is there: chunks of Data.db have no checksums');
  }
  const toc = sources[Component.TOC];
  if (toc === undefined) {
    findings.error('components: TOC.txt is missing: it is written last, the SSTable may be incomplete');
    return;
  }
  const bytes = readAll(toc);
  const listed = decodeToc(bytes, toc.name);
  if (bytes.at(-1) !== 10) findings.warn('components: the last line of TOC.txt does not end');
  for (const name of listed) if (!present.includes(name)) findings.error(`components: TOC.txt lists ${name}, which is missing`);
  for (const name of present) if (!listed.includes(name)) findings.error(`components: ${name} is not in TOC.txt`);
}

/** Data.db as it is read once: whoever scans its rows makes its digest and the checks of its chunks on the way. */
export interface DataPass {
  /** Uncompressed; reading throws CorruptionError where a checksum does not match. */
  readonly data: ByteSource;
  /** Payload bytes of all chunks by uncompressed bytes; null where nothing is compressed. */
  readonly compressionRatio: number | null;
  /** Whether chunks have checksums. */
  readonly hasChecksums: boolean;
  /** Checks the chunks that nobody has read, and that they fill the file. */
  checkRest(): void;
}

/** The view on Data.db, whose stored bytes are read from `stored`. Throws CorruptionError and UnsupportedCompressorError. */
export function openData(sources: SSTableSources, stored: ByteSource, findings: Findings): DataPass {
  const info = sources[Component.COMPRESSION_INFO];
  if (info !== undefined) {
    const compression = decodeCompressionInfo(readAll(info), info.name);
    const payloads = stored.size - 4 * compression.chunkOffsets.length;
    const view = new CompressedSource(stored, compression, { cachedChunks: 1 });
    const data = new CheckedChunks(view, compression.chunkLength, findings);
    const chunks = Math.ceil(compression.dataLength / compression.chunkLength);
    return {
      data,
      compressionRatio: payloads / compression.dataLength,
      hasChecksums: true,
      checkRest() {
        data.finish();
        checkSurplusChunks(compression, stored, chunks, findings);
      },
    };
  }
  const crc = sources[Component.CRC];
  if (crc === undefined) return { data: stored, compressionRatio: null, hasChecksums: false, checkRest: () => undefined };
  const checksums = decodeChecksums(readAll(crc), crc.name);
  const data = new CheckedChunks(new ChecksummedSource(stored, checksums, 1), checksums.chunkLength, findings);
  return {
    data,
    compressionRatio: null,
    hasChecksums: true,
    checkRest() {
      data.finish();
      checkSurplusChecksums(checksums, stored, crc.name, findings);
    },
  };
}

/** Digest.crc32 against Data.db as stored, of which the rest is read. */
export function checkDigest(digest: ByteSource, stored: DigestedSource, findings: Findings): void {
  const recorded = decodeDigest(readAll(digest), digest.name);
  const found = stored.finish();
  if (found !== recorded) findings.error(`digest: ${digest.name} says ${recorded}, ${stored.name} has ${found}`);
}

// Cassandra's compactions end with one chunk of nothing.
function checkSurplusChunks(info: CompressionInfo, stored: ByteSource, chunks: number, findings: Findings): void {
  const { chunkOffsets } = info;
  if (chunkOffsets.length < chunks) findings.error(`chunks: ${chunkOffsets.length} where ${chunks} are needed`);
  if (chunkOffsets.length > chunks + 1) findings.error(`chunks: ${chunkOffsets.length} where ${chunks} are needed`);
  if (chunkOffsets.length <= chunks) return;
  const from = chunkOffsets[chunks];
  const to = chunks + 1 < chunkOffsets.length ? chunkOffsets[chunks + 1] : stored.size;
  const compressor = compressorOf(info.compressor, [], stored.name);
  // A raw chunk of nothing would be one of zeros.
  const bound = Math.max(compressor.maxPayloadLength(0), info.maxCompressedLength < info.chunkLength ? info.chunkLength : 64);
  if (to - from - 4 < 0 || to - from - 4 > bound) {
    throw new CorruptionError(`the chunk of nothing behind the last one takes ${to - from} bytes`, stored.name, from);
  }
  const bytes = new Uint8Array(to - from);
  stored.read(bytes, from);
  const length = bytes.length - 4;
  const recorded = new DataView(bytes.buffer).getUint32(length);
  const found = crc32(bytes, 0, length);
  if (found !== recorded) {
    throw new CorruptionError(`the chunk of nothing has CRC32 ${found}, recorded is ${recorded}`, stored.name, from);
  }
  if (length < info.maxCompressedLength && compressor.decompress(bytes, 0, length, new Uint8Array(0), 0, 0) !== 0) {
    throw new CorruptionError('the chunk behind the last one is not one of nothing', stored.name, from);
  }
}

function checkSurplusChecksums(
  { checksums, chunkLength }: Checksums,
  stored: ByteSource,
  file: string,
  findings: Findings,
): void {
  const chunks = Math.ceil(stored.size / chunkLength);
  if ((chunkLength & (chunkLength - 1)) !== 0) findings.warn(`chunks: ${file} has chunks of ${chunkLength} bytes`);
  if (checksums.length > chunks + 1) findings.error(`chunks: ${file} has ${checksums.length} checksums, ${chunks} are needed`);
  for (let i = chunks; i < checksums.length; i++) {
    if (checksums[i] !== 0) findings.error(`chunks: ${file} has a checksum of a chunk that is not there`);
  }
}
