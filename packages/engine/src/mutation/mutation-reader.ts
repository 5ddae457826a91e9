import { ByteReader } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { type BoundKind, ClusteringBound, DeletionTime, type Row } from '@cassette/sstable';
import type { RangeTombstone } from '../deletion/range-tombstone-list.ts';
import { ALL_MUTATION_FLAGS, MUTATION_HEADER_SIZE, MUTATION_VERSION, MutationFlag } from './mutation-format.ts';
import { decodeRowBody } from './row-codec.ts';

const NO_RANGES: readonly RangeTombstone[] = [];
const NO_COLUMNS: readonly number[] = [];

/**
 * Walks over encoded mutations without an object a row: `begin` reads everything before the rows, `nextRow` each of them.
 * Reused. All methods throw CorruptionError for bytes that are no mutation.
 */
export class MutationReader {
  /** What is read. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the table id's 16 bytes begin. */
  tableIdFrom = 0;
  tokenHi = 0;
  tokenLo = 0;
  keyFrom = 0;
  keyTo = 0;
  /** LIVE if the partition is not deleted. */
  readonly partitionDeletion = new DeletionTime();
  /** Ids of columns that were named apart from those of cells. */
  columnIds: readonly number[] = NO_COLUMNS;
  /** Resolved, in order. Its bounds have their own bytes. */
  ranges: readonly RangeTombstone[] = NO_RANGES;
  /** Body of the static row; an empty range if there is none. */
  staticFrom = 0;
  staticTo = 0;
  /** Rows in all. */
  rowCount = 0;
  /** The row that `nextRow` moved to. */
  clusteringFrom = 0;
  clusteringTo = 0;
  bodyFrom = 0;
  bodyTo = 0;
  /** End of the mutation: where the next one begins. */
  end = 0;
  private read = 0;
  private readonly input: ByteReader;
  private readonly body: ByteReader;

  /** `file` is for messages. */
  constructor(file = 'mutation') {
    this.input = new ByteReader(this.bytes, file);
    this.body = new ByteReader(this.bytes, file);
  }

  /** Reads the mutation at `from`, up to its rows; it must end before or at `to`. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    const { input } = this;
    input.reset(bytes, from, to);
    const length = input.u32('mutation length');
    if (length > input.remaining || length < MUTATION_HEADER_SIZE - 4) {
      throw input.corrupt(`mutation length is ${length}, ${input.remaining} bytes are left`, from);
    }
    this.end = input.position + length;
    input.end = this.end;
    const version = input.u8('mutation version');
    if (version !== MUTATION_VERSION) {
      throw input.corrupt(`mutation version is ${version}, this Cassette reads ${MUTATION_VERSION}`, input.position - 1);
    }
    const flags = input.u8('mutation flags');
    if ((flags & ~ALL_MUTATION_FLAGS) !== 0) throw input.corrupt(`mutation flags are ${flags}`, input.position - 1);
    this.tableIdFrom = input.position;
    input.skip(16, 'table id');
    input.i64('token');
    this.tokenHi = input.hi;
    this.tokenLo = input.lo;
    const keyLength = input.length('key length');
    this.keyFrom = input.position;
    input.skip(keyLength, 'key');
    this.keyTo = input.position;
    if ((flags & MutationFlag.PARTITION_DELETION) !== 0) this.readDeletion(this.partitionDeletion);
    else this.partitionDeletion.setLive();
    this.columnIds = (flags & MutationFlag.COLUMNS) !== 0 ? this.readColumns() : NO_COLUMNS;
    this.ranges = (flags & MutationFlag.RANGES) !== 0 ? this.readRanges() : NO_RANGES;
    const staticLength = (flags & MutationFlag.STATIC_ROW) !== 0 ? input.length('static row length') : 0;
    this.staticFrom = input.position;
    input.skip(staticLength, 'static row');
    this.staticTo = input.position;
    this.read = 0;
    this.rowCount = (flags & MutationFlag.ROWS) !== 0 ? input.length('row count') : 0;
  }

  /** Moves to the next row; false when there is none. */
  nextRow(): boolean {
    const { input } = this;
    if (this.read === this.rowCount) {
      if (input.remaining !== 0) throw input.corrupt(`${input.remaining} bytes follow the mutation's last row`);
      return false;
    }
    this.read++;
    const clusteringLength = input.length('clustering length');
    this.clusteringFrom = input.position;
    input.skip(clusteringLength, 'clustering');
    this.clusteringTo = input.position;
    const bodyLength = input.length('row length');
    this.bodyFrom = input.position;
    input.skip(bodyLength, 'row');
    this.bodyTo = input.position;
    return true;
  }

  /** Fills `row` with the row at hand; its bytes are ranges of `bytes`. Returns how many cells were of unknown columns. */
  decodeRow(row: Row, table: TableMetadata): number {
    this.body.reset(this.bytes, this.bodyFrom, this.bodyTo);
    const leftOut = decodeRowBody(this.body, row, table, false);
    row.setClustering(this.bytes, this.clusteringFrom, this.clusteringTo);
    return leftOut;
  }

  /** The same for the static row, where there is one. */
  decodeStatic(row: Row, table: TableMetadata): number {
    this.body.reset(this.bytes, this.staticFrom, this.staticTo);
    return decodeRowBody(this.body, row, table, true);
  }

  private readColumns(): number[] {
    const columns: number[] = [];
    for (let n = this.input.length('column count'); n > 0; n--) columns.push(this.input.unsignedVIntNumber('column id'));
    return columns;
  }

  private readRanges(): RangeTombstone[] {
    const ranges: RangeTombstone[] = [];
    for (let n = this.input.length('range count'); n > 0; n--) {
      const start = this.readBound();
      const end = this.readBound();
      const deletion = new DeletionTime();
      this.readDeletion(deletion);
      ranges.push({ start, end, deletion });
    }
    return ranges;
  }

  private readBound(): ClusteringBound {
    const { input } = this;
    const kind = input.u8('bound kind');
    if (kind > 7) throw input.corrupt(`bound kind is ${kind}`, input.position - 1);
    const size = input.unsignedVIntNumber('bound size');
    return new ClusteringBound(kind as BoundKind, size, input.vintBytes('bound').slice());
  }

  private readDeletion(into: DeletionTime): void {
    const { input } = this;
    input.i64('deletion timestamp');
    const { hi, lo } = input;
    into.setTo(hi, lo, input.u32('local deletion time'));
  }
}
