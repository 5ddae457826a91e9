/** Bytes that gather before they are given out. */
const CHUNK_BYTES = 128 * 1024;
/** Room behind them, for what is added at once. */
const ROOM_BYTES = 16 * 1024;

const encoder = new TextEncoder();
const hexDigits = encoder.encode('0123456789abcdef');

/** Text as UTF-8 that grows at its end and is given out in large pieces: most of what a dump prints never is a string. */
export class JsonBytes {
  bytes = new Uint8Array(CHUNK_BYTES + ROOM_BYTES);
  length = 0;

  /** Whether there is enough to be given out. */
  get isFull(): boolean {
    return this.length >= CHUNK_BYTES;
  }

  /** Makes room for so many bytes, which `bytes` has then behind `length`. */
  room(count: number): void {
    if (this.bytes.length - this.length >= count) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }

  byte(byte: number): void {
    this.room(1);
    this.bytes[this.length++] = byte;
  }

  text(text: string): void {
    this.room(text.length * 3);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c >= 0x80) {
        this.length = at + encoder.encodeInto(i === 0 ? text : text.slice(i), bytes.subarray(at)).written;
        return;
      }
      bytes[at++] = c;
    }
    this.length = at;
  }

  /** What is text already. */
  copy(text: Uint8Array): void {
    this.room(text.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text[i];
    this.length = at;
  }

  hex(source: Uint8Array, from: number, to: number): void {
    this.room((to - from) * 2);
    const { bytes } = this;
    let at = this.length;
    for (let i = from; i < to; i++) {
      const byte = source[i];
      bytes[at++] = hexDigits[byte >> 4];
      bytes[at++] = hexDigits[byte & 15];
    }
    this.length = at;
  }

  /** A number from 0 on in so many digits. */
  digits(value: number, count: number): void {
    this.room(count);
    let rest = value;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const next = Math.floor(rest / 10);
      this.bytes[at] = 0x30 + (rest - next * 10);
      rest = next;
    }
    this.length += count;
  }

  /** What there is, which is the caller's; then it is empty. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = new Uint8Array(CHUNK_BYTES + ROOM_BYTES);
    this.length = 0;
    return taken;
  }
}
