import { ByteReader, type ByteWriter } from '@cassette/bytes';
import { BASE_SAMPLING_LEVEL, Summary } from './summary.ts';

// Summary.db: a sample of the entries of Index.db. Mixed endianness.
//   minIndexInterval    i32
//   count               i32           ≥ 1
//   memorySize          i64           bytes of offsets and entries
//   samplingLevel       i32           128: full
//   sizeAtFullSampling  i32
//   offsets             i32 LE × count    each entry's place from the start of the offsets
//   entries             (key bytes, i64 LE position in Index.db) × count; a key ends eight bytes before the next entry
//   firstKey            ib
//   lastKey             ib
//
// Cassandra: io.sstable.indexsummary.IndexSummary.IndexSummarySerializer, big.IndexSummaryComponent

/** Appends the bytes of Summary.db. */
export function encodeSummary(out: ByteWriter, summary: Summary): void {
  const { count } = summary;
  let size = 12 * count;
  for (let i = 0; i < count; i++) size += summary.key(i).length;
  out.i32(summary.minIndexInterval);
  out.i32(count);
  out.i64Number(size);
  out.i32(summary.samplingLevel);
  out.i32(summary.sizeAtFullSampling);
  let offset = 4 * count;
  for (let i = 0; i < count; i++) {
    out.i32LE(offset);
    offset += summary.key(i).length + 8;
  }
  for (let i = 0; i < count; i++) {
    out.bytes(summary.key(i));
    out.i64NumberLE(summary.position(i));
  }
  out.intBytes(summary.firstKey);
  out.intBytes(summary.lastKey);
}

/** The content of a Summary.db, on copies of its bytes. Throws CorruptionError. */
export function decodeSummary(bytes: Uint8Array, file: string): Summary {
  const input = new ByteReader(bytes, file);
  const minIndexInterval = input.i32('minIndexInterval');
  if (minIndexInterval < 1) throw input.corrupt(`minIndexInterval ${minIndexInterval} is impossible`, 0);
  const count = input.i32('count');
  const memorySize = input.i64Number('memorySize');
  if (count < 1 || count * 12 > memorySize || memorySize > input.remaining) {
    throw input.corrupt(`${count} entries can't be in ${memorySize} of ${input.remaining} bytes`, 4);
  }
  const samplingLevel = input.i32('samplingLevel');
  if (samplingLevel < 1 || samplingLevel > BASE_SAMPLING_LEVEL) {
    throw input.corrupt(`samplingLevel ${samplingLevel} is impossible`, input.position - 4);
  }
  const sizeAtFullSampling = input.i32('sizeAtFullSampling');
  const base = input.position;
  const offsets = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) {
    offsets[i] = input.i32LE('entry offset');
    if (i === 0 ? offsets[0] !== 4 * count : offsets[i] < offsets[i - 1] + 8) {
      throw input.corrupt(`entry ${i} can't begin at ${offsets[i]}`, input.position - 4);
    }
  }
  offsets[count] = memorySize;
  if (memorySize < offsets[count - 1] + 8) throw input.corrupt('the last entry is cut', base);
  const keys = new Uint8Array(memorySize - 12 * count);
  const keyEnds = new Int32Array(count);
  const positions = new Float64Array(count);
  let end = 0;
  for (let i = 0; i < count; i++) {
    const key = input.take(offsets[i + 1] - offsets[i] - 8, 'key');
    keys.set(key, end);
    end += key.length;
    keyEnds[i] = end;
    positions[i] = input.i64NumberLE('position');
    if (i > 0 && positions[i] <= positions[i - 1]) {
      throw input.corrupt(`entry ${i} points before the one before it`, input.position - 8);
    }
  }
  const firstKey = input.intBytes('firstKey').slice();
  const lastKey = input.intBytes('lastKey').slice();
  if (input.remaining !== 0) throw input.corrupt(`${input.remaining} bytes too many`);
  return new Summary({ minIndexInterval, samplingLevel, sizeAtFullSampling, keys, keyEnds, positions, firstKey, lastKey });
}
