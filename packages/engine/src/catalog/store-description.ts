import { ByteWriter, CorruptionError } from '@cassette/bytes';
import { type KeyspaceJson, KeyspaceMetadata, Schema, type SchemaJson, schemaFromJson, schemaToJson } from '@cassette/cql';
import { hashOf, hashOfJson } from './state-hash.ts';

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
  /** Of what the store was before, and is with these: see {@link hashOf}. Version 3 of the log does not tell. */
  readonly before?: string;
  readonly after?: string;
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

  private hashed: string | null = null;

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

  /** What tells it from other moments: see {@link hashOf}. */
  get hash(): string {
    this.hashed ??= hashOf(this);
    return this.hashed;
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
    const { version } = schemaToJson(Schema.empty);
    return { version, keyspaces, keyspacesGone, truncated, before: earlier.hash, after: this.hash };
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

/** What descriptions come to, and whether some are missing among them. */
export interface FoldedDescriptions {
  readonly description: StoreDescription;
  /** Before how many of the pieces something is missing: changes that go on from what nothing before them comes to. */
  readonly gaps: readonly number[];
}

/**
 * What descriptions come to that were written one after the other, a whole one first. Changes that what was read has already are passed
 * over: two segments have the same where one was begun before them. Throws CorruptionError; `file` is for its message.
 */
export function decodeDescriptions(pieces: readonly Uint8Array[], file: string): FoldedDescriptions {
  try {
    const [first, ...rest] = pieces;
    const whole = parsed<DescriptionJson>(first);
    const truncated = new Map(Object.entries(whole.truncated));
    let { keyspaces } = whole.schema;
    const changes = rest.map((piece) => parsed<DescriptionChanges>(piece.subarray(1)));
    const gaps: number[] = [];
    let now = hashOfJson(keyspaces, truncated);
    for (let at = 0; at < changes.length; at++) {
      const next = changes.findIndex(({ before = now }, i) => i >= at && before === now);
      // All of it was read.
      if (next < 0 && changes[changes.length - 1].after === now) break;
      if (next < 0) gaps.push(at + 1);
      else at = next;
      const told = changes[at];
      keyspaces = changedKeyspaces(keyspaces, told);
      for (const [id, segment] of Object.entries(told.truncated)) {
        if (segment === null) truncated.delete(id);
        else truncated.set(id, segment);
      }
      now = told.after ?? hashOfJson(keyspaces, truncated);
    }
    return { description: { schema: schemaFromJson({ ...whole.schema, keyspaces }), truncated }, gaps };
  } catch (error) {
    throw new CorruptionError(`a description of the store that is none: ${String(error)}`, file, 0);
  }
}

/** The {@link DescribedStore.hash} of what the store was when such bytes were written; null where they do not tell. Throws CorruptionError. */
export function hashTold(bytes: Uint8Array, file: string): string | null {
  try {
    if (isOfChanges(bytes)) return parsed<DescriptionChanges>(bytes.subarray(1)).after ?? null;
    const { schema, truncated } = parsed<DescriptionJson>(bytes);
    return hashOfJson(schema.keyspaces, new Map(Object.entries(truncated)));
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
