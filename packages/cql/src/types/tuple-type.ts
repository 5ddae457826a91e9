import { type ByteWriter, toHex } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import { printUserTypeName, quoteIdentifier } from '../language/print/names.ts';
import { putSequence } from './byte-comparable.ts';
import { CqlType } from './cql-type.ts';
import { framedRanges, putFramed } from './framed-values.ts';
import { jsonText } from './json-text.ts';
import { marshalPackage } from './scalar-type.ts';
import { fieldsOf, wrongBytes, wrongValue } from './wrong-value.ts';

/** What tuples and user types share: a row of values, null before everything, trailing ones may be missing. */
abstract class FieldsType extends CqlType {
  readonly fixedLength = -1;
  /** The types of the fields, in their order. */
  readonly types: readonly CqlType[];

  constructor(types: readonly CqlType[]) {
    super();
    this.types = types;
  }

  override get subTypes(): readonly CqlType[] {
    return this.types;
  }

  /** Where the fields lie: pairs of from and to, both -1 for null; trailing fields may be missing. Cassandra: TupleType#split. */
  split(bytes: Uint8Array, from: number, to: number): number[] {
    const ranges = framedRanges(this.cqlName(), bytes, from, to, -1);
    if (ranges.length > 2 * this.types.length) {
      throw wrongBytes(this.cqlName(), `Expected ${this.types.length} values for ${this.cqlName()}, but got more`);
    }
    return ranges;
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    const x = this.split(a, aFrom, aTo);
    const y = this.split(b, bFrom, bTo);
    for (let i = 0; i < this.types.length; i++) {
      const aNull = !(x[2 * i] >= 0);
      const bNull = !(y[2 * i] >= 0);
      if (aNull || bNull) {
        if (aNull && bNull) continue;
        return aNull ? -1 : 1;
      }
      const order = this.types[i].compare(a, x[2 * i], x[2 * i + 1], b, y[2 * i], y[2 * i + 1]);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Without nulls at the end, as a shorter value is equal to one with them. */
  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    if (from === to) return false;
    const ranges = this.split(bytes, from, to);
    let count = ranges.length / 2;
    while (count > 0 && ranges[2 * count - 2] < 0) count--;
    putSequence(bytes, ranges, count, (i) => this.types[i], out);
    return true;
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    const ranges = this.split(bytes, from, to);
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i] >= 0) this.types[i / 2].validate(bytes, ranges[i], ranges[i + 1]);
    }
  }

  protected decodeFields(bytes: Uint8Array, from: number, to: number): unknown[] {
    const ranges = this.split(bytes, from, to);
    return this.types.map((type, i) => (ranges[2 * i] >= 0 ? type.decode(bytes, ranges[2 * i], ranges[2 * i + 1]) : null));
  }

  protected jsonFields(bytes: Uint8Array, from: number, to: number): string[] {
    const ranges = this.split(bytes, from, to);
    return this.types.map((type, i) => (ranges[2 * i] >= 0 ? type.toJson(bytes, ranges[2 * i], ranges[2 * i + 1]) : 'null'));
  }

  /** Of the fields that are there: a shorter literal gives back the same bytes. */
  protected literalFields(bytes: Uint8Array, from: number, to: number): string[] {
    const ranges = this.split(bytes, from, to);
    return this.types
      .slice(0, ranges.length / 2)
      .map((type, i) => (ranges[2 * i] >= 0 ? type.toCqlLiteral(bytes, ranges[2 * i], ranges[2 * i + 1]) : 'null'));
  }
}

/** `tuple<a, b, …>`, always frozen. JavaScript: array with null for what is missing. Cassandra: TupleType. */
export class TupleType extends FieldsType {
  constructor(types: readonly CqlType[]) {
    super(types.map((type) => type.freeze()));
  }

  override cqlName(): string {
    return `frozen<tuple<${this.types.map((t) => t.cqlName()).join(', ')}>>`;
  }

  override marshalName(): string {
    return `${marshalPackage}TupleType(${this.types.map((t) => t.marshalName(true)).join(',')})`;
  }

  override encode(value: unknown, out: ByteWriter): void {
    const elements = Array.isArray(value) ? value : fieldsOf(value)?.elements;
    if (!Array.isArray(elements)) throw wrongValue(this.cqlName(), `an array of ${this.types.length} values`, value);
    if (elements.length > this.types.length) {
      throw new InvalidRequestError(
        `Invalid tuple: too many elements. Type ${this.cqlName()} expects ${this.types.length} but got ${elements.length}`,
      );
    }
    elements.forEach((element, i) => {
      putFramed(this.types[i], element, out, true);
    });
  }

  override decode(bytes: Uint8Array, from: number, to: number): unknown[] {
    return this.decodeFields(bytes, from, to);
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return `[${this.jsonFields(bytes, from, to).join(', ')}]`;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return `(${this.literalFields(bytes, from, to).join(', ')})`;
  }
}

/** A field of a user type. */
export interface UserTypeField {
  /** Name as stored: lower case unless it was quoted. */
  readonly name: string;
  readonly type: CqlType;
}

/**
 * A user type: named fields. JavaScript: plain object with null for what is missing. Not frozen, each field is a cell whose path is
 * the field's position as a 16-bit number. Cassandra: UserType.
 */
export class UserType extends FieldsType {
  readonly keyspace: string;
  readonly name: string;
  readonly fields: readonly UserTypeField[];
  readonly frozen: boolean;

  constructor(keyspace: string, name: string, fields: readonly UserTypeField[], frozen: boolean) {
    super(fields.map((field) => field.type));
    this.keyspace = keyspace;
    this.name = name;
    this.fields = fields;
    this.frozen = frozen;
  }

  override get isMultiCell(): boolean {
    return !this.frozen;
  }

  /** Position of the field of that name, -1 where there is none. */
  fieldPosition(name: string): number {
    return this.fields.findIndex((field) => field.name === name);
  }

  override freeze(): UserType {
    return this.frozen ? this : new UserType(this.keyspace, this.name, this.fields, true);
  }

  override cqlName(): string {
    const name = printUserTypeName({ keyspace: null, name: this.name, pos: 0 });
    return this.frozen ? `frozen<${name}>` : name;
  }

  override marshalName(ignoreFreezing = false): string {
    const fields = this.fields.map((f) => `,${hexOf(f.name)}:${f.type.marshalName(ignoreFreezing || this.frozen)}`).join('');
    const name = `${marshalPackage}UserType(${this.keyspace},${hexOf(this.name)}${fields})`;
    return this.frozen && !ignoreFreezing ? `${marshalPackage}FrozenType(${name})` : name;
  }

  override encode(value: unknown, out: ByteWriter): void {
    const given = fieldsOf(value);
    if (given === null || Symbol.iterator in given || value instanceof Date) {
      throw wrongValue(this.cqlName(), 'an object with the fields of the type', value);
    }
    for (const name of Object.keys(given)) {
      if (this.fieldPosition(name) < 0)
        throw new InvalidRequestError(`Unknown field '${name}' in value of user defined type ${this.name}`);
    }
    for (const { name, type } of this.fields) putFramed(type, Object.hasOwn(given, name) ? given[name] : null, out, true);
  }

  override decode(bytes: Uint8Array, from: number, to: number): Record<string, unknown> {
    const values = this.decodeFields(bytes, from, to);
    return Object.fromEntries(this.fields.map((field, i) => [field.name, values[i]]));
  }

  /** Names with capitals are in double quotes inside the JSON text. */
  override toJson(bytes: Uint8Array, from: number, to: number): string {
    const values = this.jsonFields(bytes, from, to);
    const texts = this.fields.map(({ name }, i) => `${jsonText(name === name.toLowerCase() ? name : `"${name}"`)}: ${values[i]}`);
    return `{${texts.join(', ')}}`;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    const values = this.literalFields(bytes, from, to);
    return `{${values.map((value, i) => `${quoteIdentifier(this.fields[i].name)}: ${value}`).join(', ')}}`;
  }
}

const encoder = new TextEncoder();

function hexOf(name: string): string {
  return toHex(encoder.encode(name));
}
