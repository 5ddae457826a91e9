import { ByteReader, token, tokenWords } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  CellFlag,
  type ClusteringBound,
  type DeletionTime,
  NO_DELETION_TIME,
  Row,
  skipClustering,
} from '@cassette/sstable';
import { isContext } from '../counters/counter-context.ts';
import { comparatorOf } from '../deletion/comparator-of.ts';
import { type PathOrder, pathOrderOf } from '../merge/path-order.ts';
import type { MutationReader } from './mutation-reader.ts';

/** Longest TTL, in seconds: 20 years. Cassandra: cql3.Attributes.MAX_TTL. */
const TTL_MAX = 20 * 365 * 24 * 60 * 60;
/** Latest local deletion time that files can hold without capping it, in seconds. */
const DELETION_TIME_MAX = 0xfffffffd;
const KEY_LENGTH_MAX = 0xffff;

/**
 * Refuses a mutation that could not be flushed, before it gets into the WAL: what is acknowledged must be writable. It looks at
 * the form of things (order, framing, ranges of times), not at whether a text is UTF-8: CQL and `Mutation` see to that.
 * Throws InvalidRequestError, and CorruptionError for bytes that are no mutation. One walk, nothing allocated a row.
 */
export class MutationValidator {
  private readonly row = new Row();
  private readonly framing = new ByteReader(new Uint8Array(0), 'mutation');
  private readonly fixedLengths = new WeakMap<TableMetadata, Int32Array>();

  /** Checks the mutation that `reader` has begun, of a table as it is now; the reader is at its end afterwards. */
  validate(reader: MutationReader, table: TableMetadata): void {
    const keyLength = reader.keyTo - reader.keyFrom;
    if (keyLength === 0) throw refused(table, 'the partition key is empty');
    if (keyLength > KEY_LENGTH_MAX)
      throw refused(table, `the partition key has ${keyLength} bytes, ${KEY_LENGTH_MAX} are the most`);
    token(reader.bytes, reader.keyFrom, reader.keyTo);
    if (tokenWords[0] !== reader.tokenHi || tokenWords[1] !== reader.tokenLo) throw refused(table, "the token is not the key's");
    if (!reader.partitionDeletion.isLive) checkDeletion(reader.partitionDeletion, table);
    for (const id of reader.columnIds)
      if (table.columnById(id) === undefined) throw refused(table, `it has no column of id ${id}`);
    this.ranges(reader, table);
    if (reader.staticTo > reader.staticFrom) {
      if (reader.decodeStatic(this.row, table) > 0) throw refused(table, 'a static cell is of a column that it does not have');
      this.content(table, true);
    }
    this.rows(reader, table);
  }

  private rows(reader: MutationReader, table: TableMetadata): void {
    const comparator = comparatorOf(table);
    const size = table.clustering.length;
    let previousFrom = -1;
    let previousTo = -1;
    while (reader.nextRow()) {
      if (reader.decodeRow(this.row, table) > 0) throw refused(table, 'a cell is of a column that it does not have');
      const { clusteringFrom: from, clusteringTo: to } = reader;
      this.checkFraming(table, size, reader.bytes, from, to);
      if (
        previousFrom >= 0 &&
        comparator.compareClusterings(reader.bytes, previousFrom, previousTo, reader.bytes, from, to) >= 0
      ) {
        throw refused(table, 'rows are not in clustering order');
      }
      previousFrom = from;
      previousTo = to;
      this.content(table, false);
    }
  }

  private ranges(reader: MutationReader, table: TableMetadata): void {
    let previous: ClusteringBound | null = null;
    for (const { start, end, deletion } of reader.ranges) {
      const { kind } = start;
      if (kind !== BoundKind.INCL_START_BOUND && kind !== BoundKind.EXCL_START_BOUND)
        throw refused(table, 'a range has no start');
      if (end.kind !== BoundKind.INCL_END_BOUND && end.kind !== BoundKind.EXCL_END_BOUND)
        throw refused(table, 'a range has no end');
      for (const bound of [start, end]) {
        if (bound.size > table.clustering.length) throw refused(table, `a bound has ${bound.size} clustering values`);
        this.checkFraming(table, bound.size, bound.bytes, 0, bound.bytes.length);
      }
      if (previous !== null && comparatorOf(table).compareBounds(previous, start) > 0) throw refused(table, 'ranges overlap');
      previous = end;
      checkDeletion(deletion, table);
    }
  }

  private checkFraming(table: TableMetadata, size: number, bytes: Uint8Array, from: number, to: number): void {
    let fixed = this.fixedLengths.get(table);
    if (fixed === undefined) {
      fixed = Int32Array.from(table.clustering, (column) => column.type.fixedLength);
      this.fixedLengths.set(table, fixed);
    }
    this.framing.reset(bytes, from, to);
    skipClustering(this.framing, fixed, size);
    if (this.framing.remaining !== 0) throw refused(table, 'a clustering has more bytes than values');
  }

  /** Checks what `row` holds. */
  private content(table: TableMetadata, isStatic: boolean): void {
    const { row } = this;
    const columns = isStatic ? table.staticColumns : table.regularColumns;
    if (row.isEmpty) throw refused(table, 'a row is empty');
    if (!row.deletion.isLive) checkDeletion(row.deletion, table);
    if (row.hasLiveness) {
      if (isStatic) throw refused(table, 'a static row has no primary key liveness');
      checkTimestamp(row.livenessHi, row.livenessLo, table);
      if (row.livenessTtl !== 0) checkTtl(row.livenessTtl, row.livenessLocalExpirationTime, table);
    }
    const paths = pathOrderOf(table);
    for (let i = 0; i < row.cellCount; i++) {
      const column = row.cellColumn[i];
      const { name, type } = columns[column];
      this.cell(i, name, type.fixedLength, paths.isComplex(isStatic, column), table);
      if (i > 0) this.order(i, name, isStatic, paths, table);
    }
  }

  private cell(i: number, column: string, fixedLength: number, isComplex: boolean, table: TableMetadata): void {
    const { row } = this;
    const flags = row.cellFlags[i];
    const valueLength = row.cellValueTo[i] - row.cellValueFrom[i];
    const hasPath = row.cellPathTo[i] > row.cellPathFrom[i];
    checkTimestamp(row.cellHi[i], row.cellLo[i], table);
    switch (flags) {
      case 0:
        break;
      case CellFlag.EXPIRING:
        checkTtl(row.cellTtl[i], row.cellLocalDeletionTime[i], table);
        break;
      case CellFlag.COMPLEX_DELETION:
        if (!isComplex || hasPath) throw refused(table, `column ${column} has no elements to delete`);
        checkDeletionTime(row.cellLocalDeletionTime[i], table);
        break;
      case CellFlag.DELETED:
        checkDeletionTime(row.cellLocalDeletionTime[i], table);
        break;
      default:
        throw refused(table, `a cell of column ${column} is of no kind that there is`);
    }
    if ((flags & (CellFlag.DELETED | CellFlag.COMPLEX_DELETION)) !== 0 && valueLength > 0) {
      throw refused(table, `a tombstone of column ${column} has a value`);
    }
    if (hasPath && !isComplex) throw refused(table, `column ${column} has no elements`);
    if (table.isCounter) this.counter(i, column, table);
    if (valueLength > 0 && !isComplex && fixedLength >= 0 && valueLength !== fixedLength) {
      throw refused(table, `a value of column ${column} has ${valueLength} bytes where ${fixedLength} are due`);
    }
  }

  private counter(i: number, column: string, table: TableMetadata): void {
    const { row } = this;
    if (row.cellFlags[i] === CellFlag.DELETED) return;
    if (row.cellFlags[i] === 0 && isContext(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i])) return;
    throw refused(table, `column ${column} is a counter: it is written by UPDATE alone`);
  }

  /** Cells come by column and by path, none twice, a deletion of the column before its cells. */
  private order(i: number, column: string, isStatic: boolean, paths: PathOrder, table: TableMetadata): void {
    const { row } = this;
    const before = row.cellColumn[i - 1];
    const here = row.cellColumn[i];
    if (before < here) return;
    const isDeletion = (row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0;
    const afterDeletion = (row.cellFlags[i - 1] & CellFlag.COMPLEX_DELETION) !== 0;
    const inOrder =
      before === here &&
      !isDeletion &&
      (afterDeletion || (paths.isComplex(isStatic, here) && paths.compare(isStatic, here, row, i - 1, row, i) < 0));
    if (!inOrder) throw refused(table, `cells of column ${column} are not in order`);
  }
}

function checkDeletion(deletion: DeletionTime, table: TableMetadata): void {
  checkTimestamp(deletion.hi, deletion.lo, table);
  checkDeletionTime(deletion.localDeletionTime, table);
}

function checkTimestamp(hi: number, lo: number, table: TableMetadata): void {
  if (hi === -0x80000000 && (lo | 0) === 0) throw refused(table, 'the timestamp -2^63 stands for none');
}

function checkTtl(ttl: number, expiration: number, table: TableMetadata): void {
  if (ttl < 1 || ttl > TTL_MAX) throw refused(table, `a TTL of ${ttl} seconds is not between 1 and ${TTL_MAX}`);
  checkDeletionTime(expiration, table);
}

function checkDeletionTime(seconds: number, table: TableMetadata): void {
  if (seconds > DELETION_TIME_MAX || seconds === NO_DELETION_TIME) {
    throw refused(table, `${seconds} seconds can't be written as the time of a deletion`);
  }
}

function refused(table: TableMetadata, why: string): InvalidRequestError {
  return new InvalidRequestError(`Mutation of ${table} refused: ${why}`, undefined, { table: table.toString() });
}
