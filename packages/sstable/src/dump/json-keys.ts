import { CassetteError, CorruptionError } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, jsonText, type TableMetadata } from '@cassette/cql';
import { keyTypes } from '../data/layout-of-header.ts';
import type { PartitionScanner } from '../reader/partition-index.ts';
import { DumpOutput } from './dump-output.ts';
import { typeText } from './type-text.ts';

/** How keys are dumped. */
export interface JsonKeysOptions {
  /** Which partitions are wanted, asked for each by its key, which is valid during the call; default: all. */
  readonly includes?: (key: Uint8Array) => boolean;
  /** One line of JSON a key, and nothing around them; default: an array. */
  readonly lines?: boolean;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The partition keys of an SSTable as a JSON array with an array of texts for each (sstabledump -e), piece by piece: from the index.
 * Throws as jsonDump does, after what ends the JSON. Cassandra: tools.JsonTransformer#keysToJson.
 */
export function* jsonKeys(
  keys: PartitionScanner,
  table: TableMetadata,
  file: string,
  { includes, lines }: JsonKeysOptions = {},
): Generator<string> {
  const types = keyTypes(table);
  const output = new DumpOutput(lines);
  try {
    while (keys.next()) {
      const { keyBytes, keyFrom, keyTo } = keys;
      if (includes?.(keyBytes.subarray(keyFrom, keyTo)) === false) continue;
      output.element(`[ ${keyTexts(types, keyBytes, keyFrom, keyTo, file).map(jsonText).join(', ')} ]`);
      if (output.out.isFull) yield decoder.decode(output.out.take());
    }
  } catch (error) {
    if (error instanceof CassetteError) {
      output.endWith(error);
      yield decoder.decode(output.out.take());
    }
    throw error;
  }
  output.end();
  yield decoder.decode(output.out.take());
}

// A key of several columns: u16 length, bytes and a zero for each.

/** The texts of a key's columns. Throws CorruptionError where the key is none of these types. */
export function keyTexts(types: readonly CqlType[], bytes: Uint8Array, from: number, to: number, file: string): string[] {
  if (types.length === 1) return [keyText(types[0], bytes, from, to, file)];
  const texts: string[] = [];
  for (let at = from, i = 0; at < to && i < types.length; i++) {
    const end = at + 2 + ((bytes[at] << 8) | bytes[at + 1]);
    if (end >= to) throw new CorruptionError('a partition key of several columns is cut', file, 0);
    texts.push(keyText(types[i], bytes, at + 2, end, file));
    at = end + 1;
  }
  return texts;
}

function keyText(type: CqlType, bytes: Uint8Array, from: number, to: number, file: string): string {
  try {
    return typeText(type, bytes, from, to);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new CorruptionError(`a partition key is none of type ${type}: ${error.message}`, file, 0, {}, error);
  }
}
