import type { CqlType } from '@cassette/cql';
import { EncodedValue } from '../prepared/binding.ts';

/** What there has to be known of a table whose rows come as text; TableMetadata is one. */
export interface TextTable {
  readonly keyspace: string;
  readonly name: string;
  /** In the order of a row's values. */
  readonly columns: readonly { readonly name: string; readonly type: CqlType }[];
}

/** Makes a parameter of bytes: for whoever hands rows to an engine that is another copy of this code. */
export type EncodedAs = (bytes: Uint8Array) => unknown;

/** A parameter for the engine that this code is of. */
export const encodedHere: EncodedAs = (bytes) => new EncodedValue(bytes);
