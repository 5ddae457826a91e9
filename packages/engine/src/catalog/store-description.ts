import { ByteWriter, CorruptionError } from '@cassette/bytes';
import { type Schema, type SchemaJson, schemaFromJson, schemaToJson } from '@cassette/cql';

/** What the log tells of its store besides mutations, so that these mean something without the catalog too. */
export interface StoreDescription {
  readonly schema: Schema;
  /** By table id: its mutations in WAL segments before that number are void. */
  readonly truncated: ReadonlyMap<string, number>;
}

/** As a record of the log has it: JSON, of the schema the same as in the catalog. */
export function encodeDescription({ schema, truncated }: StoreDescription): Uint8Array {
  const out = new ByteWriter(1024);
  out.utf8(JSON.stringify({ schema: schemaToJson(schema), truncated: Object.fromEntries(truncated) }));
  return out.toBytes();
}

/** Reads what {@link encodeDescription} made. Throws CorruptionError; `file` and `offset` are for its message. */
export function decodeDescription(bytes: Uint8Array, file: string, offset: number): StoreDescription {
  try {
    const { schema, truncated } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as {
      schema: SchemaJson;
      truncated: Record<string, number>;
    };
    return { schema: schemaFromJson(schema), truncated: new Map(Object.entries(truncated)) };
  } catch (error) {
    throw new CorruptionError(`a description of the store that is none: ${String(error)}`, file, offset);
  }
}
