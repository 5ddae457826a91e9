import { type ByteReader, toBigInt, toHex } from '@cassette/bytes';

/** What a field holds: numbers as they are (64 bits as bigint where a number is not exact), text, bytes as `0x…`, null for none. */
export type AnnotationValue = string | number | bigint | boolean | null;

/**
 * A named range of bytes of a component. Those without children are fields; the fields of a component lie one behind the other and
 * are all of its bytes.
 */
export interface Annotation {
  readonly name: string;
  /** Position in the component (of Data.db: in the uncompressed data, unless chunks are annotated). */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  readonly value?: AnnotationValue;
  readonly children?: readonly Annotation[];
}

/** The fields of an annotation from first to last: itself if it has no children. */
export function* fieldsOf(annotation: Annotation): Generator<Annotation> {
  if (annotation.children === undefined) yield annotation;
  else for (const child of annotation.children) yield* fieldsOf(child);
}

/** The most bytes of a field that its value shows. */
const SHOWN_MAX = 256;

/** Bytes as the value of a field: hexadecimal, of long ones only the beginning. */
export function bytesValue(bytes: Uint8Array): string {
  return bytes.length <= SHOWN_MAX ? `0x${toHex(bytes)}` : `0x${toHex(bytes.subarray(0, SHOWN_MAX))}… (${bytes.length} bytes)`;
}

/**
 * Reads values and notes of each where it stood. Groups become annotations with children. Everything throws CorruptionError where the
 * bytes end too early.
 */
export class FieldReader {
  readonly input: ByteReader;
  private list: Annotation[] = [];

  constructor(input: ByteReader) {
    this.input = input;
  }

  /** What was noted outside of groups; forgets it. */
  take(): Annotation[] {
    const { list } = this;
    this.list = [];
    return list;
  }

  /** A field: what `read` moves past. Fields of no bytes are left out. */
  field<T>(name: string, read: () => T, show?: (value: T) => AnnotationValue): T {
    const offset = this.input.filePosition;
    const value = read();
    const length = this.input.filePosition - offset;
    if (length > 0)
      this.list.push({ name, offset, length, value: show === undefined ? (value as AnnotationValue) : show(value) });
    return value;
  }

  /** A group of what `read` notes; one of no bytes is left out. */
  group<T>(name: string, read: () => T, value?: AnnotationValue): T {
    const offset = this.input.filePosition;
    const outer = this.list;
    const children: Annotation[] = [];
    this.list = children;
    const result = read();
    this.list = outer;
    const length = this.input.filePosition - offset;
    if (length > 0) outer.push({ name, offset, length, ...(value === undefined ? {} : { value }), children });
    return result;
  }

  u8(name: string, show?: (value: number) => AnnotationValue): number {
    return this.field(name, () => this.input.u8(name), show);
  }

  u16(name: string): number {
    return this.field(name, () => this.input.u16(name));
  }

  i32(name: string, show?: (value: number) => AnnotationValue): number {
    return this.field(name, () => this.input.i32(name), show);
  }

  u32(name: string): number {
    return this.field(name, () => this.input.u32(name));
  }

  i64(name: string): bigint {
    return this.field(name, () => this.input.bigint64(name));
  }

  f64(name: string): number {
    return this.field(name, () => this.input.f64(name), String);
  }

  /** An unsigned vint that is a count or a length. */
  vint(name: string): number {
    return this.field(name, () => this.input.unsignedVIntNumber(name));
  }

  /** All 64 bits of an unsigned vint, as a signed value. */
  vint64(name: string, show: (value: bigint) => AnnotationValue): bigint {
    return this.field(
      name,
      () => {
        this.input.unsignedVInt(name);
        return toBigInt(this.input.hi, this.input.lo);
      },
      show,
    );
  }

  /** `count` bytes. */
  bytes(name: string, count: number, show: (bytes: Uint8Array) => AnnotationValue = bytesValue): Uint8Array {
    return this.field(name, () => this.input.take(count, name), show);
  }

  /** `count` bytes of UTF-8. */
  text(name: string, count: number): string {
    return this.field(name, () => this.input.utf8(count, name));
  }

  /** Java's readUTF: a length and the text. */
  javaUtf(name: string): string {
    return this.group(name, () => this.text('text', this.u16('length')));
  }
}
