/** A reader that fills buffers of ours, which go there and back; null for a stream that is none of bytes, or a browser that has none. */
export function fillingReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch (error) {
    if (error instanceof TypeError && !stream.locked) return null;
    throw error;
  }
}
