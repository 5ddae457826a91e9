import type { ByteSource } from '@cassette/sstable';
import { decodeBloomFilter, readAll } from '@cassette/sstable';
import type { FilterPicture } from './inspector.ts';

/** A filter's bits in so many cells, each as large as the others but for a byte. Throws CorruptionError. An empty file has no bits. */
export function pictureOf(source: ByteSource, cells: number): FilterPicture {
  const filter = decodeBloomFilter(readAll(source), source.name);
  if (filter === null) return { hashCount: 0, bits: 0, setBits: 0, cells: new Float32Array(0), falsePositives: 1 };
  const { bits: bytes, hashCount } = filter;
  const count = Math.max(1, Math.min(cells, bytes.length));
  const shares = new Float32Array(count);
  let setBits = 0;
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * bytes.length) / count);
    const to = Math.floor(((i + 1) * bytes.length) / count);
    let set = 0;
    for (let at = from; at < to; at++) for (let byte = bytes[at]; byte !== 0; byte &= byte - 1) set++;
    shares[i] = set / (8 * (to - from));
    setBits += set;
  }
  const bits = bytes.length * 8;
  return { hashCount, bits, setBits, cells: shares, falsePositives: (setBits / bits) ** hashCount };
}
