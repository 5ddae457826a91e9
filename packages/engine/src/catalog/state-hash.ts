import { crc32c } from '@cassette/bytes';
import { type KeyspaceJson, type TableJson, type TableMetadata, tableToJson } from '@cassette/cql';
import type { StoreDescription } from './store-description.ts';

const hashes = new WeakMap<TableMetadata, number>();

/**
 * What stands for all that a description of the store says, by which a record of changes tells what it goes on from: a sum of its schema and
 * one of its truncations. Sums, so that the order in which things were made does not matter, and what did not change is not gone over again.
 */
export function hashOf({ schema, truncated }: StoreDescription): string {
  let sum = 0;
  for (const { name, replication, durableWrites, types, tables } of schema.keyspaces.values()) {
    sum += hashOfKeyspace({ name, replication, durableWrites });
    for (const type of types.values()) sum += hashOfType(name, type.marshalName());
    for (const table of tables.values()) {
      let hash = hashes.get(table);
      if (hash === undefined) {
        hash = hashOfTable(name, tableToJson(table));
        hashes.set(table, hash);
      }
      sum += hash;
    }
  }
  return joined(sum, truncated);
}

/** The same of what was read. */
export function hashOfJson(keyspaces: readonly KeyspaceJson[], truncated: ReadonlyMap<string, number>): string {
  let sum = 0;
  for (const { types, tables, name, replication, durableWrites } of keyspaces) {
    sum += hashOfKeyspace({ name, replication, durableWrites });
    for (const type of types) sum += hashOfType(name, type);
    for (const table of tables) sum += hashOfTable(name, table);
  }
  return joined(sum, truncated);
}

/** Of such a hash what stands for the schema alone. */
export function schemaOfHash(hash: string): string {
  return hash.slice(0, hash.indexOf('.'));
}

function hashOfKeyspace({
  name,
  replication,
  durableWrites,
}: Pick<KeyspaceJson, 'name' | 'replication' | 'durableWrites'>): number {
  return hashOfText(JSON.stringify(['keyspace', name, replication, durableWrites]));
}

function hashOfType(keyspace: string, type: string): number {
  return hashOfText(JSON.stringify(['type', keyspace, type]));
}

function hashOfTable(keyspace: string, table: TableJson): number {
  return hashOfText(JSON.stringify(['table', keyspace, table]));
}

function joined(ofSchema: number, truncated: ReadonlyMap<string, number>): string {
  let sum = 0;
  for (const [id, segment] of truncated) sum += hashOfText(JSON.stringify(['truncated', id, segment]));
  return `${(ofSchema >>> 0).toString(16)}.${(sum >>> 0).toString(16)}`;
}

function hashOfText(text: string): number {
  return crc32c(new TextEncoder().encode(text));
}
