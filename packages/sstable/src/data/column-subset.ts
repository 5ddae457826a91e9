import type { ByteReader, ByteWriter } from '@cassette/bytes';

// Which columns of the header a row has. Cassandra: db.Columns.Serializer#serializeSubset.
//   fewer than 64 columns  uv bitmap, bit i set: column i is missing
//   64 and more            uv number missing, then uv each: the positions of those that are there if they are fewer than half
//                          (rounded down), else of those that are missing

/** Appends the subset `present` (ascending positions, the first `count` of the array) of `total` columns. */
export function encodeColumnSubset(out: ByteWriter, present: Int32Array, count: number, total: number): void {
  if (total < 64) {
    let lo = maskLo(total);
    let hi = maskHi(total);
    for (let i = 0; i < count; i++) {
      const column = present[i];
      if (column < 32) lo &= ~(1 << column);
      else hi &= ~(1 << (column - 32));
    }
    out.unsignedVInt(hi, lo);
    return;
  }
  out.unsignedVIntNumber(total - count);
  if (count < Math.floor(total / 2)) {
    for (let i = 0; i < count; i++) out.unsignedVIntNumber(present[i]);
    return;
  }
  let next = 0;
  for (let column = 0; column < total; column++) {
    if (next < count && present[next] === column) next++;
    else out.unsignedVIntNumber(column);
  }
}

/** Reads a subset of `total` columns into `present` (room for `total`) and returns how many there are. Throws CorruptionError. */
export function decodeColumnSubset(input: ByteReader, present: Int32Array, total: number): number {
  const at = input.position;
  let count = 0;
  if (total < 64) {
    input.unsignedVInt('missing columns');
    const { hi, lo } = input;
    for (let column = 0; column < total; column++) {
      if (((column < 32 ? lo >>> column : hi >>> (column - 32)) & 1) === 0) present[count++] = column;
    }
    if ((hi & ~maskHi(total)) !== 0 || (lo & ~maskLo(total)) !== 0) {
      throw input.corrupt(`a subset of ${total} columns misses others`, at);
    }
    return count;
  }
  const missing = input.unsignedVIntNumber('missing columns');
  if (missing > total) throw input.corrupt(`${missing} of ${total} columns are missing`, at);
  const wanted = total - missing;
  if (wanted < Math.floor(total / 2)) {
    let previous = -1;
    while (count < wanted) {
      previous = nextColumn(input, previous, total);
      present[count++] = previous;
    }
    return count;
  }
  let column = 0;
  let previous = -1;
  for (let i = 0; i < missing; i++) {
    previous = nextColumn(input, previous, total);
    while (column < previous) present[count++] = column++;
    column++;
  }
  while (column < total) present[count++] = column++;
  return count;
}

function nextColumn(input: ByteReader, previous: number, total: number): number {
  const at = input.position;
  const column = input.unsignedVIntNumber('column position');
  if (column <= previous || column >= total) throw input.corrupt(`column ${column} of ${total} after ${previous}`, at);
  return column;
}

// The low and high word of a mask of `bits` ones, fewer than 64.
function maskLo(bits: number): number {
  return bits >= 32 ? -1 : (1 << bits) - 1;
}

function maskHi(bits: number): number {
  return bits > 32 ? (1 << (bits - 32)) - 1 : 0;
}
