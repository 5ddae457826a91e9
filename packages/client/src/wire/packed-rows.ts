import { type ByteReader, ByteWriter } from '@cassette/bytes';
import { type CqlType, nativeTypes } from '@cassette/cql';
import { LiteralSlot } from '@cassette/engine';
import { Tag, unpackValue } from './pack.ts';

/**
 * Rows of parameters that `packValue` wrote, an array of arrays, for who writes one after the other. Values that are packed as their column's
 * type has them (text, blobs, doubles, dates) are shown where they lie, in slots that the next row fills again; all others are unpacked. So
 * most rows take no string, no view and no date. `types`: those of the markers; rows that are no arrays of as many values are unpacked whole.
 */
export function* packedRows(input: ByteReader, types: readonly CqlType[]): Generator<unknown, void, void> {
  if (input.u8('tag') !== Tag.ARRAY) throw input.corrupt('an array was expected', input.position - 1);
  const slots = types.map(() => new LiteralSlot());
  const values = new Array<unknown>(types.length);
  const dates = new ByteWriter(8 * types.length);
  for (let n = input.length('count'); n > 0; n--) {
    const start = input.position;
    if (input.u8('tag') !== Tag.ARRAY || input.length('count') !== types.length) {
      input.position = start;
      yield unpackValue(input);
      continue;
    }
    dates.clear();
    for (let i = 0; i < types.length; i++) {
      values[i] = show(input, types[i], slots[i], dates) ? slots[i] : unpackValue(input);
    }
    yield values;
  }
}

/** Fills a slot with the next value, and passes over it, where its bytes are those of the type; else false, and nothing is done. */
function show(input: ByteReader, type: CqlType, slot: LiteralSlot, dates: ByteWriter): boolean {
  const { bytes, position } = input;
  switch (bytes[position]) {
    case Tag.STRING:
      // Well-formed UTF-8: what is not has another tag.
      if (type !== nativeTypes.text) return false;
      break;
    case Tag.BYTES:
      if (type !== nativeTypes.blob) return false;
      break;
    case Tag.NUMBER:
      if (type !== nativeTypes.double) return false;
      input.skip(9, 'number');
      put(slot, bytes, position + 1, position + 9);
      return true;
    case Tag.DATE: {
      if (type !== nativeTypes.timestamp) return false;
      input.position++;
      const milliseconds = input.f64('date');
      if (!Number.isSafeInteger(milliseconds)) {
        input.position = position;
        return false;
      }
      const from = dates.length;
      dates.i64Number(milliseconds);
      put(slot, dates.buffer, from, dates.length);
      return true;
    }
    default:
      return false;
  }
  input.position++;
  const length = input.length('value');
  put(slot, bytes, input.position, input.position + length);
  input.skip(length, 'value');
  return true;
}

function put(slot: LiteralSlot, bytes: Uint8Array, from: number, to: number): void {
  slot.bytes = bytes;
  slot.from = from;
  slot.to = to;
}
