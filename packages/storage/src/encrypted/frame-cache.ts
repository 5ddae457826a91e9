/** Deciphered frames of all files of a store, the least recently used going first; zeroed when they go. */
export class FrameCache {
  private readonly capacity: number;
  private readonly frames = new Map<string, Uint8Array>();
  private bytes = 0;

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The frame that begins at `physical` of a file; undefined where it is not here. Valid until the next call. */
  get(file: number, physical: number): Uint8Array | undefined {
    const key = `${file}/${physical}`;
    const frame = this.frames.get(key);
    if (frame === undefined) return undefined;
    this.frames.delete(key);
    this.frames.set(key, frame);
    return frame;
  }

  /** Keeps a frame, which is the cache's from then on. */
  put(file: number, physical: number, frame: Uint8Array): void {
    const key = `${file}/${physical}`;
    this.remove(key);
    this.frames.set(key, frame);
    this.bytes += frame.length;
    for (const oldest of this.frames.keys()) {
      if (this.bytes <= this.capacity) break;
      this.remove(oldest);
    }
  }

  /** Forgets a file. */
  drop(file: number): void {
    const prefix = `${file}/`;
    for (const key of [...this.frames.keys()]) if (key.startsWith(prefix)) this.remove(key);
  }

  private remove(key: string): void {
    const frame = this.frames.get(key);
    if (frame === undefined) return;
    frame.fill(0);
    this.bytes -= frame.length;
    this.frames.delete(key);
  }
}
