import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import { putSequence } from './byte-comparable.ts';
import { CqlType } from './cql-type.ts';
import { elementsOf } from './list-type.ts';
import { marshalPackage } from './scalar-type.ts';
import { wrongBytes } from './wrong-value.ts';

/**
 * `vector<element, dimension>`: so many elements, none of them null. JavaScript: array; takes typed arrays too. Elements of a fixed length
 * lie side by side, others have a vint length each. Cassandra: VectorType.
 */
export class VectorType extends CqlType {
  readonly fixedLength: number;
  readonly element: CqlType;
  readonly dimension: number;

  /** Throws InvalidRequestError for a dimension that is not positive. */
  constructor(element: CqlType, dimension: number) {
    super();
    if (dimension <= 0) {
      throw new InvalidRequestError(`vectors may only have positive dimensions; given ${dimension}`);
    }
    this.element = element;
    this.dimension = dimension;
    this.fixedLength = element.fixedLength >= 0 ? element.fixedLength * dimension : -1;
  }

  override get subTypes(): readonly CqlType[] {
    return [this.element];
  }

  override cqlName(): string {
    return `vector<${this.element.cqlName()}, ${this.dimension}>`;
  }

  override marshalName(ignoreFreezing = false): string {
    return `${marshalPackage}VectorType(${this.element.marshalName(ignoreFreezing)} , ${this.dimension})`;
  }

  /** Where the elements lie: pairs of from and to. Throws InvalidRequestError where there are fewer or more. */
  split(bytes: Uint8Array, from: number, to: number): number[] {
    const ranges: number[] = [];
    const fixed = this.element.fixedLength;
    let at = from;
    for (let i = 0; i < this.dimension && at <= to; i++) {
      let size = fixed;
      if (fixed < 0) {
        const length = vintAt(bytes, at, to);
        if (length === null) throw this.cut();
        at = length.next;
        size = length.value;
      }
      if (at + size > to) throw this.cut();
      ranges.push(at, at + size);
      at += size;
    }
    if (at !== to) throw wrongBytes(this.cqlName(), `Unexpected ${to - at} extraneous bytes after ${this.cqlName()} value`);
    return ranges;
  }

  private cut(): InvalidRequestError {
    return wrongBytes(this.cqlName(), `Not enough bytes to read a ${this.cqlName()}`);
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    const x = this.split(a, aFrom, aTo);
    const y = this.split(b, bFrom, bTo);
    for (let i = 0; i < x.length; i += 2) {
      const order = this.element.compare(a, x[i], x[i + 1], b, y[i], y[i + 1]);
      if (order !== 0) return order;
    }
    return 0;
  }

  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    if (from === to) return false;
    putSequence(bytes, this.split(bytes, from, to), this.dimension, () => this.element, out);
    return true;
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) throw wrongBytes(this.cqlName(), 'Invalid empty vector value');
    const ranges = this.split(bytes, from, to);
    for (let i = 0; i < ranges.length; i += 2) this.element.validate(bytes, ranges[i], ranges[i + 1]);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const elements = elementsOf(this, value);
    if (elements.length !== this.dimension) {
      throw new InvalidRequestError(
        `Invalid vector of ${elements.length} elements for type ${this.cqlName()}: Required ${this.dimension} elements`,
      );
    }
    for (const element of elements) this.putElement(element, out);
  }

  private putElement(element: unknown, out: ByteWriter): void {
    if (element === null || element === undefined)
      throw new InvalidRequestError('null is not supported inside vectors: each element has a value');
    this.appendElement(out, () => {
      this.element.encode(element, out);
    });
  }

  /** Frames what `write` appends as an element. Throws InvalidRequestError for an empty one where elements have a fixed length. */
  appendElement(out: ByteWriter, write: () => void): void {
    const at = out.length;
    write();
    if (this.element.fixedLength >= 0) {
      if (out.length - at !== this.element.fixedLength)
        throw new InvalidRequestError(`Empty elements are not allowed in ${this}`);
      return;
    }
    const bytes = out.buffer.slice(at, out.length);
    out.length = at;
    out.vintBytes(bytes);
  }

  override decode(bytes: Uint8Array, from: number, to: number): unknown[] {
    this.validate(bytes, from, to);
    return this.each(bytes, from, to, (f, t) => this.element.decode(bytes, f, t));
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return `[${this.each(bytes, from, to, (f, t) => this.element.toJson(bytes, f, t)).join(', ')}]`;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return `[${this.each(bytes, from, to, (f, t) => this.element.toCqlLiteral(bytes, f, t)).join(', ')}]`;
  }

  private each<T>(bytes: Uint8Array, from: number, to: number, make: (from: number, to: number) => T): T[] {
    const ranges = this.split(bytes, from, to);
    const made: T[] = [];
    for (let i = 0; i < ranges.length; i += 2) made.push(make(ranges[i], ranges[i + 1]));
    return made;
  }
}

/** An unsigned vint that is a length; null where it is cut or no length. */
function vintAt(bytes: Uint8Array, at: number, to: number): { value: number; next: number } | null {
  if (at >= to) return null;
  const first = bytes[at];
  const size = first < 0x80 ? 1 : Math.clz32(~(first << 24)) + 1;
  if (at + size > to || size > 5) return null;
  let value = size === 1 ? first : first & (0xff >> size);
  for (let i = 1; i < size; i++) value = value * 256 + bytes[at + i];
  return { value, next: at + size };
}
