import { ByteWriter, CorruptionError } from '@cassette/bytes';
import { type KeyspaceJson, KeyspaceMetadata, Schema, type SchemaJson, schemaFromJson, schemaToJson } from '@cassette/cql';

/** What the log tells of its store besides mutations, so that these mean something without the catalog too. */
export interface StoreDescription {
  readonly schema: Schema;
  /** By table id: its mutations in WAL segments before that number are void. */
  readonly truncated: ReadonlyMap<string, number>;
}

/** First byte of a description that tells only what is different from the one before it; JSON of a whole one begins with another. */
const CHANGES = 1;

/** A keyspace of which something changed: of its types and tables those that are new or different. */
interface KeyspaceChanges extends KeyspaceJson {
  readonly typesGone: readonly string[];
  readonly tablesGone: readonly string[];
}

/** What is different from one description to the next. */
interface DescriptionChanges {
  readonly version: number;
  readonly keyspaces: readonly KeyspaceChanges[];
  readonly keyspacesGone: readonly string[];
  /** Null: no more. */
  readonly truncated: Readonly<Record<string, number | null>>;
}

interface DescriptionJson {
  readonly schema: SchemaJson;
  readonly truncated: Readonly<Record<string, number>>;
}

/**
 * The store at one moment, as records of the log have it: JSON, of the schema the same as in the catalog. Two moments share the objects of
 * keyspaces, tables and types that did not change between them, by which those are told that did.
 */
export class DescribedStore implements StoreDescription {
  readonly schema: Schema;
  readonly truncated: ReadonlyMap<string, number>;

  /** Both as they are now; `truncated` is copied. */
  constructor({ schema, truncated }: StoreDescription) {
    this.schema = schema;
    this.truncated = new Map(truncated);
  }

  /** All of it. */
  whole(): Uint8Array {
    const out = new ByteWriter(1024);
    out.utf8(JSON.stringify({ schema: schemaToJson(this.schema), truncated: Object.fromEntries(this.truncated) }));
    return out.toBytes();
  }

  /** What is different from an earlier moment. */
  since(earlier: DescribedStore): Uint8Array {
    const out = new ByteWriter(256);
    out.u8(CHANGES);
    out.utf8(JSON.stringify(this.changesSince(earlier)));
    return out.toBytes();
  }

  private changesSince(earlier: DescribedStore): DescriptionChanges {
    const keyspaces = [...this.schema.keyspaces.values()].flatMap((keyspace): KeyspaceChanges[] => {
      const before = earlier.schema.keyspace(keyspace.name);
      return before === keyspace ? [] : [keyspaceChanges(before, keyspace)];
    });
    const keyspacesGone = [...earlier.schema.keyspaces.keys()].filter((name) => !this.schema.keyspaces.has(name));
    const truncated: Record<string, number | null> = {};
    for (const [id, segment] of this.truncated) if (earlier.truncated.get(id) !== segment) truncated[id] = segment;
    for (const id of earlier.truncated.keys()) if (!this.truncated.has(id)) truncated[id] = null;
    return { version: schemaToJson(Schema.empty).version, keyspaces, keyspacesGone, truncated };
  }
}

function keyspaceChanges(before: KeyspaceMetadata | undefined, now: KeyspaceMetadata): KeyspaceChanges {
  const { name, replication, durableWrites } = now;
  const different = <V>(all: ReadonlyMap<string, V>, earlier: ReadonlyMap<string, V> | undefined) =>
    new Map([...all].filter(([key, value]) => earlier?.get(key) !== value));
  const types = different(now.types, before?.types);
  const tables = different(now.tables, before?.tables);
  const [changed] = schemaToJson(
    new Schema([new KeyspaceMetadata({ name, replication, durableWrites, types, tables })]),
  ).keyspaces;
  // Types carry their names in what is written of them; one that was altered is gone as it was.
  const typesGone = [...(before?.types ?? [])].filter(([key, type]) => now.types.get(key) !== type);
  const tablesGone = [...(before?.tables.keys() ?? [])].filter((table) => !now.tables.has(table));
  return { ...changed, typesGone: typesGone.map(([, type]) => type.marshalName()), tablesGone };
}

/** Whether such bytes tell only what is different from the description before. */
export function isOfChanges(bytes: Uint8Array): boolean {
  return bytes[0] === CHANGES;
}

/** What descriptions come to that were written one after the other, a whole one first. Throws CorruptionError; `file` is for its message. */
export function decodeDescriptions(pieces: readonly Uint8Array[], file: string): StoreDescription {
  try {
    const [first, ...changes] = pieces;
    const whole = parsed<DescriptionJson>(first);
    const truncated = new Map(Object.entries(whole.truncated));
    let { keyspaces } = whole.schema;
    for (const piece of changes) {
      const told = parsed<DescriptionChanges>(piece.subarray(1));
      keyspaces = changedKeyspaces(keyspaces, told);
      for (const [id, segment] of Object.entries(told.truncated)) {
        if (segment === null) truncated.delete(id);
        else truncated.set(id, segment);
      }
    }
    return { schema: schemaFromJson({ ...whole.schema, keyspaces }), truncated };
  } catch (error) {
    throw new CorruptionError(`a description of the store that is none: ${String(error)}`, file, 0);
  }
}

function changedKeyspaces(keyspaces: readonly KeyspaceJson[], told: DescriptionChanges): readonly KeyspaceJson[] {
  const found = new Map(keyspaces.map((keyspace) => [keyspace.name, keyspace]));
  for (const name of told.keyspacesGone) found.delete(name);
  for (const { typesGone, tablesGone, ...changed } of told.keyspaces) {
    const { types = [], tables = [] } = found.get(changed.name) ?? {};
    const isLeft = ({ name }: { readonly name: string }) =>
      !tablesGone.includes(name) && changed.tables.every((table) => table.name !== name);
    found.set(changed.name, {
      ...changed,
      types: [...types.filter((type) => !typesGone.includes(type)), ...changed.types],
      tables: [...tables.filter(isLeft), ...changed.tables],
    });
  }
  return [...found.values()];
}

function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as T;
}
