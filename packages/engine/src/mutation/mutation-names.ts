import { ByteWriter, tokenBigInt } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata, type Uuid } from '@cassette/cql';

/** Names a table for ever: a table created anew under the old name has another one. Cassandra: schema.TableId. */
export type TableId = Uuid;

/** Values of the partition key columns, in key order, as JavaScript has them. */
export type PartitionKey = readonly unknown[];

/** Values of clustering columns, in key order: all of them for a row, the first of them for a bound. */
export type ClusteringKey = readonly unknown[];

/** A partition key as bytes, and its place in the order of partitions. Cassandra: db.DecoratedKey. */
export interface DecoratedKey {
  /** Murmur3 token. */
  readonly token: bigint;
  readonly key: Uint8Array;
}

/** The deletion of a whole partition. Cassandra: the partition level deletion of db.DeletionInfo. */
export interface PartitionTombstone {
  /** Microseconds: everything up to and including this is deleted. */
  readonly timestamp: bigint;
  /** When it was deleted, in seconds. */
  readonly localDeletionTime: number;
}

/** What a mutation does to one column of one row. */
export type CellOperation =
  /** Sets a column; null deletes it. A whole map or set replaces what was there. */
  | { readonly column: string; readonly value: unknown }
  /** Sets an element: of a map by key, of a set by itself (`value` is not looked at), of a user type by field name; null removes it. */
  | { readonly column: string; readonly element: unknown; readonly value: unknown };

/** When a mutation is written: goes with every cell of it. */
export interface WriteTime {
  /** Microseconds: the greater one wins. */
  readonly timestamp: bigint;
  /** The time, in seconds: tombstones and expirations count from it. */
  readonly nowInSeconds: number;
  /** Seconds after which it expires; absent or 0: never. */
  readonly ttl?: number;
}

/** The bytes and token of a partition key. Throws InvalidRequestError for values that are not of the columns' types. */
export function decorateKey(table: TableMetadata, key: PartitionKey): DecoratedKey {
  const { partitionKey } = table;
  if (key.length !== partitionKey.length) {
    throw new InvalidRequestError(`The partition key of ${table} has ${partitionKey.length} columns, not ${key.length}`);
  }
  const out = new ByteWriter(64);
  const value = new ByteWriter(64);
  for (const [i, column] of partitionKey.entries()) {
    if (key[i] === null || key[i] === undefined) throw new InvalidRequestError(`Partition key column ${column.name} is null`);
    value.clear();
    column.type.encode(key[i], value);
    if (partitionKey.length === 1) out.bytes(value.written());
    else {
      // CompositeType: each part with its length, and a zero behind it.
      if (value.length > 0xffff) throw new InvalidRequestError(`Partition key column ${column.name} has more than 65535 bytes`);
      out.shortBytes(value.written());
      out.u8(0);
    }
  }
  const bytes = out.toBytes();
  return { token: tokenBigInt(bytes), key: bytes };
}
