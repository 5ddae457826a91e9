/** Fills `target` with chunk `index`, returns its length; throws where it can't. */
export type ChunkLoader = (index: number, target: Uint8Array) => number;

/**
 * The chunks of a file that were used last, so that small reads beside each other cost one load. A handful of slots,
 * searched one by one; memory is slots × chunk length, taken when first needed.
 */
export class ChunkCache {
  private readonly bufferLength: number;
  private readonly load: ChunkLoader;
  private readonly indexes: Float64Array;
  private readonly lengths: Int32Array;
  private readonly used: Float64Array;
  private readonly buffers: Uint8Array[];
  private clock = 0;

  /** `bufferLength` is the length of the longest chunk. */
  constructor(bufferLength: number, slots: number, load: ChunkLoader) {
    this.bufferLength = bufferLength;
    this.load = load;
    this.indexes = new Float64Array(slots).fill(-1);
    this.lengths = new Int32Array(slots);
    this.used = new Float64Array(slots);
    this.buffers = [];
  }

  /** Copies what is at `position` of a file of `size` bytes, all in chunks of `chunkLength`; returns the count. */
  read(target: Uint8Array, position: number, chunkLength: number, size: number): number {
    const end = Math.min(size, position + target.length);
    let at = position;
    while (at < end) {
      const index = Math.floor(at / chunkLength);
      const slot = this.slotOf(index);
      const from = at - index * chunkLength;
      const count = Math.min(this.lengths[slot] - from, end - at);
      target.set(this.buffers[slot].subarray(from, from + count), at - position);
      at += count;
    }
    return Math.max(0, end - position);
  }

  private slotOf(index: number): number {
    const { indexes, used } = this;
    let oldest = 0;
    for (let slot = 0; slot < indexes.length; slot++) {
      if (indexes[slot] === index) {
        used[slot] = ++this.clock;
        return slot;
      }
      if (used[slot] < used[oldest]) oldest = slot;
    }
    // A failed load must not leave a half-filled chunk that looks valid.
    indexes[oldest] = -1;
    this.buffers[oldest] ??= new Uint8Array(this.bufferLength);
    this.lengths[oldest] = this.load(index, this.buffers[oldest]);
    indexes[oldest] = index;
    used[oldest] = ++this.clock;
    return oldest;
  }
}
