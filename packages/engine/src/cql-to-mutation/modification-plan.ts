import { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError, ListType, type Place, pointedAt, type TableMetadata } from '@cassette/cql';
import type { MutationBuilder } from '../mutation/index.ts';
import { type Binding, TermState } from '../prepared/binding.ts';
import { checkPartitionKeySize, PARTITION_KEY_BYTES_MAX, type StatementRestrictions } from '../prepared/restrictions/index.ts';
import { type BoundTerm, missingKeyValue } from '../prepared/terms/index.ts';
import type { LiveRow } from '../select/rows/index.ts';
import type { Attributes } from './attributes.ts';
import { ClusteringWriter } from './clustering-writer.ts';
import type { Conditions } from './conditions.ts';
import type { MutationCollector } from './mutation-collector.ts';
import type { Operation } from './operation.ts';
import type { RowWriter } from './row-writer.ts';

/** Reads one row (of `clustering`, or the static one for null) as it is now; null where there is none. */
export type RowReader = (table: TableMetadata, key: Uint8Array, clustering: Uint8Array | null) => LiveRow | null;

/** Where the mutations of a statement go, and what it may ask. */
export interface ModificationTarget {
  readonly collector: MutationCollector;
  readonly writer: RowWriter;
  readonly readRow: RowReader;
  /** Timestamp of statements that say none: microseconds, as words. Of many rows each may have its own. */
  hi: number;
  lo: number;
}

/** What all modifications are made of. */
export interface ModificationParts {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly table: TableMetadata;
  /** Where the statement begins. */
  readonly where: Place;
  readonly attributes: Attributes;
  readonly regular: readonly Operation[];
  readonly statics: readonly Operation[];
  readonly conditions: Conditions | null;
}

/** INSERT, UPDATE or DELETE, ready to be bound. Cassandra: statements.ModificationStatement. */
export abstract class ModificationPlan {
  readonly parts: ModificationParts;
  /** Whether rows must be read first. */
  readonly requiresRead: boolean;
  private readonly regularSplits: readonly boolean[];
  private readonly staticSplits: readonly boolean[];
  /**
   * Whether what is done to static columns is to be seen as often as it is done. Cassandra does it once for each row that a
   * statement names: counters count as often, and lists get their elements, each under an id of its own, as often.
   */
  protected readonly addsToStatics: boolean;
  protected readonly key = new ByteWriter(64);

  constructor(parts: ModificationParts) {
    this.parts = parts;
    this.requiresRead = [...parts.regular, ...parts.statics].some((operation) => operation.requiresRead);
    this.regularSplits = splits(parts.regular);
    this.staticSplits = splits(parts.statics);
    this.addsToStatics =
      parts.table.isCounter || parts.statics.some(({ column: { type } }) => type instanceof ListType && type.isMultiCell);
  }

  /** The table it changes. */
  get table(): TableMetadata {
    return this.parts.table;
  }

  /** Adds its updates to the target. Throws InvalidRequestError; the target is then of no use. */
  execute(binding: Binding, target: ModificationTarget): void {
    try {
      this.addUpdates(binding, target);
    } catch (error) {
      throw pointedAt(error, this.parts.where);
    }
  }

  /** Begins to write at the statement's timestamp; USING is not looked at before it is known that something is written. */
  protected begin(binding: Binding, target: ModificationTarget): void {
    const { attributes, table, kind } = this.parts;
    const own = attributes.readTimestamp(binding);
    const ttl = kind === 'delete' ? 0 : attributes.timeToLive(binding, table.params.defaultTimeToLive);
    const hi = own ? attributes.hi : target.hi;
    const lo = own ? attributes.lo : target.lo;
    target.writer.begin(binding, table, hi, lo, ttl, attributes.ttlWhere);
  }

  /** Whether it is about rows, and not about the static row or the partition alone. Cassandra: #updatesRegularRows. */
  abstract get touchesRows(): boolean;

  /** Throws InvalidRequestError where it names rows by IN: in a write with conditions it must not. */
  checkOneRow(): void {
    // INSERT names one.
  }

  /** Throws InvalidRequestError where the values that name its row are none: in a batch with conditions all rows are named first. */
  abstract checkRow(binding: Binding): void;

  /** The key of the one partition that the statement is about, for conditions. */
  abstract keyOf(binding: Binding): Uint8Array;

  /** The one row that the statement is about, for conditions: its key, and its clustering (null for the static row). */
  abstract rowOf(binding: Binding): { readonly key: Uint8Array; readonly clustering: Uint8Array | null };

  protected abstract addUpdates(binding: Binding, target: ModificationTarget): void;

  /** The static row's part, if there is one. */
  protected writeStatics(target: ModificationTarget, builder: MutationBuilder, key: Uint8Array): void {
    const { statics, table } = this.parts;
    if (statics.length === 0) return;
    const { writer } = target;
    if (this.requiresRead) writer.keepPending(() => target.readRow(table, key, null));
    writer.beginStaticRow(builder);
    runOperations(writer, statics, this.staticSplits);
    writer.endRow();
  }

  /** A row's part: INSERT's liveness and the operations. */
  protected writeRegular(
    target: ModificationTarget,
    builder: MutationBuilder,
    key: Uint8Array,
    clustering: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { regular, table, kind } = this.parts;
    const { writer } = target;
    if (this.requiresRead) {
      const own = clustering.slice(from, to);
      writer.keepPending(() => target.readRow(table, key, own));
    }
    writer.beginRow(builder, clustering, from, to);
    if (kind === 'insert') writer.liveness();
    runOperations(writer, regular, this.regularSplits);
    writer.endRow();
  }
}

/** For each operation whether another one before it may have left cells of the same column. */
function splits(operations: readonly Operation[]): readonly boolean[] {
  return operations.map((operation, i) => operations.slice(0, i).some((before) => before.column === operation.column));
}

function runOperations(writer: RowWriter, operations: readonly Operation[], split: readonly boolean[]): void {
  for (let i = 0; i < operations.length; i++) {
    if (split[i]) writer.splitRow();
    operations[i].execute(writer);
  }
}

/** INSERT: one row, its key and clustering written straight from the terms. */
export class InsertPlan extends ModificationPlan {
  private readonly keyTerms: readonly BoundTerm[];
  /** Null where only static columns are written. */
  private readonly clusteringTerms: readonly BoundTerm[] | null;
  private readonly clustering: ClusteringWriter;

  constructor(parts: ModificationParts, keyTerms: readonly BoundTerm[], clusteringTerms: readonly BoundTerm[] | null) {
    super(parts);
    this.keyTerms = keyTerms;
    this.clusteringTerms = clusteringTerms;
    this.clustering = new ClusteringWriter(parts.table.clustering);
  }

  override get touchesRows(): boolean {
    return this.clusteringTerms !== null;
  }

  override checkRow(binding: Binding): void {
    if (this.clusteringTerms !== null) this.clustering.write(this.clusteringTerms, binding);
  }

  override keyOf(binding: Binding): Uint8Array {
    this.writeKey(binding);
    return this.key.toBytes();
  }

  override rowOf(binding: Binding): { readonly key: Uint8Array; readonly clustering: Uint8Array | null } {
    const key = this.keyOf(binding);
    if (this.clusteringTerms !== null) this.clustering.write(this.clusteringTerms, binding);
    return {
      key,
      clustering: this.clusteringTerms === null ? null : this.clustering.out.toBytes(),
    };
  }

  private writeKey(binding: Binding): void {
    const { key, keyTerms } = this;
    const { partitionKey } = this.table;
    const single = keyTerms.length === 1;
    key.clear();
    for (let i = 0; i < keyTerms.length; i++) {
      const at = key.length;
      if (!single) key.u16(0);
      const state = keyTerms[i].write(binding, key);
      if (state !== TermState.VALUE) {
        throw missingKeyValue(state, partitionKey[i].name, partitionKey[i].type, keyTerms[i].where);
      }
      if (single) continue;
      const size = key.length - at - 2;
      if (size > PARTITION_KEY_BYTES_MAX) checkPartitionKeySize(size, keyTerms[i].where);
      key.buffer[at] = size >> 8;
      key.buffer[at + 1] = size;
      key.u8(0);
    }
    checkPartitionKeySize(key.length, keyTerms[0].where);
  }

  protected override addUpdates(binding: Binding, target: ModificationTarget): void {
    this.begin(binding, target);
    this.writeKey(binding);
    const { key, clusteringTerms, clustering } = this;
    if (clusteringTerms !== null) clustering.write(clusteringTerms, binding);
    const builder = target.collector.builder(this.table, key.buffer, 0, key.length);
    const keyBytes = this.requiresRead ? key.toBytes() : NONE;
    if (clusteringTerms !== null) {
      this.writeRegular(target, builder, keyBytes, clustering.out.buffer, 0, clustering.out.length);
    }
    this.writeStatics(target, builder, keyBytes);
  }
}

const NONE = new Uint8Array(0);

/** UPDATE, and DELETE of columns or of whole rows, ranges and partitions. */
export class RestrictedPlan extends ModificationPlan {
  private readonly restrictions: StatementRestrictions;
  /** DELETE without columns. */
  private readonly deletesRows: boolean;

  constructor(parts: ModificationParts, restrictions: StatementRestrictions, deletesRows: boolean) {
    super(parts);
    this.restrictions = restrictions;
    this.deletesRows = deletesRows;
  }

  override get touchesRows(): boolean {
    return this.table.clustering.length === 0 || this.restrictions.restrictsClustering;
  }

  override checkOneRow(): void {
    const { restrictions } = this;
    if (!restrictions.keysAreIn && !restrictions.hasClusteringIn) return;
    const which = restrictions.keysAreIn ? 'partition' : 'clustering';
    throw new InvalidRequestError(
      `IN on the ${which} key columns is not supported in a batch with conditions`,
      restrictions.inWhere,
    );
  }

  override checkRow(binding: Binding): void {
    if (this.touchesRows && this.restrictions.namesRows) this.restrictions.clusterings(binding);
  }

  override keyOf(binding: Binding): Uint8Array {
    return this.restrictions.partitionKeys(binding)[0];
  }

  override rowOf(binding: Binding): { readonly key: Uint8Array; readonly clustering: Uint8Array | null } {
    return { key: this.keyOf(binding), clustering: this.touchesRows ? this.restrictions.clusterings(binding)[0] : null };
  }

  protected override addUpdates(binding: Binding, target: ModificationTarget): void {
    const { restrictions, table } = this;
    const keys = restrictions.partitionKeys(binding);
    if (this.deletesRows && !restrictions.namesRows && restrictions.restrictsClustering) {
      const slices = restrictions.slices(binding) ?? [];
      if (slices.length === 0) return;
      this.begin(binding, target);
      for (const key of keys) {
        const builder = target.collector.builder(table, key, 0, key.length);
        for (const slice of slices) builder.addRangeTombstone(slice, target.writer.deletion);
      }
      return;
    }
    const clusterings = this.touchesRows ? restrictions.clusterings(binding) : [];
    // Where rows are named and there are none (`c IN ()`), nothing is done to the static row either.
    if (this.touchesRows && clusterings.length === 0) return;
    this.begin(binding, target);
    for (const key of keys) {
      const builder = target.collector.builder(table, key, 0, key.length);
      if (this.deletesRows) {
        this.deleteRows(target, builder, clusterings);
        continue;
      }
      if (this.parts.kind === 'update' || this.parts.regular.length > 0) {
        for (const clustering of clusterings) this.writeRegular(target, builder, key, clustering, 0, clustering.length);
      }
      const times = this.addsToStatics ? Math.max(1, clusterings.length) : 1;
      for (let n = 0; n < times; n++) this.writeStatics(target, builder, key);
    }
  }

  private deleteRows(target: ModificationTarget, builder: MutationBuilder, clusterings: readonly Uint8Array[]): void {
    const { writer } = target;
    if (this.table.clustering.length === 0 || !this.touchesRows) {
      builder.partitionDeletion(writer.deletion.hi, writer.deletion.lo, writer.deletion.localDeletionTime);
      return;
    }
    for (const clustering of clusterings) {
      writer.beginRow(builder, clustering, 0, clustering.length);
      writer.deleteRow();
      writer.endRow();
    }
  }
}
