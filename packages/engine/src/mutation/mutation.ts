import { ByteReader, toBigInt } from '@cassette/bytes';
import { type CqlType, type TableMetadata, Uuid } from '@cassette/cql';
import { CellFlag, type DeletionTime, decodeClustering, Row } from '@cassette/sstable';
import { pathOrderOf } from '../merge/path-order.ts';
import type { PartitionTombstone } from './mutation-names.ts';
import { MutationReader } from './mutation-reader.ts';

/** A cell of a mutation, for people to read. Bytes are as in the files. */
export interface DescribedCell {
  readonly column: string;
  readonly kind: 'live' | 'expiring' | 'tombstone' | 'column deletion';
  readonly timestamp: bigint;
  /** Path of an element, null for a simple column. */
  readonly path: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly ttl: number;
}

/** A row of a mutation, for people to read. */
export interface DescribedRow {
  /** Null for the static row. */
  readonly clustering: readonly unknown[] | null;
  /** Timestamp of its INSERT, null if there was none. */
  readonly liveness: bigint | null;
  readonly deletion: PartitionTombstone | null;
  readonly cells: readonly DescribedCell[];
}

/** A mutation in full, for people to read. */
export interface DescribedMutation {
  readonly table: string;
  readonly token: bigint;
  readonly key: Uint8Array;
  readonly partitionTombstone: PartitionTombstone | null;
  readonly rangeTombstones: number;
  readonly rows: readonly DescribedRow[];
}

/**
 * One partition's update of one table, as bytes: see mutation-format.ts. {@link draftMutation} and CQL make them, `write` takes
 * them. This is a view; nothing is decoded before somebody looks. Cassandra: db.Mutation of one PartitionUpdate.
 */
export class Mutation {
  /** The encoding; not to be changed. */
  readonly bytes: Uint8Array;
  private readonly reader = new MutationReader();

  /** Throws CorruptionError for bytes that are no mutation, or more than one. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.reader.begin(bytes, 0, bytes.length);
    if (this.reader.end !== bytes.length)
      throw new ByteReader(bytes, 'mutation').corrupt('more than one mutation', this.reader.end);
  }

  get tableId(): Uuid {
    return new Uuid(this.bytes.slice(this.reader.tableIdFrom, this.reader.tableIdFrom + 16));
  }

  /** Murmur3 token of the partition key. */
  get token(): bigint {
    return toBigInt(this.reader.tokenHi, this.reader.tokenLo);
  }

  /** Bytes of the partition key. */
  get key(): Uint8Array {
    return this.bytes.subarray(this.reader.keyFrom, this.reader.keyTo);
  }

  /** Everything in it, decoded as that table, which must be its own. Throws CorruptionError. */
  describe(table: TableMetadata): DescribedMutation {
    const reader = new MutationReader();
    reader.begin(this.bytes, 0, this.bytes.length);
    const rows: DescribedRow[] = [];
    const row = new Row();
    if (reader.staticTo > reader.staticFrom) {
      reader.decodeStatic(row, table);
      rows.push(describeRow(row, table));
    }
    while (reader.nextRow()) {
      reader.decodeRow(row, table);
      rows.push(describeRow(row, table));
    }
    return {
      table: table.toString(),
      token: this.token,
      key: this.key,
      partitionTombstone: describeDeletion(reader.partitionDeletion),
      rangeTombstones: reader.ranges.length,
      rows,
    };
  }
}

function describeRow(row: Row, table: TableMetadata): DescribedRow {
  const columns = row.isStatic ? table.staticColumns : table.regularColumns;
  const { clustering } = table;
  const values = row.isStatic
    ? null
    : decodeClustering(clustering, clustering.length, row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
  const paths = pathOrderOf(table);
  const cells = Array.from({ length: row.cellCount }, (_, i): DescribedCell => {
    const flags = row.cellFlags[i];
    const isDeletion = (flags & (CellFlag.DELETED | CellFlag.COMPLEX_DELETION)) !== 0;
    const hasPath = paths.isComplex(row.isStatic, row.cellColumn[i]) && (flags & CellFlag.COMPLEX_DELETION) === 0;
    return {
      column: columns[row.cellColumn[i]].name,
      kind: kinds[flags] ?? 'live',
      timestamp: toBigInt(row.cellHi[i], row.cellLo[i]),
      path: hasPath ? row.cellPathBytes[i].slice(row.cellPathFrom[i], row.cellPathTo[i]) : null,
      value: isDeletion ? null : row.cellValueBytes[i].slice(row.cellValueFrom[i], row.cellValueTo[i]),
      ttl: row.cellTtl[i],
    };
  });
  return {
    clustering: values === null ? null : values.map((value, i) => decode(clustering[i].type, value)),
    liveness: row.hasLiveness ? toBigInt(row.livenessHi, row.livenessLo) : null,
    deletion: describeDeletion(row.deletion),
    cells,
  };
}

const kinds: Partial<Record<number, DescribedCell['kind']>> = {
  [CellFlag.EXPIRING]: 'expiring',
  [CellFlag.DELETED]: 'tombstone',
  [CellFlag.COMPLEX_DELETION]: 'column deletion',
};

function decode(type: CqlType, value: Uint8Array | null): unknown {
  return value === null ? null : type.decode(value, 0, value.length);
}

function describeDeletion(deletion: DeletionTime): PartitionTombstone | null {
  if (deletion.isLive) return null;
  return { timestamp: toBigInt(deletion.hi, deletion.lo), localDeletionTime: deletion.localDeletionTime };
}
