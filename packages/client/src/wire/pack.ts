// Parameters as bytes: what a page binds, on its way to the worker. The structured clone of a thousand rows costs more than
// their fsync, so they travel as one transferred buffer. A value is a tag and what the tag says:
//
//   0 null · 1 unset · 2 false · 3 true
//   4 number          f64
//   5 small integer   signed vint
//   6 string          vint length, UTF-8
//   7 bigint          sign byte, vint length, hexadecimal digits of the magnitude as ASCII
//   8 Date            f64 milliseconds
//   9 bytes           vint length, bytes
//  10 array           vint count, values
//  11 Map             vint count, key and value each
//  12 Set             vint count, values
//  13 plain object    vint count, name (as 6 without its tag) and value each
//  14 encoded value   vint length, bytes: a value that is bytes in Cassandra's form already
//  15 instance        name of its class (as 6 without its tag), then as 13
//  16 view            index in `views`, vint length, bytes: what is no Uint8Array
//  17 broken string   vint length, UTF-16: one with half a surrogate pair, which UTF-8 can't say
//
// What is taken for a column is the worker's decision, by its type: whatever an app may pass arrives as what it was. Value
// classes (Uuid, Duration, …, and those of the Node cassandra-driver) are told there by their fields.

import { type ByteReader, type ByteWriter, CassetteError } from '@cassette/bytes';
import { integerObject } from '@cassette/cql';
import { EncodedValue, unset } from '@cassette/engine';

/** What a packed value begins with, as it stands above. */
export const Tag = {
  NULL: 0,
  UNSET: 1,
  FALSE: 2,
  TRUE: 3,
  NUMBER: 4,
  INTEGER: 5,
  STRING: 6,
  BIGINT: 7,
  DATE: 8,
  BYTES: 9,
  ARRAY: 10,
  MAP: 11,
  SET: 12,
  OBJECT: 13,
  ENCODED: 14,
  INSTANCE: 15,
  VIEW: 16,
  BROKEN_STRING: 17,
} as const;

const depthMax = 64;

/** Kinds of views; a blob takes their bytes, a vector their elements. */
const views = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;

/** Appends a value. Throws CassetteError UNSUPPORTED_VALUE for what can't be a CQL value (a function, a cycle). */
export function packValue(value: unknown, out: ByteWriter, depth = 0): void {
  switch (typeof value) {
    case 'number':
      if (Number.isInteger(value) && Math.abs(value) < 0x8000000000000 && !Object.is(value, -0)) {
        out.u8(Tag.INTEGER);
        out.signedVIntNumber(value);
      } else {
        out.u8(Tag.NUMBER);
        out.f64(value);
      }
      return;
    case 'string':
      packString(value, out);
      return;
    case 'boolean':
      out.u8(value ? Tag.TRUE : Tag.FALSE);
      return;
    case 'undefined':
      out.u8(Tag.UNSET);
      return;
    case 'bigint':
      out.u8(Tag.BIGINT);
      out.u8(value < 0n ? 1 : 0);
      packText((value < 0n ? -value : value).toString(16), out);
      return;
    case 'symbol':
      if (value === unset) {
        out.u8(Tag.UNSET);
        return;
      }
      break;
    case 'object':
      packObject(value, out, depth);
      return;
  }
  throw new CassetteError('UNSUPPORTED_VALUE', `A ${typeof value} can't be bound to a CQL statement`);
}

/** Half a surrogate pair. */
const broken = /\p{Surrogate}/u;

function packString(text: string, out: ByteWriter): void {
  const start = out.length;
  out.u8(Tag.STRING);
  // What is longer in bytes than in characters may be broken.
  if (packText(text, out) === text.length || !broken.test(text)) return;
  out.length = start;
  out.u8(Tag.BROKEN_STRING);
  out.unsignedVIntNumber(text.length);
  for (let i = 0; i < text.length; i++) out.u16(text.charCodeAt(i));
}

/** Appends text behind its length in bytes, which it gives back. */
function packText(text: string, out: ByteWriter): number {
  const length = text.length;
  if (length < 48) {
    // Short and ASCII is the usual case: its length is known before it is encoded.
    out.ensure(1 + length);
    const start = out.length;
    const buffer = out.buffer;
    let i = 0;
    for (; i < length; i++) {
      const c = text.charCodeAt(i);
      if (c > 0x7f) break;
      buffer[start + 1 + i] = c;
    }
    if (i === length) {
      buffer[start] = length;
      out.length = start + 1 + length;
      return length;
    }
  }
  const bytes = encoder.encode(text);
  out.vintBytes(bytes);
  return bytes.length;
}

const encoder = new TextEncoder();

function packObject(value: object | null, out: ByteWriter, depth: number): void {
  if (value === null) {
    out.u8(Tag.NULL);
    return;
  }
  if (depth > depthMax)
    throw new CassetteError('UNSUPPORTED_VALUE', `A bound value is nested deeper than ${depthMax}, or in a circle`);
  if (value instanceof Uint8Array) {
    out.u8(Tag.BYTES);
    out.vintBytes(value);
  } else if (value instanceof ArrayBuffer) {
    out.u8(Tag.BYTES);
    out.vintBytes(new Uint8Array(value));
  } else if (value instanceof Date) {
    out.u8(Tag.DATE);
    out.f64(value.getTime());
  } else if (Array.isArray(value)) {
    packItems(value, out, depth);
  } else if (ArrayBuffer.isView(value)) {
    packView(value, out, depth);
  } else if (value instanceof Map) {
    out.u8(Tag.MAP);
    out.unsignedVIntNumber(value.size);
    for (const [key, item] of value) {
      packValue(key, out, depth + 1);
      packValue(item, out, depth + 1);
    }
  } else if (value instanceof Set) {
    out.u8(Tag.SET);
    out.unsignedVIntNumber(value.size);
    for (const item of value) packValue(item, out, depth + 1);
  } else if (value instanceof EncodedValue) {
    out.u8(Tag.ENCODED);
    out.vintBytes(value.bytes);
  } else if (isDriversUnset(value)) {
    out.u8(Tag.UNSET);
  } else if (isPlain(value)) {
    out.u8(Tag.OBJECT);
    packFields(value, out, depth);
  } else {
    packInstance(value, out, depth);
  }
}

function packItems(items: ArrayLike<unknown>, out: ByteWriter, depth: number): void {
  out.u8(Tag.ARRAY);
  out.unsignedVIntNumber(items.length);
  for (let i = 0; i < items.length; i++) packValue(items[i], out, depth + 1);
}

function packView(view: ArrayBufferView, out: ByteWriter, depth: number): void {
  const kind = views.findIndex((View) => view instanceof View);
  if (kind < 0) {
    // A kind of view that is younger than this: its elements are what it is.
    packItems(view as unknown as ArrayLike<unknown>, out, depth);
    return;
  }
  out.u8(Tag.VIEW);
  out.u8(kind);
  out.vintBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

function packFields(value: object, out: ByteWriter, depth: number): void {
  const entries = Object.entries(value);
  out.unsignedVIntNumber(entries.length);
  for (const [name, item] of entries) {
    if (packText(name, out) !== name.length && broken.test(name)) {
      throw new CassetteError('UNSUPPORTED_VALUE', `A name with half a surrogate pair (${JSON.stringify(name)}) can't be bound`);
    }
    packValue(item, out, depth + 1);
  }
}

/** An instance of a class: a whole number of a driver, something that iterates, or else what its own fields say. */
function packInstance(value: object, out: ByteWriter, depth: number): void {
  const name = value.constructor?.name ?? '';
  const whole = integerObject(value);
  if (whole !== null) {
    packValue(whole, out);
  } else if (Symbol.iterator in value) {
    packItems(Array.from(value as Iterable<unknown>), out, depth);
  } else if (Object.keys(value).length > 0) {
    out.u8(Tag.INSTANCE);
    packText(name, out);
    packFields(value, out, depth);
  } else {
    // A RegExp, an Error, a Promise: what they are is not in fields.
    throw new CassetteError('UNSUPPORTED_VALUE', `A ${name || 'nameless object'} can't be bound to a CQL statement`);
  }
}

/** The Node driver's `types.unset` is known by its identity there; here, where the driver is not, by its looks. */
function isDriversUnset(value: object): boolean {
  return 'unset' in value && value.unset === true && Object.isFrozen(value) && Object.keys(value).length === 1;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Reads an array that {@link packValue} wrote, an item at a time, when it is asked for: who takes many need not take them at once. */
export function* unpackItems(input: ByteReader): Generator<unknown, void, void> {
  if (input.u8('tag') !== Tag.ARRAY) throw input.corrupt('an array was expected', input.position - 1);
  for (let n = input.length('count'); n > 0; n--) yield unpackValue(input);
}

/** Reads what {@link packValue} wrote. */
export function unpackValue(input: ByteReader): unknown {
  const tag = input.u8('tag');
  switch (tag) {
    case Tag.NULL:
      return null;
    case Tag.UNSET:
      return undefined;
    case Tag.FALSE:
      return false;
    case Tag.TRUE:
      return true;
    case Tag.NUMBER:
      return input.f64('number');
    case Tag.INTEGER:
      return input.signedVIntNumber('integer');
    case Tag.STRING:
      return unpackText(input);
    case Tag.BIGINT: {
      const negative = input.u8('sign') === 1;
      const magnitude = BigInt(`0x${unpackText(input)}`);
      return negative ? -magnitude : magnitude;
    }
    case Tag.DATE:
      return new Date(input.f64('date'));
    case Tag.BYTES:
      return input.vintBytes('bytes');
    case Tag.ARRAY: {
      const items = new Array<unknown>(input.length('count'));
      for (let i = 0; i < items.length; i++) items[i] = unpackValue(input);
      return items;
    }
    case Tag.MAP: {
      const map = new Map<unknown, unknown>();
      for (let n = input.length('count'); n > 0; n--) map.set(unpackValue(input), unpackValue(input));
      return map;
    }
    case Tag.SET: {
      const set = new Set<unknown>();
      for (let n = input.length('count'); n > 0; n--) set.add(unpackValue(input));
      return set;
    }
    case Tag.OBJECT:
      return unpackFields(Object.create(null), input);
    case Tag.INSTANCE:
      return unpackFields(Object.create(prototypeOf(unpackText(input))), input);
    case Tag.ENCODED:
      return new EncodedValue(input.vintBytes('encoded value'));
    case Tag.VIEW: {
      const View = views[input.u8('view')];
      const bytes = input.vintBytes('view').slice();
      if (View === undefined || bytes.length % ('BYTES_PER_ELEMENT' in View ? View.BYTES_PER_ELEMENT : 1) !== 0) {
        throw input.corrupt('a view of no kind, or with a part of an element', input.position);
      }
      return new (View as new (buffer: ArrayBuffer) => ArrayBufferView)(bytes.buffer as ArrayBuffer);
    }
    case Tag.BROKEN_STRING: {
      let text = '';
      for (let n = input.length('text'); n > 0; n--) text += String.fromCharCode(input.u16('text'));
      return text;
    }
    default:
      throw input.corrupt(`tag ${tag} is none of ours`, input.position - 1);
  }
}

function unpackFields(object: Record<string, unknown>, input: ByteReader): Record<string, unknown> {
  for (let n = input.length('count'); n > 0; n--) object[unpackText(input)] = unpackValue(input);
  return object;
}

/** What objects of a class have in common here: they are no plain objects, and an error can name the class. */
function prototypeOf(className: string): object {
  let prototype = prototypes.get(className);
  if (prototype === undefined) {
    prototype = Object.assign(Object.create(null) as object, { constructor: { name: className } });
    if (prototypes.size < PROTOTYPES_MAX) prototypes.set(className, prototype);
  }
  return prototype;
}

const prototypes = new Map<string, object>();
const PROTOTYPES_MAX = 100;

function unpackText(input: ByteReader): string {
  const length = input.length('text');
  if (length <= 48 && length <= input.remaining) {
    // Short ASCII costs less by its codes than a call of the decoder.
    const { bytes, position } = input;
    let i = 0;
    while (i < length && bytes[position + i] < 0x80) i++;
    if (i === length) {
      input.skip(length, 'text');
      return String.fromCharCode.apply(null, bytes.subarray(position, position + length) as unknown as number[]);
    }
  }
  return input.utf8(length, 'text');
}
