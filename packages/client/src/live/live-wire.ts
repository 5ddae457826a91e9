import { ByteReader, ByteWriter } from '@cassette/bytes';
import type { TransferableRowUpdate } from '@cassette/engine';
import type { TransferredError } from '../errors/error-transfer.ts';
import type { Callback } from '../wire/callback.ts';
import { packValue, unpackValue } from '../wire/pack.ts';

/** What a tab subscribes to, on its way to the worker. */
export interface LiveRequest {
  readonly query: string;
  /** As `packValue` has them. */
  readonly params: Uint8Array;
  readonly keyspace?: string;
  readonly maxRows?: number;
}

/** Is called with each update; the next one waits until it is done. */
export type UpdateCallback = Callback<[TransferableRowUpdate]>;

/** Is called with what fails; `ended`: for good. */
export type FailureCallback = Callback<[error: TransferredError, ended: boolean]>;

/** Parameters as bytes. Throws CassetteError UNSUPPORTED_VALUE. */
export function packedParams(params: unknown): Uint8Array {
  const out = new ByteWriter(64);
  packValue(params ?? undefined, out);
  return out.toBytes();
}

/** The parameters again. */
export function unpackedParams(bytes: Uint8Array): readonly unknown[] | Readonly<Record<string, unknown>> | null {
  return (unpackValue(new ByteReader(bytes, 'parameters')) ?? null) as readonly unknown[] | null;
}
