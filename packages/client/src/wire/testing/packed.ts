import { ByteReader, ByteWriter } from '@cassette/bytes';
import { packValue, unpackValue } from '../pack.ts';

/** A buffer that holds one value, as a page sends it. */
export function packToBuffer(value: unknown): Uint8Array {
  const out = new ByteWriter(1024);
  packValue(value, out);
  return out.toBytes();
}

/** The value of a buffer, as the worker reads it. */
export function unpackBuffer(bytes: Uint8Array): unknown {
  return unpackValue(new ByteReader(bytes, 'parameters'));
}
