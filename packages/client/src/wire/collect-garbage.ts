/** Bytes of an export or import after which garbage is to be collected. */
const EVERY_BYTES = 64 << 20;

/** What V8 collects garbage for: it looks when the bytes of array buffers have grown by as much. */
const NUDGE_BYTES = 64 << 20;

/**
 * Has garbage collected while gigabytes go through a page or a worker. Each chunk of a Blob, message and read of a file leaves small objects
 * of the browser's behind; V8 sees little of them and lets them gather to a hundred megabytes and more. A buffer that nobody touches is
 * counted by V8 and is but addresses, no memory. Other engines collect by rules of their own, and some would fill the buffer with zeros:
 * there nothing is done.
 */
export class GarbageCollection {
  /** Bytes of all buffers so far. */
  nudged = 0;
  private doneAt = 0;

  /** Told how many bytes are done. */
  told(bytes: number): void {
    if (bytes - this.doneAt < EVERY_BYTES || !isChromium) return;
    this.doneAt = bytes;
    // Builds leave out what nobody looks at.
    this.nudged += nudge();
  }
}

/** The bytes of the buffer: 0 where there was no room for it, and V8 has collected already. */
function nudge(): number {
  try {
    return new ArrayBuffer(NUDGE_BYTES).byteLength;
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

// Tests of pages run under Node too, which has no navigator before version 21.
const isChromium = 'userAgentData' in (globalThis.navigator ?? {});
