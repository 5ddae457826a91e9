import { ByteReader, ByteWriter, CorruptionError, crc32 } from '@cassette/bytes';
import { decodeHeader, encodeHeader, type SerializationHeader } from '../header/index.ts';
import type { Version } from '../version/index.ts';
import { HyperLogLogPlus } from './hyper-log-log-plus.ts';
import { decodeStats, encodeStats, type StatsMetadata } from './stats-metadata.ts';

// Statistics.db:
//   count       i32    4
//   crc         u32    CRC32 of count
//   toc         (i32 type, i32 offset) × count, ascending
//   crc         u32    CRC32 of count and toc
//   components  bytes, each followed by its u32 CRC32
// Components by type:
//   0 VALIDATION  utf partitioner, f64 bloomFilterFpChance
//   1 COMPACTION  ib estimator, see hyper-log-log-plus.ts
//   2 STATS       see stats-metadata.ts
//   3 HEADER      see ../header/serialization-header.ts
//
// Cassandra: io.sstable.metadata.MetadataSerializer. Bytes behind a component's fields are its reader's to ignore.

/** The only partitioner there is here: its class name, as VALIDATION has it. */
export const MURMUR3_PARTITIONER = 'org.apache.cassandra.dht.Murmur3Partitioner';

/** Everything in Statistics.db. */
export interface Statistics {
  /** What must fit the table. Cassandra: ValidationMetadata. */
  readonly validation: {
    /** Class name. */
    readonly partitioner: string;
    readonly bloomFilterFpChance: number;
  };
  /** What compactions want to know. Cassandra: CompactionMetadata. */
  readonly compaction: { readonly cardinality: HyperLogLogPlus };
  readonly stats: StatsMetadata;
  readonly header: SerializationHeader;
}

const Type = { VALIDATION: 0, COMPACTION: 1, STATS: 2, HEADER: 3 } as const;
const COMPONENTS = 4;

/** Appends the bytes of Statistics.db; `out` must be empty. */
export function encodeStatistics(out: ByteWriter, statistics: Statistics, version: Version): void {
  const { validation, compaction, stats, header } = statistics;
  out.i32(COMPONENTS);
  out.i32(crc32(out.buffer, 0, 4));
  const tocAt = out.length;
  for (let type = 0; type < COMPONENTS; type++) {
    out.i32(type);
    out.i32(0);
  }
  const tocCrcAt = out.length;
  out.i32(0);
  const component = (type: number, encode: () => void): void => {
    const from = out.length;
    out.patchI32(tocAt + 8 * type + 4, from);
    encode();
    out.i32(crc32(out.buffer, from, out.length));
  };
  component(Type.VALIDATION, () => {
    out.javaUtf(validation.partitioner);
    out.f64(validation.bloomFilterFpChance);
  });
  component(Type.COMPACTION, () => {
    const estimator = new ByteWriter(1024);
    compaction.cardinality.encode(estimator);
    out.intBytes(estimator.written());
  });
  component(Type.STATS, () => encodeStats(out, stats, version));
  component(Type.HEADER, () => encodeHeader(out, header));
  out.patchI32(tocCrcAt, crc32(out.buffer, tocAt, tocCrcAt, crc32(out.buffer, 0, 4)));
}

/** The content of a Statistics.db, on copies of its bytes. Every checksum is verified. Throws CorruptionError. */
export function decodeStatistics(bytes: Uint8Array, file: string, version: Version): Statistics {
  const frame = new ByteReader(bytes, file);
  const count = frame.i32('component count');
  checkCrc(frame, 'the component count', crc32(bytes, 0, 4));
  // Cassandra knows four types; a few more would be skipped.
  if (count < COMPONENTS || count > 64) throw frame.corrupt(`${count} components are impossible`, 0);
  const tocAt = frame.position;
  frame.skip(8 * count, 'table of components');
  const tocEnd = frame.position;
  checkCrc(frame, 'the table of components', crc32(bytes, tocAt, tocEnd, crc32(bytes, 0, 4)));

  const toc = new ByteReader(bytes, file);
  toc.position = tocAt;
  const types: number[] = [];
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = toc.position;
    types.push(toc.i32('component type'));
    offsets.push(toc.i32('component offset'));
    // Each component has its CRC32 at least; the first one follows the table's.
    if (offsets[i] < (i === 0 ? tocEnd + 4 : offsets[i - 1] + 4) || offsets[i] > bytes.length - 4) {
      throw toc.corrupt(`component ${types[i]} can't begin at ${offsets[i]}`, at + 4);
    }
  }

  const component = (type: number, name: string): ByteReader => {
    const i = types.indexOf(type);
    if (i < 0) throw new CorruptionError(`there is no component ${name}`, file, tocAt);
    const from = offsets[i];
    const to = (i + 1 < count ? offsets[i + 1] : bytes.length) - 4;
    const input = new ByteReader(bytes, file);
    input.position = to;
    checkCrc(input, name, crc32(bytes, from, to));
    input.position = from;
    input.end = to;
    return input;
  };
  const validation = component(Type.VALIDATION, 'VALIDATION');
  const partitioner = validation.javaUtf('partitioner');
  const bloomFilterFpChance = validation.f64('bloomFilterFpChance');
  const compaction = component(Type.COMPACTION, 'COMPACTION');
  const lengthAt = compaction.position;
  const length = compaction.i32('estimator length');
  if (length < 0 || length > compaction.remaining) throw compaction.corrupt(`the estimator can't take ${length} bytes`, lengthAt);
  compaction.end = compaction.position + length;
  return {
    validation: { partitioner, bloomFilterFpChance },
    compaction: { cardinality: HyperLogLogPlus.decode(compaction) },
    stats: decodeStats(component(Type.STATS, 'STATS'), version),
    header: decodeHeader(component(Type.HEADER, 'HEADER')),
  };
}

function checkCrc(input: ByteReader, what: string, found: number): void {
  const at = input.position;
  const recorded = input.u32('checksum');
  if (recorded !== found) throw input.corrupt(`${what} has CRC32 ${found}, recorded is ${recorded}`, at);
}
