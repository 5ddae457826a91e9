import { ByteWriter } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { BoundKind, ClusteringBound, type HashedKey, hashKey, type Slice, type UnfilteredCursor } from '@cassette/sstable';
import { KWayMerger } from '../merge/index.ts';
import { type Binding, TermState } from '../prepared/binding.ts';
import { PARTITION_KEY_BYTES_MAX } from '../prepared/restrictions/partition-key.ts';
import type { BoundTerm } from '../prepared/terms/index.ts';
import { ResultBuilder, type ResultSet } from '../result/index.ts';
import { RowView } from './row-view.ts';
import { LiveRows } from './rows/index.ts';
import type { SelectPlan } from './select-plan.ts';

/** Where single rows are read. */
export interface PointSource {
  /** See `WriteEngine.readPoint`. */
  readPoint(table: TableMetadata, key: HashedKey, slices: readonly Slice[] | null): UnfilteredCursor | null | undefined;
}

/**
 * Answers a SELECT that names one row by its whole primary key, with parts that are used again for every execution: of a row that one SSTable
 * has, planning, cursors and a merge of one would cost four times what reading it does. Where it takes more, it says so, and the SELECT is
 * executed as any other.
 */
export class PointSelect {
  private readonly plan: SelectPlan;
  private readonly keyTerms: readonly BoundTerm[];
  private readonly clusteringTerms: readonly BoundTerm[];
  /** Limits that are looked at each time: those of a text whose constants were taken for values are bound as well. */
  private readonly limits: readonly BoundTerm[];
  /** What `rows` go through between two reads: a cursor that they held on to would keep its SSTable in memory. */
  private readonly nothing: UnfilteredCursor;
  private readonly rows: LiveRows;
  private readonly view: RowView;
  private builder: ResultBuilder;
  private spare: ResultBuilder | null = null;
  private readonly out = new ByteWriter(64);
  private readonly value = new ByteWriter(64);

  private constructor(plan: SelectPlan, keyTerms: readonly BoundTerm[], clusteringTerms: readonly BoundTerm[]) {
    this.plan = plan;
    this.keyTerms = keyTerms;
    this.clusteringTerms = clusteringTerms;
    this.limits = [plan.limit, plan.perPartitionLimit].filter((limit) => limit !== null);
    this.nothing = new KWayMerger(plan.table, []);
    this.rows = new LiveRows(plan.table, this.nothing, false, 0);
    this.view = new RowView(plan.table, this.rows);
    this.builder = new ResultBuilder(plan.columns);
  }

  /** The one of a plan, made once; null for what names no single row, or is more than its values. */
  static of(plan: SelectPlan): PointSelect | null {
    let point = points.get(plan);
    if (point === undefined) {
      point = make(plan, (key, clustering) => new PointSelect(plan, key, clustering));
      points.set(plan, point);
    }
    return point;
  }

  /** The answer; null where this way does not lead to it: see {@link answer}. */
  result(source: PointSource, binding: Binding): ResultSet | null {
    const { builder } = this;
    builder.restart();
    const result = this.answer(source, binding, builder) ? builder.finish() : null;
    if (builder.bytesHeld > SPARE_BYTES_MAX) this.builder = new ResultBuilder(this.plan.columns);
    return result;
  }

  /** A builder for many answers, with the buffers of the last one: nobody else has it until it is given back. */
  takeBuilder(): ResultBuilder {
    const { spare } = this;
    this.spare = null;
    return spare ?? new ResultBuilder(this.plan.columns);
  }

  /** Takes it back. */
  giveBack(builder: ResultBuilder): void {
    builder.restart();
    if (builder.bytesHeld <= SPARE_BYTES_MAX) this.spare = builder;
  }

  /**
   * Appends the row to the answer, if there is one. False, and nothing is appended, where this way does not lead to it: what is bound is not
   * as usual, or several sources have to be merged. Throws InvalidRequestError, CorruptionError.
   */
  answer(source: PointSource, binding: Binding, builder: ResultBuilder): boolean {
    const { plan, rows, view } = this;
    for (const selector of plan.selectors) selector.check(binding);
    for (const limit of this.limits) if (!this.letsOneThrough(limit, binding)) return false;
    const key = this.key(binding);
    if (key === null) return false;
    let slices: readonly Slice[] | null = null;
    if (this.clusteringTerms.length > 0) {
      const clustering = this.clustering(binding);
      if (clustering === null) return false;
      const size = this.clusteringTerms.length;
      slices = [
        {
          start: new ClusteringBound(BoundKind.INCL_START_BOUND, size, clustering),
          end: new ClusteringBound(BoundKind.INCL_END_BOUND, size, clustering),
        },
      ];
    }
    const cursor = source.readPoint(plan.table, hashKey(key), slices);
    if (cursor === undefined) return false;
    if (cursor === null) return true;
    try {
      rows.restart(cursor, binding.nowInSeconds);
      if (!rows.nextPartition()) return true;
      view.beginPartition();
      if (!rows.nextRow()) return true;
      view.beginRow();
      for (const selector of plan.selectors) {
        if (selector.write(view, binding, builder.out)) builder.endCell();
        else builder.endNullCell();
      }
      return true;
    } finally {
      cursor.close();
      rows.restart(this.nothing, 0);
      view.leaveRow();
    }
  }

  /** Whether a limit is a number of rows: what is wrong with it is told by those who look at all of it. */
  private letsOneThrough(limit: BoundTerm, binding: Binding): boolean {
    const { out } = this;
    out.clear();
    if (!isValue(limit, binding, out) || out.length !== 4) return false;
    // Neither 0 nor negative.
    return out.buffer[0] < 0x80 && out.buffer.subarray(0, 4).some((byte) => byte > 0);
  }

  /** The partition key; null for values that make none. */
  private key(binding: Binding): Uint8Array | null {
    const { keyTerms, out } = this;
    out.clear();
    if (keyTerms.length === 1) {
      if (!isValue(keyTerms[0], binding, out)) return null;
    } else {
      for (const term of keyTerms) {
        const from = out.length;
        out.u16(0);
        if (!isValue(term, binding, out)) return null;
        const length = out.length - from - 2;
        out.buffer[from] = length >>> 8;
        out.buffer[from + 1] = length;
        out.u8(0);
      }
    }
    return out.length === 0 || out.length > PARTITION_KEY_BYTES_MAX ? null : out.toBytes();
  }

  /** The clustering as rows have it; null where a value is null or empty, or not of its type's length. */
  private clustering(binding: Binding): Uint8Array | null {
    const { clusteringTerms, out, value } = this;
    const { clustering } = this.plan.table;
    out.clear();
    // Every value is there.
    out.u8(0);
    for (let i = 0; i < clusteringTerms.length; i++) {
      value.clear();
      if (!isValue(clusteringTerms[i], binding, value) || value.length === 0) return null;
      const { fixedLength } = clustering[i].type;
      if (fixedLength < 0) out.unsignedVIntNumber(value.length);
      else if (value.length !== fixedLength) return null;
      out.bytesOf(value.buffer, 0, value.length);
    }
    return out.toBytes();
  }
}

const points = new WeakMap<SelectPlan, PointSelect | null>();

/** Bytes of buffers that are kept for the next answers. */
const SPARE_BYTES_MAX = 1 << 17;

/** A header of clusterings tells of 32 values. */
const CLUSTERING_MAX = 32;

function make(
  plan: SelectPlan,
  making: (key: readonly BoundTerm[], clustering: readonly BoundTerm[]) => PointSelect,
): PointSelect | null {
  const { json, distinct, aggregated, groupBy, sortBy, restrictions, table } = plan;
  if (json || distinct || aggregated || groupBy.length > 0 || sortBy.length > 0) return null;
  const row = restrictions.oneRow;
  return row === null || table.clustering.length > CLUSTERING_MAX ? null : making(row.key, row.clustering);
}

function isValue(term: BoundTerm, binding: Binding, out: ByteWriter): boolean {
  return term.write(binding, out) === TermState.VALUE;
}
