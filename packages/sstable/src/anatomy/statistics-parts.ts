import { ByteWindow } from '../data/byte-window.ts';
import { DELETION_TIME_EPOCH, TIMESTAMP_EPOCH } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { Version } from '../version/index.ts';
import { checksum } from './compression-parts.ts';
import { branch, type Part, type PartList, type Words } from './part.ts';
import { HeldParts, partsBefore } from './part-lists.ts';
import { explained, type PartReader } from './part-reader.ts';
import { statsParts } from './stats-parts.ts';
import { secondsText, timestampText } from './value-text.ts';

const COUNT: Words = ['length', 'component count'];
const TABLE: Words = ['group', 'table of components', 'Which components there are, and where each begins.'];
const ENTRY: Words = ['group', 'component'];
const TYPE: Words = ['flags', 'type'];
const OFFSET: Words = ['position', 'offset'];
const UNUSED: Words = ['raw', 'unused', 'Bytes that a reader of this version passes over.'];
const COMPONENTS: readonly Words[] = [
  ['group', 'VALIDATION', 'What must fit the node and the table: the partitioner, and the filter’s chance of a false positive.'],
  ['group', 'COMPACTION', 'A sketch of the partition keys, by which a compaction estimates how many its output will have.'],
  ['group', 'STATS', 'What is known of the rows without reading them: times, sizes, tombstones, the range of clusterings.'],
  ['group', 'HEADER', 'The serialization header: types and columns, without which Data.db can’t be read.'],
];
const UNKNOWN: Words = ['group', 'unknown component'];
const PARTITIONER: Words = ['group', 'partitioner'];
const FP_CHANCE: Words = ['value', 'bloom filter fp chance'];
const LENGTH: Words = ['length', 'length'];
const ESTIMATOR: Words = [
  'raw',
  'cardinality estimator',
  'HyperLogLog++: estimates from few bytes how many different keys were added.',
];
const MIN_TIMESTAMP: Words = [
  'time',
  'min timestamp',
  'Timestamps in Data.db are stored as differences to this one, so that they take few bytes. Itself less that of 2015-09-22.',
];
const MIN_LOCAL: Words = [
  'time',
  'min local deletion time',
  'Deletion times in Data.db are stored as differences to this one. Itself less that of 2015-09-22.',
];
const MIN_TTL: Words = ['time', 'min ttl', 'TTLs in Data.db are stored as differences to this one.'];
const KEY_TYPE: Words = [
  'group',
  'key type',
  'The type of the partition key, by the name of its Java class; CompositeType for one of several columns.',
];
const CLUSTERING_TYPES: Words = ['group', 'clustering types', 'In their order; ReversedType for those that descend.'];
const TYPE_COUNT: Words = ['length', 'count'];
const CLUSTERING_TYPE: Words = ['group', 'type'];
const STATIC_COLUMNS: Words = ['group', 'static columns'];
const REGULAR_COLUMNS: Words = [
  'group',
  'regular columns',
  'The columns that rows of this SSTable may have, by name. What the table has now may be others.',
];
const COLUMN: Words = ['group', 'column'];
const COLUMN_NAME: Words = ['group', 'name'];
const COLUMN_TYPE: Words = ['group', 'type'];

/** Statistics.db. Cassandra: io.sstable.metadata.MetadataSerializer. */
export function statisticsParts(source: ByteSource, version: Version): PartList {
  const window = new ByteWindow(source);
  const { size } = source;
  const found: { type: number; from: number; to: number }[] = [];
  let headEnd = size;
  const head = explained(window, 0, size, (reader) => {
    const count = reader.i32(COUNT);
    checksum(reader, [0, 4]);
    // Cassandra knows four types; a few more would be skipped.
    if (count < 1 || count > 64) throw reader.corrupt(`${count} components are impossible`, 0);
    const tableAt = reader.position;
    reader.group(TABLE, () => {
      for (let i = 0; i < count; i++) {
        reader.group(ENTRY, () => {
          const type = reader.i32(TYPE, typeName);
          const from = reader.i32(OFFSET);
          found.push({ type, from, to: size });
          return `${typeName(type)} at ${from}`;
        });
      }
      return `${count} components`;
    });
    checksum(reader, [0, 4], [tableAt, reader.position]);
    headEnd = reader.position;
    found.forEach((one, i) => {
      if (one.from < (i === 0 ? headEnd : found[i - 1].from + 4) || one.from > size - 4) {
        throw reader.corrupt(`component ${typeName(one.type)} can't begin at ${one.from}`);
      }
      if (i > 0) found[i - 1].to = one.from;
    });
    reader.position = size;
  });
  if (head.at(-1)?.to === size) return new HeldParts(head);
  const parts: Part[] = [];
  if (found[0].from > headEnd)
    parts.push(...explained(window, headEnd, found[0].from, (reader) => reader.bytes(UNUSED, reader.remaining)));
  for (const { type, from, to } of found) {
    const end = to - 4;
    parts.push(
      branch(
        from,
        end,
        COMPONENTS[type] ?? UNKNOWN,
        `${end - from} bytes`,
        () => new HeldParts(component(window, from, end, type, version)),
      ),
    );
    parts.push(...explained(window, end, to, (reader) => checksum(reader, [from, end])));
  }
  return partsBefore(head, new HeldParts(parts));
}

function component(window: ByteWindow, from: number, to: number, type: number, version: Version): Part[] {
  return explained(window, from, to, (reader) => {
    if (type === 0) {
      reader.javaUtf(PARTITIONER);
      reader.f64(FP_CHANCE);
    } else if (type === 1) reader.bytes(ESTIMATOR, reader.i32(LENGTH));
    else if (type === 2) statsParts(reader, version);
    else if (type === 3) header(reader);
    if (reader.remaining > 0) reader.bytes(UNUSED, reader.remaining);
  });
}

// The order of serialization-header.ts.
function header(reader: PartReader): void {
  reader.vint64(MIN_TIMESTAMP, (delta) => timestampText(BigInt.asIntN(64, delta + TIMESTAMP_EPOCH)));
  reader.vint32(MIN_LOCAL, (delta) => secondsText((delta + DELETION_TIME_EPOCH) >>> 0));
  reader.vint32(MIN_TTL);
  reader.vintText(KEY_TYPE);
  reader.group(CLUSTERING_TYPES, () => {
    const count = reader.vint(TYPE_COUNT);
    for (let n = count; n > 0; n--) reader.vintText(CLUSTERING_TYPE);
    return String(count);
  });
  for (const words of [STATIC_COLUMNS, REGULAR_COLUMNS]) {
    reader.group(words, () => {
      const names: string[] = [];
      for (let n = reader.vint(TYPE_COUNT); n > 0; n--) {
        reader.group(COLUMN, () => {
          const name = reader.vintText(COLUMN_NAME);
          names.push(name);
          return `${name}: ${reader.vintText(COLUMN_TYPE)}`;
        });
      }
      return names.join(', ');
    });
  }
}

function typeName(type: number): string {
  return COMPONENTS[type]?.[1] ?? String(type);
}
