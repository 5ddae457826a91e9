import type { CqlType } from '@cassette/cql';
import { typeOf } from '../data/header-misfits.ts';
import type { Version } from '../version/index.ts';
import { prefixParts } from './clustering-parts.ts';
import { localText } from './deletion-parts.ts';
import type { Words } from './part.ts';
import type { PartReader } from './part-reader.ts';
import { secondsText, timestampText } from './value-text.ts';

const PARTITION_SIZES: Words = [
  'group',
  'estimated partition size',
  'How many partitions have how many bytes: buckets that grow by a fifth.',
];
const CELL_COUNTS: Words = ['group', 'estimated cells per partition', 'How many partitions have how many cells.'];
const SIZE: Words = ['length', 'bucket count'];
const BUCKET: Words = ['group', 'bucket'];
const BOUND: Words = ['value', 'bound', 'Values greater than the bound of the bucket before are counted in this one.'];
const BUCKET_COUNT: Words = ['length', 'count'];
const UPPER: Words = [
  'group',
  'commit log upper bound',
  'Up to where in the commit log of the node the SSTable has everything; -1 where none of it is.',
];
const LOWER: Words = ['group', 'commit log lower bound'];
const INTERVALS: Words = [
  'group',
  'commit log intervals',
  'Which parts of the commit log need not be replayed, because this SSTable has them.',
];
const INTERVAL: Words = ['group', 'interval'];
const START: Words = ['group', 'start'];
const END: Words = ['group', 'end'];
const SEGMENT: Words = ['position', 'segment'];
const POSITION: Words = ['position', 'position'];
const MIN_TIMESTAMP: Words = ['time', 'min timestamp', 'The smallest one of anything in the SSTable, in microseconds.'];
const MAX_TIMESTAMP: Words = [
  'time',
  'max timestamp',
  'An SSTable whose greatest timestamp is older than what was found elsewhere need not be read.',
];
const MIN_LOCAL: Words = ['time', 'min local deletion time', 'Seconds: when the first thing is deleted or expires.'];
const MAX_LOCAL: Words = [
  'time',
  'max local deletion time',
  'Once all has expired, and gc_grace_seconds have passed, compaction drops the whole SSTable.',
];
const MIN_TTL: Words = ['time', 'min ttl'];
const MAX_TTL: Words = ['time', 'max ttl'];
const RATIO: Words = [
  'value',
  'compression ratio',
  'Bytes of payload to those uncompressed; -1 where the data is not compressed.',
];
const DROP_TIMES: Words = [
  'group',
  'estimated tombstone drop times',
  'How much is deleted or expires until when: where it pays, compaction takes the SSTable by itself.',
];
const MAX_BINS: Words = ['length', 'max bins'];
const BINS: Words = ['length', 'bins'];
const BIN: Words = ['group', 'bin'];
const TIME: Words = ['time', 'time'];
const BIN_COUNT: Words = ['length', 'count'];
const LEVEL: Words = [
  'value',
  'level',
  'Of leveled compaction: SSTables of one level, but for level 0, have no keys in common ranges.',
];
const REPAIRED: Words = ['time', 'repaired at', 'Milliseconds; 0 where no incremental repair has had it.'];
const MIN_CLUSTERING: Words = [
  'group',
  'min clustering',
  'No row has a smaller clustering: reads of other slices leave the SSTable out.',
];
const MAX_CLUSTERING: Words = ['group', 'max clustering'];
const VALUE_COUNT: Words = ['length', 'count'];
const VALUE: Words = ['group', 'value'];
const VALUE_LENGTH: Words = ['length', 'length'];
const VALUE_BYTES: Words = ['key', 'value'];
const COVERED: Words = [
  'group',
  'covered clustering',
  'The slice that all rows and range deletions lie in: reads of other slices leave the SSTable out.',
];
const COVERED_TYPE: Words = ['group', 'type'];
const LEGACY_COUNTERS: Words = ['flags', 'has legacy counter shards', 'Whether there are counters of Cassandra 2.0 or older.'];
const COLUMNS_SET: Words = ['length', 'total columns set', 'Columns with at least a cell, over all rows.'];
const ROWS: Words = ['length', 'total rows'];
const PENDING: Words = ['group', 'pending repair', 'The session of the incremental repair that is under way for it.'];
const TRANSIENT: Words = ['flags', 'is transient', 'Whether the node holds it for another, until that one has been repaired.'];
const HOST: Words = [
  'group',
  'originating host id',
  'The node that wrote it: only there do the commit log positions mean something.',
];
const PRESENT: Words = ['flags', 'present'];
const UUID: Words = ['value', 'uuid'];
const DELETIONS: Words = [
  'flags',
  'has partition level deletions',
  'Where there is none, reads of slices that it does not cover leave the SSTable out.',
];
const FIRST_KEY: Words = ['group', 'first key'];
const LAST_KEY: Words = ['group', 'last key'];
const KEY_LENGTH: Words = ['length', 'length'];
const KEY: Words = ['key', 'key'];
const COVERAGE: Words = [
  'value',
  'token space coverage',
  'The share of the ring that its partitions span: unified compaction measures density by it.',
];
const PADDING: Words = ['raw', 'padding', 'Room is made for the bins of older versions, which are four bytes longer.'];

/** STATS, the third component of Statistics.db, in the order of stats-metadata.ts. Cassandra: io.sstable.metadata.StatsMetadata. */
export function statsParts(reader: PartReader, version: Version): void {
  const seconds = (words: Words) => (version.hasUIntDeletionTime ? reader.u32(words, localText) : reader.i32(words, localText));
  histogram(reader, PARTITION_SIZES);
  histogram(reader, CELL_COUNTS);
  logPosition(reader, UPPER);
  reader.i64(MIN_TIMESTAMP, timestampText);
  reader.i64(MAX_TIMESTAMP, timestampText);
  seconds(MIN_LOCAL);
  seconds(MAX_LOCAL);
  reader.i32(MIN_TTL);
  reader.i32(MAX_TTL);
  reader.f64(RATIO);
  const bins = dropTimes(reader, version);
  reader.i32(LEVEL);
  reader.i64(REPAIRED);
  if (version.hasLegacyMinMax) for (const words of [MIN_CLUSTERING, MAX_CLUSTERING]) legacyBound(reader, words);
  if (version.hasImprovedMinMax) covered(reader);
  flag(reader, LEGACY_COUNTERS);
  reader.i64(COLUMNS_SET);
  reader.i64(ROWS);
  logPosition(reader, LOWER);
  reader.group(INTERVALS, () => {
    const count = counted(reader, VALUE_COUNT, 24);
    for (let n = count; n > 0; n--) {
      reader.group(INTERVAL, () => {
        logPosition(reader, START);
        logPosition(reader, END);
        return '';
      });
    }
    return String(count);
  });
  uuid(reader, PENDING);
  flag(reader, TRANSIENT);
  if (version.hasOriginatingHostId) uuid(reader, HOST);
  if (version.hasPartitionLevelDeletionPresenceMarker) flag(reader, DELETIONS);
  if (version.hasKeyRange) {
    for (const words of [FIRST_KEY, LAST_KEY]) {
      reader.group(words, () => {
        reader.bytes(KEY, reader.length(KEY_LENGTH));
        return '';
      });
    }
  }
  if (version.hasTokenSpaceCoverage) reader.f64(COVERAGE);
  if (version.hasUIntDeletionTime) reader.bytes(PADDING, 4 * bins);
}

function histogram(reader: PartReader, words: Words): void {
  reader.group(words, () => {
    let total = 0;
    for (let n = counted(reader, SIZE, 16); n > 0; n--) {
      reader.group(BUCKET, () => {
        const bound = reader.i64(BOUND);
        const count = reader.i64(BUCKET_COUNT);
        total += Number(count);
        return `${count} up to ${bound}`;
      });
    }
    return `${total} partitions`;
  });
}

function dropTimes(reader: PartReader, version: Version): number {
  let bins = 0;
  reader.group(DROP_TIMES, () => {
    reader.i32(MAX_BINS);
    bins = counted(reader, BINS, version.hasUIntDeletionTime ? 12 : 16);
    for (let i = 0; i < bins; i++) {
      reader.group(BIN, () => {
        if (version.hasUIntDeletionTime) {
          const time = Number(reader.i64(TIME, (value) => secondsText(Number(value))));
          return `${reader.i32(BIN_COUNT)} until ${secondsText(time)}`;
        }
        const time = reader.field(TIME, 8, (input) => input.f64('time'), secondsText);
        return `${reader.i64(BIN_COUNT)} until ${secondsText(time)}`;
      });
    }
    return `${bins} bins`;
  });
  return bins;
}

function legacyBound(reader: PartReader, words: Words): void {
  reader.group(words, () => {
    const count = counted(reader, VALUE_COUNT, 2);
    for (let n = count; n > 0; n--) {
      reader.group(VALUE, () => {
        reader.bytes(VALUE_BYTES, reader.u16(VALUE_LENGTH));
        return '';
      });
    }
    return `${count} values`;
  });
}

function covered(reader: PartReader): void {
  reader.group(COVERED, () => {
    const types: CqlType[] = [];
    for (let n = reader.vint(VALUE_COUNT); n > 0; n--) types.push(typeOf(reader.vintText(COVERED_TYPE), reader.window.name));
    for (const words of [START, END]) prefixParts(reader, words, types);
    return '';
  });
}

function logPosition(reader: PartReader, words: Words): void {
  reader.group(words, () => {
    const segment = reader.i64(SEGMENT);
    return `${segment}:${reader.i32(POSITION)}`;
  });
}

function uuid(reader: PartReader, words: Words): void {
  reader.group(words, () => {
    if (reader.u8(PRESENT) !== 1) return 'none';
    reader.bytes(UUID, 16);
    return '';
  });
}

function flag(reader: PartReader, words: Words): void {
  reader.u8(words, (value) => (value === 0 ? 'no' : value === 1 ? 'yes' : String(value)));
}

// A count of things that take `least` bytes each, which must be there.
function counted(reader: PartReader, words: Words, least: number): number {
  const at = reader.position;
  const count = reader.i32(words);
  if (count < 0 || count * least > reader.remaining) throw reader.corrupt(`${count} can't be in ${reader.remaining} bytes`, at);
  return count;
}
