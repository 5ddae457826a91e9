import { xxh64Low } from './xxh64.ts';
import { type HuffmanTable, newHuffmanTable, readHuffmanStream, readHuffmanTable } from './zstd-huffman.ts';
import { executeSequences, newSequenceState, type SequenceState } from './zstd-sequences.ts';

// A Zstandard frame (RFC 8878). Integers little-endian.
//   magic         u32  fd2fb528
//   descriptor    u8   bits 0-1: bytes of dictionary id (none here); 2: has checksum; 5: single segment; 6-7: bytes of content size
//   window        u8   unless single segment: how far back matches may reach
//   content size       0, 1, 2 (+ 256), 4 or 8 bytes
//   blocks             u24 header: bit 0 last, 1-2 kind (0 raw, 1 one byte repeated, 2 compressed), 3-23 bytes (or repetitions)
//   checksum      u32  low half of the XXH64 of the content
// A compressed block has literals (below) and sequences (zstd-sequences.ts).
//
// Chunks decompress into a place of known length, so no window is kept and nothing is allocated by what a frame says.

const BLOCK_MAX = 128 * 1024;

interface Scratch {
  readonly literals: Uint8Array;
  readonly huffman: HuffmanTable;
  readonly sequences: SequenceState;
}

// A third of a MiB, taken when first needed; nothing yields while it is in use.
let scratch: Scratch | null = null;

/**
 * Decompresses the Zstandard frame `source[from, to)` into `target[at, end)`. Returns how many bytes that gave, or -1 - (position in
 * `source`) where it is malformed, gives more than there is room for, or has a wrong checksum: nothing is ever read or written
 * outside the given ranges.
 */
export function zstdDecompress(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  end: number,
): number {
  if (to - from < 6 || u32(source, from) !== 0xfd2fb528) return -1 - from;
  const descriptor = source[from + 4];
  const single = (descriptor & 0x20) !== 0;
  // A dictionary is nothing that tables have; bit 3 must be zero.
  if ((descriptor & 0x0b) !== 0) return -1 - (from + 4);
  let ip = from + 5 + (single ? 0 : 1);
  const sizeBytes = descriptor >>> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >>> 6);
  if (to - ip < sizeBytes) return -1 - ip;
  if (sizeBytes > 0) {
    let size = sizeBytes === 2 ? 256 : 0;
    for (let i = 0; i < sizeBytes; i++) size += source[ip + i] * 2 ** (8 * i);
    if (size > end - at) return -1 - ip;
  }
  ip += sizeBytes;
  scratch ??= {
    literals: new Uint8Array(BLOCK_MAX),
    huffman: newHuffmanTable(),
    sequences: newSequenceState(),
  };
  scratch.huffman.bits = 0;
  scratch.sequences.reset();
  let op = at;
  for (let last = false; !last; ) {
    if (to - ip < 3) return -1 - ip;
    const header = source[ip] | (source[ip + 1] << 8) | (source[ip + 2] << 16);
    last = (header & 1) === 1;
    const kind = (header >>> 1) & 3;
    const length = header >>> 3;
    const stored = kind === 1 ? 1 : length;
    if (kind === 3 || length > BLOCK_MAX || stored > to - ip - 3) return -1 - ip;
    ip += 3;
    if (kind === 2) {
      const made = compressedBlock(scratch, source, ip, ip + length, target, at, op, end);
      if (made < 0) return -1 - ip;
      op = made;
    } else {
      if (length > end - op) return -1 - ip;
      if (kind === 0) target.set(source.subarray(ip, ip + length), op);
      else target.fill(source[ip], op, op + length);
      op += length;
    }
    ip += stored;
  }
  if ((descriptor & 4) !== 0) {
    if (to - ip < 4 || u32(source, ip) !== xxh64Low(target, at, op)) return -1 - ip;
    ip += 4;
  }
  return ip === to ? op - at : -1 - ip;
}

// Literals of a block:
//   header   bits 0-1: kind (0 raw, 1 one byte repeated, 2 Huffman, 3 Huffman with the code of the block before), 2-3: how the sizes are held
//   code     of kind 2, see zstd-huffman.ts
//   streams  one, or four that u16 × 3 lengths precede
function compressedBlock(
  { literals, huffman, sequences }: Scratch,
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  base: number,
  at: number,
  end: number,
): number {
  if (to - from < 2) return -1;
  const kind = source[from] & 3;
  const form = (source[from] >>> 2) & 3;
  let ip = from;
  let count: number;
  if (kind < 2) {
    const bytes = (form & 1) === 0 ? 1 : form === 1 ? 2 : 3;
    if (to - ip < bytes + kind) return -1;
    count =
      bytes === 1 ? source[ip] >>> 3 : (source[ip] | (source[ip + 1] << 8) | ((bytes === 3 ? source[ip + 2] : 0) << 16)) >>> 4;
    ip += bytes;
    if (count > BLOCK_MAX || (kind === 0 && count > to - ip)) return -1;
    if (kind === 0) literals.set(source.subarray(ip, ip + count), 0);
    else literals.fill(source[ip], 0, count);
    ip += kind === 0 ? count : 1;
  } else {
    const bits = form < 2 ? 10 : form === 2 ? 14 : 18;
    const bytes = form < 2 ? 3 : form === 2 ? 4 : 5;
    if (to - ip < bytes) return -1;
    let word = 0;
    for (let i = bytes - 1; i >= 0; i--) word = word * 256 + source[ip + i];
    word = Math.floor(word / 16);
    count = word % 2 ** bits;
    const stored = Math.floor(word / 2 ** bits);
    ip += bytes;
    if (count > BLOCK_MAX || stored > to - ip) return -1;
    const stop = ip + stored;
    if (kind === 2) {
      ip = readHuffmanTable(huffman, source, ip, stop);
      if (ip < 0) return -1;
    } else if (huffman.bits === 0) return -1;
    if (!huffmanStreams(huffman, source, ip, stop, literals, count, form === 0 ? 1 : 4)) return -1;
    ip = stop;
  }
  return executeSequences(sequences, source, ip, to, literals, count, target, base, at, end);
}

function huffmanStreams(
  table: HuffmanTable,
  source: Uint8Array,
  from: number,
  to: number,
  literals: Uint8Array,
  count: number,
  streams: 1 | 4,
): boolean {
  if (streams === 1) return readHuffmanStream(table, source, from, to, literals, 0, count);
  const each = (count + 3) >> 2;
  if (to - from < 10 || each * 3 > count) return false;
  let ip = from + 6;
  for (let i = 0; i < 4; i++) {
    const length = i < 3 ? source[from + 2 * i] | (source[from + 2 * i + 1] << 8) : to - ip;
    if (length > to - ip) return false;
    if (!readHuffmanStream(table, source, ip, ip + length, literals, each * i, i < 3 ? each * (i + 1) : count)) return false;
    ip += length;
  }
  return true;
}

function u32(b: Uint8Array, i: number): number {
  return (b[i] | (b[i + 1] << 8) | (b[i + 2] << 16) | (b[i + 3] << 24)) >>> 0;
}
