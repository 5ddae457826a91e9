import { ByteReader } from '@cassette/bytes';
import { DELETION_TIME_EPOCH, TIMESTAMP_EPOCH } from '../header/index.ts';
import { decodeStatistics } from '../statistics/index.ts';
import type { Version } from '../version/index.ts';
import { type Annotation, FieldReader } from './annotation.ts';
import { annotateBound } from './clustering-fields.ts';

const COMPONENTS = ['VALIDATION', 'COMPACTION', 'STATS', 'HEADER'] as const;

/** Statistics.db. Throws CorruptionError. */
export function annotateStatistics(bytes: Uint8Array, file: string, version: Version): Annotation[] {
  const { stats, header } = decodeStatistics(bytes, file, version);
  const input = new ByteReader(bytes, file);
  const fields = new FieldReader(input);
  const count = fields.i32('component count');
  fields.u32('crc');
  const offsets: number[] = [];
  const types: number[] = [];
  for (let i = 0; i < count; i++) {
    fields.group('component', () => {
      types.push(fields.i32('type', (type) => COMPONENTS[type] ?? type));
      offsets.push(fields.i32('offset'));
    });
  }
  fields.u32('crc');
  types.forEach((type, i) => {
    // What the decoder passes over is shown as well.
    if (offsets[i] > input.position) fields.bytes('unused', offsets[i] - input.position);
    const end = (i + 1 < count ? offsets[i + 1] : bytes.length) - 4;
    fields.group(COMPONENTS[type] ?? 'unknown', () => {
      if (type === 0) validation(fields);
      else if (type === 1) fields.bytes('estimator', fields.i32('length'));
      else if (type === 2) annotateStats(fields, version, header.clusteringTypes.length, stats.tombstoneDropTimes.times.length);
      else if (type === 3) annotateHeader(fields);
      if (input.position < end) fields.bytes(type < COMPONENTS.length ? 'unused' : 'content', end - input.position);
    });
    fields.u32('crc');
  });
  return fields.take();
}

function validation(fields: FieldReader): void {
  fields.javaUtf('partitioner');
  fields.f64('bloomFilterFpChance');
}

// The order of stats-metadata.ts.
function annotateStats(fields: FieldReader, version: Version, clusteringSize: number, bins: number): void {
  histogram(fields, 'partitionSizes');
  histogram(fields, 'cellsPerPartition');
  position(fields, 'commitLogUpperBound');
  fields.i64('minTimestamp');
  fields.i64('maxTimestamp');
  for (const name of ['minLocalDeletionTime', 'maxLocalDeletionTime']) {
    if (version.hasUIntDeletionTime) fields.u32(name);
    else fields.i32(name);
  }
  fields.i32('minTtl');
  fields.i32('maxTtl');
  fields.f64('compressionRatio');
  fields.group('tombstoneDropTimes', () => {
    fields.i32('maxBins');
    fields.i32('bins');
    for (let i = 0; i < bins; i++) {
      fields.group('bin', () => {
        if (version.hasUIntDeletionTime) {
          fields.i64('time');
          fields.i32('count');
        } else {
          fields.f64('time');
          fields.i64('count');
        }
      });
    }
  });
  fields.i32('level');
  fields.i64('repairedAt');
  if (version.hasLegacyMinMax) {
    for (const name of ['minClustering', 'maxClustering']) {
      fields.group(name, () => {
        for (let n = fields.i32('count'); n > 0; n--) fields.group('value', () => fields.bytes('bytes', fields.u16('length')));
      });
    }
  }
  if (version.hasImprovedMinMax) covered(fields, clusteringSize);
  fields.u8('hasLegacyCounterShards', (flag) => flag === 1);
  fields.i64('totalColumnsSet');
  fields.i64('totalRows');
  position(fields, 'commitLogLowerBound');
  fields.group('commitLogIntervals', () => {
    for (let n = fields.i32('count'); n > 0; n--) {
      fields.group('interval', () => {
        position(fields, 'start');
        position(fields, 'end');
      });
    }
  });
  uuid(fields, 'pendingRepair');
  fields.u8('isTransient', (flag) => flag === 1);
  if (version.hasOriginatingHostId) uuid(fields, 'originatingHostId');
  if (version.hasPartitionLevelDeletionPresenceMarker) fields.u8('hasPartitionLevelDeletions', (flag) => flag === 1);
  if (version.hasKeyRange) {
    for (const name of ['firstKey', 'lastKey']) fields.group(name, () => fields.bytes('key', fields.vint('length')));
  }
  if (version.hasTokenSpaceCoverage) fields.f64('tokenSpaceCoverage');
  if (version.hasUIntDeletionTime) fields.bytes('padding', 4 * bins);
}

function covered(fields: FieldReader, clusteringSize: number): void {
  fields.group('coveredClustering', () => {
    const types: string[] = [];
    for (let n = fields.vint('type count'); n > 0; n--) {
      fields.group('type', () => types.push(fields.text('name', fields.vint('length'))));
    }
    if (types.length < clusteringSize)
      throw fields.input.corrupt(`${types.length} clustering types where ${clusteringSize} are due`);
    for (const name of ['start', 'end']) annotateBound(fields, name, types);
  });
}

function histogram(fields: FieldReader, name: string): void {
  fields.group(name, () => {
    for (let n = fields.i32('size'); n > 0; n--) {
      fields.group('bucket', () => {
        fields.i64('offset');
        fields.i64('count');
      });
    }
  });
}

function position(fields: FieldReader, name: string): void {
  fields.group(name, () => {
    fields.i64('segment');
    fields.i32('position');
  });
}

function uuid(fields: FieldReader, name: string): void {
  fields.group(name, () => {
    if (fields.u8('present') === 1) fields.bytes('uuid', 16);
  });
}

// The order of serialization-header.ts.
function annotateHeader(fields: FieldReader): void {
  fields.vint64('minTimestamp', (delta) => BigInt.asIntN(64, delta + TIMESTAMP_EPOCH));
  fields.field(
    'minLocalDeletionTime',
    () => fields.input.unsignedVInt32('minLocalDeletionTime'),
    (delta) => (delta + DELETION_TIME_EPOCH) >>> 0,
  );
  fields.field('minTtl', () => fields.input.unsignedVInt32('minTtl'));
  const text = (name: string) => fields.group(name, () => fields.text('text', fields.vint('length')));
  text('keyType');
  fields.group('clusteringTypes', () => {
    for (let n = fields.vint('count'); n > 0; n--) text('type');
  });
  for (const name of ['staticColumns', 'regularColumns']) {
    fields.group(name, () => {
      for (let n = fields.vint('count'); n > 0; n--) {
        fields.group('column', () => {
          text('name');
          text('type');
        });
      }
    });
  }
}
