import { ByteReader } from '@cassette/bytes';
import { decodeCompressionInfo } from '../compression/index.ts';
import { decodeChecksums } from '../crc/index.ts';
import { decodeDigest } from '../digest/index.ts';
import { decodeBloomFilter } from '../filter/index.ts';
import { decodeSummary } from '../summary/index.ts';
import { decodeToc } from '../toc/index.ts';
import { type Annotation, bytesValue, FieldReader } from './annotation.ts';

// Each of these first lets the component's decoder have its say: what it refuses is not annotated.

/** TOC.txt: a field a line. Throws CorruptionError. */
export function annotateToc(bytes: Uint8Array, file: string): Annotation[] {
  decodeToc(bytes, file);
  const fields = new FieldReader(new ByteReader(bytes, file));
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    const length = to - from;
    fields.field(
      'component',
      () => fields.input.utf8(length, 'component'),
      (text) => text.trimEnd(),
    );
    from = to;
  }
  return fields.take();
}

/** Digest.crc32: one field. Throws CorruptionError. */
export function annotateDigest(bytes: Uint8Array, file: string): Annotation[] {
  return [{ name: 'digest', offset: 0, length: bytes.length, value: decodeDigest(bytes, file) }];
}

/** CRC.db. Throws CorruptionError. */
export function annotateChecksums(bytes: Uint8Array, file: string): Annotation[] {
  const { checksums } = decodeChecksums(bytes, file);
  const fields = new FieldReader(new ByteReader(bytes, file));
  fields.i32('chunkLength');
  for (let i = 0; i < checksums.length; i++) fields.u32('checksum');
  return fields.take();
}

/** Filter.db; the bits are one field. Throws CorruptionError. */
export function annotateFilter(bytes: Uint8Array, file: string): Annotation[] {
  if (decodeBloomFilter(bytes, file) === null) return [];
  const fields = new FieldReader(new ByteReader(bytes, file));
  fields.i32('hashCount');
  fields.bytes('bits', fields.i32('words') * 8, bytesValue);
  return fields.take();
}

/** CompressionInfo.db. Throws CorruptionError. */
export function annotateCompressionInfo(bytes: Uint8Array, file: string): Annotation[] {
  const { chunkOffsets, options } = decodeCompressionInfo(bytes, file);
  const fields = new FieldReader(new ByteReader(bytes, file));
  fields.javaUtf('compressor');
  fields.i32('option count');
  for (let i = 0; i < options.length; i++) {
    fields.group('option', () => {
      fields.javaUtf('name');
      fields.javaUtf('value');
    });
  }
  fields.i32('chunkLength');
  fields.i32('maxCompressedLength');
  fields.i64('dataLength');
  fields.i32('chunk count');
  for (let i = 0; i < chunkOffsets.length; i++) fields.i64('chunk offset');
  return fields.take();
}

/** Summary.db. Throws CorruptionError. */
export function annotateSummary(bytes: Uint8Array, file: string): Annotation[] {
  const summary = decodeSummary(bytes, file);
  const input = new ByteReader(bytes, file);
  const fields = new FieldReader(input);
  fields.i32('minIndexInterval');
  fields.i32('count');
  fields.i64('memorySize');
  fields.i32('samplingLevel');
  fields.i32('sizeAtFullSampling');
  fields.group('offsets', () => {
    for (let i = 0; i < summary.count; i++) fields.field('entry offset', () => input.i32LE('entry offset'));
  });
  for (let i = 0; i < summary.count; i++) {
    fields.group('entry', () => {
      fields.bytes('key', summary.key(i).length);
      fields.field('position', () => input.i64NumberLE('position'));
    });
  }
  for (const name of ['firstKey', 'lastKey']) fields.group(name, () => fields.bytes('key', fields.i32('length')));
  return fields.take();
}
