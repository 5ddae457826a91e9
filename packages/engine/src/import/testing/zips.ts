import { crc32 } from '@cassette/bytes';
import { deflateSync } from 'fflate';
import type { ImportFile } from '../import-options.ts';

/** A file of a zip that is made by hand, with what may be wrong with it. */
export interface MadeEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  /** Default 0x0800: names are UTF-8. */
  readonly flags?: number;
  readonly method?: number;
  /** Sizes and checksum behind the content; `false` in the value is one that lies. */
  readonly descriptor?: 'signed' | 'bare' | 'signed64' | 'wrong';
  /** Sizes and offset in extra fields of 64 bits. */
  readonly zip64?: boolean;
  readonly crc?: number;
  /** What the headers say, where that is not the truth. */
  readonly size?: number;
  readonly compressedSize?: number;
  readonly localName?: string;
  readonly mode?: number;
  /** Where the directory says it is; an index of another entry. */
  readonly at?: number;
}

/** A zip of these, Zip64 where asked for; `before`: bytes that whoever reads it has before these, which belong to no entry. */
export function zipMadeOf(
  entries: readonly MadeEntry[],
  options: { readonly zip64?: boolean; readonly comment?: string; readonly before?: number } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const offsets: number[] = [];
  const { before = 0 } = options;
  let at = 0;
  const put = (bytes: Uint8Array) => {
    parts.push(bytes);
    at += bytes.length;
  };
  for (const entry of entries) {
    const { content, deflate = false, zip64 = false, descriptor } = entry;
    const data = deflate ? deflateSync(content) : content;
    const crc = entry.crc ?? crc32(content, 0, content.length);
    const size = entry.size ?? content.length;
    const compressed = entry.compressedSize ?? data.length;
    const method = entry.method ?? (deflate ? 8 : 0);
    const flags = (entry.flags ?? 0x0800) | (descriptor === undefined ? 0 : 8);
    const later = descriptor !== undefined;
    const name = new TextEncoder().encode(entry.name);
    const localName = new TextEncoder().encode(entry.localName ?? entry.name);
    offsets.push(at);
    const localExtra = zip64 ? extra64([later ? 0 : size, later ? 0 : compressed]) : new Uint8Array(0);
    const short = (value: number) => (zip64 ? 0xffffffff : value);
    const head = numbers(
      [4, 0x04034b50],
      [2, 45],
      [2, flags],
      [2, method],
      [4, 0],
      [4, later ? 0 : crc],
      [4, short(later ? 0 : compressed)],
      [4, short(later ? 0 : size)],
      [2, localName.length],
      [2, localExtra.length],
    );
    for (const part of [head, localName, localExtra, data]) put(part);
    if (descriptor !== undefined) {
      const width = descriptor === 'signed64' ? 8 : 4;
      const wrong = descriptor === 'wrong' ? 1 : 0;
      if (descriptor !== 'bare') put(numbers([4, 0x08074b50]));
      put(numbers([4, crc], [width, compressed + wrong], [width, size]));
    }
    const offset = before + (entry.at === undefined ? offsets[offsets.length - 1] : offsets[entry.at]);
    const extra = zip64 ? extra64([size, compressed, offset]) : new Uint8Array(0);
    directory.push(
      numbers(
        [4, 0x02014b50],
        [2, (entry.mode === undefined ? 0 : 3 << 8) | 45],
        [2, 45],
        [2, flags],
        [2, method],
        [4, 0],
        [4, crc],
        [4, short(compressed)],
        [4, short(size)],
        [2, name.length],
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, ((entry.mode ?? 0) << 16) >>> 0],
        [4, short(offset)],
      ),
      name,
      extra,
    );
  }
  const start = at;
  for (const part of directory) put(part);
  const size = at - start;
  const count = entries.length;
  if (options.zip64 === true) {
    const end = at;
    put(
      numbers([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, before + start]),
    );
    put(numbers([4, 0x07064b50], [4, 0], [8, before + end], [4, 1]));
  }
  const short = (ones: number, value: number) => (options.zip64 === true ? ones : value);
  const comment = new TextEncoder().encode(options.comment ?? '');
  put(
    numbers(
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, short(0xffff, count)],
      [2, short(0xffff, count)],
      [4, short(0xffffffff, size)],
      [4, short(0xffffffff, start)],
      [2, comment.length],
    ),
  );
  put(comment);
  const zip = new Uint8Array(at);
  let to = 0;
  for (const part of parts) {
    zip.set(part, to);
    to += part.length;
  }
  return zip;
}

/** Entries of the content of files. */
export function entriesOf(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  more: Partial<MadeEntry> = {},
): MadeEntry[] {
  return files.map(({ name, bytes }) => ({ ...more, name, content: bytes }));
}

/** The bytes of files. */
export function bytesOf(
  files: readonly (ImportFile & { readonly blob: Blob })[],
): Promise<{ name: string; bytes: Uint8Array }[]> {
  return Promise.all(files.map(async ({ name, blob }) => ({ name, bytes: new Uint8Array(await blob.arrayBuffer()) })));
}

function extra64(values: readonly number[]): Uint8Array {
  return numbers([2, 1], [2, 8 * values.length], ...values.map((value): [number, number] => [8, value]));
}

function numbers(...fields: readonly (readonly [width: number, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value >>> 0, true);
    if (width === 8) view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    at += width;
  }
  return bytes;
}
