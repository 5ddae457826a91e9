import { assert } from '@cassette/bytes';
import { Z_FINISH, Z_STREAM_END, ZStream, zlibDeflate, zlibDeflateInit2, zlibDeflateReset } from 'pako';

// A zlib stream (RFC 1950) of level 6. pako is zlib itself in JavaScript, so that with zlib's own hash (pako's default is another
// one) the same chunk becomes the same bytes as by Java's Deflater, which Cassandra calls.

const DEFAULT_LEVEL = 6;
const DEFLATED = 8;
const WINDOW_BITS = 15;
const MEMORY_LEVEL = 8;

// Its tables take a quarter of a MiB, so there is one, made when first needed and reset for each chunk: nothing yields in between.
let stream: ZStream | null = null;
const none: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** The most bytes that a stream of `length` bytes can become. zlib: deflateBound. */
export function deflateBound(length: number): number {
  return length + (length >>> 12) + (length >>> 14) + (length >>> 25) + 13;
}

/**
 * Compresses `source[from, to)` to `target` at `at`, where {@link deflateBound} bytes must be free; returns the end of what was
 * written.
 */
export function deflate(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (stream === null) {
    stream = new ZStream();
    assert(
      zlibDeflateInit2(stream, DEFAULT_LEVEL, DEFLATED, WINDOW_BITS, MEMORY_LEVEL, 0, true) === 0,
      'zlib takes its own parameters',
    );
  } else zlibDeflateReset(stream);
  stream.input = source;
  stream.next_in = from;
  stream.avail_in = to - from;
  stream.output = target as Uint8Array<ArrayBuffer>;
  stream.next_out = at;
  stream.avail_out = target.length - at;
  assert(zlibDeflate(stream, Z_FINISH) === Z_STREAM_END, 'a deflated chunk fits its bound');
  const end = stream.next_out;
  // What belongs to the caller is not kept.
  stream.input = none;
  stream.output = none;
  return end;
}
