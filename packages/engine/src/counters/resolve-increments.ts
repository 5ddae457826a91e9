import { type ByteWriter, compareInt64, toHex } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata, Uuid } from '@cassette/cql';
import { BoundKind, ClusteringBound, Row, type UnfilteredCursor } from '@cassette/sstable';
import { MutationBuilder, MutationReader } from '../mutation/index.ts';
import { LiveRows, type ReadSource } from '../select/index.ts';
import { type ClockAndCount, globalContext, incrementOf, shardOf } from './counter-context.ts';

/** What this store has counted, by counter: table, key, clustering and column in one name. */
export type OwnShards = Map<string, ClockAndCount>;

/** Where counters are looked up. */
export interface CounterSource extends ReadSource {
  /** The table of that id as it is now. */
  table(id: Uuid): TableMetadata | undefined;
  /** Seconds. */
  nowInSeconds(): number;
}

const BLANK: ClockAndCount = { clockHi: 0, clockLo: 0, countHi: 0, countLo: 0 };
const NONE = new Uint8Array(0);

/**
 * Makes of increments what is written: the shard of this store as it is after them. That way a mutation may be replayed as often as a
 * crash wants it, and merges with what other stores and Cassandra's nodes have counted. Cassandra: CounterMutation#processModifications.
 */
export class IncrementResolver {
  private readonly source: CounterSource;
  private readonly reader = new MutationReader();
  private readonly builder = new MutationBuilder();
  private readonly row = new Row();

  constructor(source: CounterSource) {
    this.source = source;
  }

  /**
   * Appends encoded mutations with their increments resolved. `before` are shards that are newer than what can be read; those that come
   * of the increments go to `after`. `now` in microseconds. Returns whether something is deleted. Throws InvalidRequestError for a table
   * or column that is no more, and what reading throws; what was appended is then of no use.
   */
  resolve(mutations: Uint8Array, id: Uint8Array, now: number, before: OwnShards, after: OwnShards, out: ByteWriter): boolean {
    const { reader, builder, row } = this;
    let deletes = false;
    for (let at = 0; at < mutations.length; at = reader.end) {
      reader.begin(mutations, at, mutations.length);
      const table = this.tableAt(mutations, reader.tableIdFrom);
      const key = mutations.slice(reader.keyFrom, reader.keyTo);
      const resolveRow = (isStatic: boolean) => {
        if (this.resolveRow(table, key, isStatic, id, now, before, after)) deletes = true;
        builder.addRow(row);
      };
      builder.begin(table, key);
      const { partitionDeletion } = reader;
      if (!partitionDeletion.isLive) {
        builder.partitionDeletion(partitionDeletion.hi, partitionDeletion.lo, partitionDeletion.localDeletionTime);
      }
      deletes ||= !partitionDeletion.isLive || reader.ranges.length > 0;
      for (const range of reader.ranges) builder.addRangeTombstone(range, range.deletion);
      for (const columnId of reader.columnIds) {
        const column = table.columnById(columnId);
        if (column !== undefined) builder.nameColumn(column);
      }
      if (reader.staticTo > reader.staticFrom) {
        checkColumns(table, reader.decodeStatic(row, table));
        resolveRow(true);
      }
      while (reader.nextRow()) {
        checkColumns(table, reader.decodeRow(row, table));
        resolveRow(false);
      }
      builder.finish(out);
    }
    return deletes;
  }

  private tableAt(bytes: Uint8Array, at: number): TableMetadata {
    const id = new Uuid(bytes.slice(at, at + 16));
    const table = this.source.table(id);
    if (table === undefined)
      throw new InvalidRequestError(`There is no table of id ${id} (any more): prepare the statement again`);
    return table;
  }

  /** Resolves the increments in `row`; returns whether it has deletions. */
  private resolveRow(
    table: TableMetadata,
    key: Uint8Array,
    isStatic: boolean,
    id: Uint8Array,
    now: number,
    before: OwnShards,
    after: OwnShards,
  ): boolean {
    const { row } = this;
    const columns = isStatic ? table.staticColumns : table.regularColumns;
    const clustering = row.clusteringBytes.slice(row.clusteringFrom, row.clusteringTo);
    const prefix = `${toHex(table.id.bytes)}/${toHex(key)}/${isStatic ? 'static' : toHex(clustering)}/`;
    let deletes = !row.deletion.isLive;
    let found: ReadonlyMap<number, ClockAndCount> | null = null;
    for (let i = 0; i < row.cellCount; i++) {
      if (row.cellFlags[i] !== 0) {
        deletes = true;
        continue;
      }
      const increment = incrementOf(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
      if (increment === null) continue;
      const position = row.cellColumn[i];
      const name = prefix + columns[position].id;
      let current = after.get(name) ?? before.get(name);
      if (current === undefined) {
        found ??= this.read(table, key, isStatic ? null : clustering, id);
        current = found.get(position) ?? BLANK;
      }
      const next = incremented(current, increment, now);
      after.set(name, next);
      const context = globalContext(id, next);
      row.setValue(i, context, 0, context.length);
    }
    return deletes;
  }

  /** This store's shards in a row as it can be read, by the position of the column; of the static row for no clustering. */
  private read(table: TableMetadata, key: Uint8Array, clustering: Uint8Array | null, id: Uint8Array): Map<number, ClockAndCount> {
    const size = table.clustering.length;
    const bytes = clustering ?? NONE;
    const slice = {
      start: new ClusteringBound(BoundKind.INCL_START_BOUND, size, bytes),
      end: new ClusteringBound(BoundKind.INCL_END_BOUND, size, bytes),
    };
    const slices = clustering === null ? [] : [slice];
    const cursor = this.source.read(table, { partitions: { keys: [key] }, ...(size > 0 && { slices }) });
    try {
      return this.shards(table, cursor, clustering === null, id);
    } finally {
      cursor.close();
    }
  }

  private shards(table: TableMetadata, cursor: UnfilteredCursor, isStatic: boolean, id: Uint8Array): Map<number, ClockAndCount> {
    const shards = new Map<number, ClockAndCount>();
    const rows = new LiveRows(table, cursor, false, this.source.nowInSeconds());
    if (!rows.nextPartition() || (!isStatic && !rows.nextRow())) return shards;
    const { row, cells, cellCount } = isStatic ? rows.staticRow : rows.row;
    for (let n = 0; n < cellCount; n++) {
      const i = cells[n];
      const shard = shardOf(id, row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
      if (shard !== null) shards.set(row.cellColumn[i], shard);
    }
    return shards;
  }
}

/** A shard after an increment. Its clock is the time, or past the last one where that was later. */
function incremented(current: ClockAndCount, increment: ClockAndCount, now: number): ClockAndCount {
  const nextLo = (current.clockLo + 1) | 0;
  const nextHi = nextLo === 0 ? (current.clockHi + 1) | 0 : current.clockHi;
  const timeHi = Math.floor(now / 0x100000000);
  const timeLo = now | 0;
  const isLate = compareInt64(nextHi, nextLo, timeHi, timeLo) > 0;
  const sum = (current.countLo >>> 0) + (increment.countLo >>> 0);
  return {
    clockHi: isLate ? nextHi : timeHi,
    clockLo: isLate ? nextLo : timeLo,
    countHi: (current.countHi + increment.countHi + (sum > 0xffffffff ? 1 : 0)) | 0,
    countLo: sum | 0,
  };
}

function checkColumns(table: TableMetadata, leftOut: number): void {
  if (leftOut > 0) throw new InvalidRequestError(`${table} has a column no more that is counted in: prepare the statement again`);
}
