import { ByteReader, ByteWriter, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import {
  type ColumnMetadata,
  InvalidRequestError,
  type Place,
  pointedAt,
  type Relation,
  type TableMetadata,
} from '@cassette/cql';
import { isTokenWithin, type Slice, type TokenRange } from '@cassette/sstable';
import { type Binding, TermState } from '../binding.ts';
import { rareForms } from '../rare-forms-part.ts';
import type { StatementContext } from '../statement-context.ts';
import type { BoundTerm } from '../terms/index.ts';
import { ClusteringSlices, checkCombinations } from './clustering-slices.ts';
import { checkClusteringSize, checkPartitionKeySize, writePartitionKey } from './partition-key.ts';
import { prepareRelation } from './prepare-relation.ts';
import { mergeRestrictions, type Restriction, type TokenRestriction } from './restriction.ts';
import type { bindFilter, RowPredicate } from './row-filter.ts';
import { TermSource } from './value-source.ts';

/** The message for what only a look at every row could answer. */
export const ALLOW_FILTERING_MESSAGE =
  'Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. ' +
  'If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING';

/** What is asked of restrictions besides the relations themselves. */
export interface RestrictionOptions {
  readonly statement: 'SELECT' | 'UPDATE' | 'DELETE';
  readonly allowFiltering: boolean;
  /** Of the statement: what is pointed at where it has no WHERE. */
  readonly pos: number;
  /** The statement selects, changes or deletes static columns only. */
  readonly onlyStatic: boolean;
  /** SELECT DISTINCT, which looks at partitions and not at rows. */
  readonly distinct?: boolean;
}

/**
 * A WHERE that was understood: which partitions, which clusterings, and what must be tested row by row. What isn't
 * understood, or would need a look at all rows without ALLOW FILTERING, is refused here and never widened.
 * Cassandra: restrictions.StatementRestrictions.
 */
export class StatementRestrictions {
  readonly table: TableMetadata;
  private readonly isSelect: boolean;
  /** Restrictions of the partition key, in its order; null where one is not restricted. */
  private readonly key: (Restriction | null)[];
  private token: TokenRestriction | null = null;
  /** Restrictions of clustering columns in the order of their first column. */
  private clustering: Restriction[] = [];
  private others: Restriction[] = [];
  private readonly keyNeedsFilter: boolean;
  private readonly sliced: readonly Restriction[];
  private readonly filters: readonly Restriction[];
  private readonly bindFilter: typeof bindFilter | null;
  private readonly slicer: ClusteringSlices;
  /** Where the WHERE begins, or the statement where it has none. */
  private readonly where: Place;

  constructor(context: StatementContext, table: TableMetadata, where: readonly Relation[], options: RestrictionOptions) {
    this.table = table;
    this.isSelect = options.statement === 'SELECT';
    this.where = context.place(where[0]?.pos ?? options.pos);
    this.slicer = new ClusteringSlices(table);
    this.key = table.partitionKey.map(() => null);
    for (const relation of where) this.add(context, relation, options);
    this.keyNeedsFilter = this.checkPartitionKey(context, options);
    if (options.distinct === true && !this.readsFullPartitions) {
      throw context.invalid(
        'SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns.',
        this.where.position,
      );
    }
    if (options.onlyStatic && this.clustering.length > 0) {
      throw context.invalid(
        options.statement === 'SELECT'
          ? 'Cannot restrict clustering columns when selecting only static columns'
          : `Invalid restrictions on clustering columns since the ${options.statement} statement modifies only static columns`,
        this.clustering[0].where.position,
      );
    }
    this.sliced = this.slicedPart();
    this.checkClustering(context, options);
    const clusteringFilters = this.clustering.filter((restriction) => !this.sliced.includes(restriction));
    if (this.others.length > 0) this.checkOthers(context, options);
    this.filters = [
      ...(this.keyNeedsFilter ? this.key.filter((restriction) => restriction !== null) : []),
      ...clusteringFilters,
      ...this.others,
    ];
    // Asked for now: planning may wait for it, reading not.
    this.bindFilter = this.filters.length === 0 ? null : rareForms.module.bindFilter;
  }

  private add(context: StatementContext, relation: Relation, { statement, allowFiltering }: RestrictionOptions): void {
    if (statement !== 'SELECT' && relation.kind === 'column' && relation.operator.startsWith('CONTAINS')) {
      throw context.invalid(`Cannot use ${statement} with ${relation.operator}`, relation.pos);
    }
    const prepared = prepareRelation(context, this.table, relation);
    if (prepared.of === 'token') {
      this.addToken(context, prepared.restriction, relation.pos);
      return;
    }
    const merged = (a: Restriction | null | undefined, b: Restriction) => {
      if (a === null || a === undefined) return b;
      const both = mergeRestrictions(a, b);
      if (typeof both === 'string') throw context.invalid(both, relation.pos);
      return both;
    };
    const { restriction } = prepared;
    const [first] = restriction.columns;
    if (first.kind === 'partition_key') {
      this.key[first.position] = merged(this.key[first.position], restriction);
      return;
    }
    const list = first.kind === 'clustering' ? this.clustering : this.others;
    const known = list.filter((other) => other.columns.some((column) => restriction.columns.includes(column)));
    if (first.kind === 'clustering' && !allowFiltering && list.length > 0) {
      this.checkAfterSlice(context, list, restriction, relation.pos);
    }
    const rest = list.filter((other) => !known.includes(other));
    const next = [...rest, known.reduce((sum, other) => merged(other, sum), restriction)];
    next.sort((a, b) => a.columns[0].position - b.columns[0].position);
    if (first.kind === 'clustering') this.clustering = next;
    else this.others = next;
  }

  private checkAfterSlice(context: StatementContext, list: readonly Restriction[], added: Restriction, pos: number): void {
    const last = list[list.length - 1];
    const lastFirst = last.columns[0];
    const [first] = added.columns;
    if (last.kind === 'slice' && first.position > lastFirst.position && !last.columns.includes(first)) {
      throw context.invalid(
        `Clustering column "${first.name}" cannot be restricted (preceding column "${lastFirst.name}" is restricted by a non-EQ relation)`,
        pos,
      );
    }
    if (first.position < lastFirst.position && added.kind === 'slice' && !added.columns.includes(lastFirst)) {
      throw context.invalid(
        `PRIMARY KEY column "${lastFirst.name}" cannot be restricted (preceding column "${first.name}" is restricted by a non-EQ relation)`,
        pos,
      );
    }
  }

  private addToken(context: StatementContext, added: TokenRestriction, pos: number): void {
    const known = this.token;
    if (known === null) {
      this.token = added;
      return;
    }
    const names = this.table.partitionKey.map((column) => column.name).join(', ');
    if (known.start === known.end || added.start === added.end) {
      throw context.invalid(`${names} cannot be restricted by more than one relation if it includes an Equal`, pos);
    }
    if ((known.start !== null && added.start !== null) || (known.end !== null && added.end !== null)) {
      const which = known.start !== null ? 'start' : 'end';
      throw context.invalid(`More than one restriction was found for the ${which} bound on ${names}`, pos);
    }
    this.token = { start: known.start ?? added.start, end: known.end ?? added.end };
  }

  /** Whether the partition key must be tested row by row. */
  private checkPartitionKey(context: StatementContext, { statement, allowFiltering }: RestrictionOptions): boolean {
    const missing = this.table.partitionKey.filter((_, i) => this.key[i] === null);
    const sliced = this.key.find((restriction) => restriction?.kind === 'slice' || restriction?.kind === 'contains');
    if (statement !== 'SELECT') {
      if (this.token !== null) {
        throw context.invalid(
          `The token function cannot be used in WHERE clauses for ${statement} statements`,
          this.where.position,
        );
      }
      if (missing.length > 0) {
        throw context.invalid(
          `Some partition key parts are missing: ${missing.map((column) => column.name).join(', ')}. Restrict them by = or IN`,
          this.where.position,
        );
      }
      if (sliced) {
        throw context.invalid(
          `Only EQ and IN relation are supported on the partition key (unless you use the token() function) for ${statement} statements`,
          sliced.where.position,
        );
      }
      return false;
    }
    if (missing.length === this.key.length) return false;
    const needsFilter = missing.length > 0 || sliced !== undefined;
    if (needsFilter && !allowFiltering) {
      const cause = sliced ?? this.key.find((restriction) => restriction !== null);
      throw context.invalid(ALLOW_FILTERING_MESSAGE, (cause?.where ?? this.where).position);
    }
    return needsFilter;
  }

  /** The clustering restrictions that slices can express: each begins where the one before ended, nothing after a range. */
  private slicedPart(): readonly Restriction[] {
    const sliced: Restriction[] = [];
    let position = 0;
    for (const restriction of this.clustering) {
      if (restriction.kind === 'contains' || restriction.columns[0].position !== position) break;
      sliced.push(restriction);
      if (restriction.kind === 'slice') break;
      position += restriction.columns.length;
    }
    return sliced;
  }

  private checkClustering(context: StatementContext, { statement, allowFiltering, onlyStatic }: RestrictionOptions): void {
    if (statement === 'UPDATE') {
      const slice = this.clustering.find((restriction) => restriction.kind === 'slice');
      if (slice !== undefined) {
        throw context.invalid(
          'Slice restrictions are not supported on the clustering columns in UPDATE statements',
          slice.where.position,
        );
      }
      const restricted = this.clustering.flatMap((restriction) => restriction.columns);
      const missing = this.table.clustering.filter((column) => !restricted.includes(column));
      if (!onlyStatic && missing.length > 0) {
        throw context.invalid(
          `Some clustering keys are missing: ${missing.map((column) => column.name).join(', ')}. Restrict them by = or IN`,
          this.where.position,
        );
      }
      return;
    }
    const contains = this.clustering.find((restriction) => restriction.kind === 'contains');
    if (contains !== undefined && !allowFiltering) {
      throw context.invalid(
        'Clustering columns can only be restricted with CONTAINS with a secondary index or filtering',
        contains.where.position,
      );
    }
    if (allowFiltering) return;
    // Of a range of partitions each would have to be looked at.
    const isKeyRange = statement === 'SELECT' && !(this.key.every((restriction) => restriction !== null) && !this.keyNeedsFilter);
    if (isKeyRange && this.clustering.length > 0) {
      throw context.invalid(ALLOW_FILTERING_MESSAGE, this.clustering[0].where.position);
    }
    if (this.sliced.length === this.clustering.length) return;
    const restricted = this.clustering.flatMap((restriction) => restriction.columns);
    for (let i = 0; i < restricted.length; i++) {
      if (restricted[i] !== this.table.clustering[i]) {
        throw context.invalid(
          `PRIMARY KEY column "${restricted[i].name}" cannot be restricted as preceding column "${this.table.clustering[i].name}" is not restricted`,
          this.whereOf(restricted[i]).position,
        );
      }
    }
    const filtered = this.clustering.find((restriction) => !this.sliced.includes(restriction));
    throw context.invalid(ALLOW_FILTERING_MESSAGE, (filtered?.where ?? this.where).position);
  }

  /** Where a clustering column is restricted. */
  private whereOf(column: ColumnMetadata): Place {
    return this.clustering.find((restriction) => restriction.columns.includes(column))?.where ?? this.where;
  }

  private checkOthers(context: StatementContext, { statement, allowFiltering }: RestrictionOptions): void {
    if (statement !== 'SELECT') {
      const names = this.others.flatMap((restriction) => restriction.columns.map((column) => column.name));
      throw context.invalid(
        `Non PRIMARY KEY columns found in where clause: ${names.join(', ')}. ${statement} goes by the primary key; IF tests other columns`,
        this.others[0].where.position,
      );
    }
    if (!allowFiltering) throw context.invalid(ALLOW_FILTERING_MESSAGE, this.others[0].where.position);
  }

  /** Whether partitions are named by their keys. */
  get hasKeys(): boolean {
    return !this.keyNeedsFilter && this.key.every((restriction) => restriction !== null);
  }

  /** Whether more than one key may be named. */
  get keysAreIn(): boolean {
    return this.key.some((restriction) => restriction?.kind === 'in');
  }

  /** Where the IN of {@link keysAreIn} or {@link hasClusteringIn} is. */
  get inWhere(): Place {
    return [...this.key, ...this.clustering].find((restriction) => restriction?.kind === 'in')?.where ?? this.where;
  }

  /** Whether more than one clustering may be named by IN. */
  get hasClusteringIn(): boolean {
    return this.clustering.some((restriction) => restriction.kind === 'in');
  }

  /** Whether clustering columns are restricted. */
  get restrictsClustering(): boolean {
    return this.clustering.length > 0;
  }

  /** Whether a whole row is named: every clustering column by = or IN. */
  get namesRows(): boolean {
    const named = this.sliced.filter((restriction) => restriction.kind !== 'slice').flatMap((restriction) => restriction.columns);
    return named.length === this.table.clustering.length;
  }

  /** The terms of the partition key and of the clustering, where each column equals one term and nothing else is asked; else null. */
  get oneRow(): { readonly key: readonly BoundTerm[]; readonly clustering: readonly BoundTerm[] } | null {
    if (!this.hasKeys || this.token !== null || this.filtered || !this.namesRows) return null;
    const key = onlyTerms(this.key);
    const clustering = onlyTerms(this.sliced);
    return key === null || clustering === null ? null : { key, clustering };
  }

  /** Whether partitions are read as a whole, so that one with nothing but static columns is a row. */
  get readsFullPartitions(): boolean {
    return this.clustering.length === 0 && !this.others.some((restriction) => restriction.columns[0].kind === 'regular');
  }

  /** Whether rows must be tested. */
  get filtered(): boolean {
    return this.filters.length > 0;
  }

  /** Columns that rows are tested by. */
  get filteredColumns(): readonly ColumnMetadata[] {
    return this.filters.flatMap((restriction) => restriction.columns);
  }

  /** Whether the column is restricted by one value. */
  isEq(column: ColumnMetadata): boolean {
    return [...this.key, ...this.clustering].some((r) => r?.kind === 'eq' && r.columns.includes(column));
  }

  /** The encoded partition keys, each once. Throws InvalidRequestError for null, empty and too long ones. */
  partitionKeys(binding: Binding): readonly Uint8Array[] {
    const keys = this.uncheckedPartitionKeys(binding);
    this.checkPartitionKeys(keys);
    return keys;
  }

  /** {@link partitionKeys} of which some may be empty or too long. Throws InvalidRequestError for null. */
  uncheckedPartitionKeys(binding: Binding): readonly Uint8Array[] {
    try {
      return this.encodedKeys(binding);
    } catch (error) {
      throw pointedAt(error, this.key[0]?.where ?? this.where);
    }
  }

  /** Throws InvalidRequestError where a key is empty or too long. Cassandra: QueryProcessor#validateKey. */
  checkPartitionKeys(keys: readonly Uint8Array[]): void {
    for (const { length } of keys) checkPartitionKeySize(length, this.key[0]?.where ?? this.where);
  }

  private encodedKeys(binding: Binding): readonly Uint8Array[] {
    let keys: Uint8Array[][] = [[]];
    for (const restriction of this.key) {
      if (restriction === null || (restriction.kind !== 'eq' && restriction.kind !== 'in')) return [];
      const tuples = distinctValues(restriction.columns[0], restriction.source.tuples(binding));
      checkCombinations(keys.length * tuples.length);
      // Without values of one column nobody looks at those of the next.
      if (tuples.length === 0) return [];
      keys = keys.flatMap((components) => tuples.map((tuple) => [...components, tuple[0]]));
    }
    const encoded = keys.map((components) => {
      const out = new ByteWriter(32);
      writePartitionKey(out, components);
      return out.toBytes();
    });
    if (encoded.length < 2) return this.withinToken(encoded, binding);
    encoded.sort((a, b) => compareBytes(a, 0, a.length, b, 0, b.length));
    const distinct = encoded.filter(
      (key, i) => i === 0 || compareBytes(encoded[i - 1], 0, encoded[i - 1].length, key, 0, key.length) !== 0,
    );
    return this.withinToken(distinct, binding);
  }

  /** Those of some keys whose tokens are asked for; bounds that have changed places mean all outside of them. Cassandra: TokenFilter. */
  private withinToken(keys: readonly Uint8Array[], binding: Binding): readonly Uint8Array[] {
    if (this.token === null) return keys;
    const range = this.tokenBounds(binding);
    const { start, end } = range;
    const isTurned = start !== undefined && end !== undefined && compareInt64(start.hi, start.lo, end.hi, end.lo) > 0;
    return keys.filter((key) => {
      token(key);
      const hi = tokenWords[0];
      const lo = tokenWords[1];
      return isTurned ? isTokenWithin({ start }, hi, lo) || isTokenWithin({ end }, hi, lo) : isTokenWithin(range, hi, lo);
    });
  }

  /** The range of tokens; `{}` where the token is not restricted. */
  tokenRange(binding: Binding): TokenRange {
    const { start, end } = this.tokenBounds(binding);
    // The smallest token is no partition's, and as an end of what is scanned Cassandra takes it for "no end".
    const endless = end !== undefined && end.hi === -0x80000000 && end.lo === 0;
    return { ...(start && { start }), ...(end && !endless && { end }) };
  }

  private tokenBounds(binding: Binding): TokenRange {
    if (this.token === null) return {};
    const bound = (side: TokenRestriction['start']) => {
      if (side === null) return undefined;
      const input = new ByteReader(tokenValue(side.term, binding), 'token');
      input.i64('token');
      return { hi: input.hi, lo: input.lo, inclusive: side.inclusive };
    };
    const start = bound(this.token.start);
    const end = bound(this.token.end);
    return { ...(start && { start }), ...(end && { end }) };
  }

  /** The slices of clusterings to read or, of a DELETE, to delete, in stored order; undefined for all. */
  slices(binding: Binding): readonly Slice[] | undefined {
    try {
      return this.slicer.slices(this.sliced, binding, this.isSelect);
    } catch (error) {
      throw pointedAt(error, this.sliced[0]?.where ?? this.where);
    }
  }

  /** The clusterings of rows that are named one by one, each once: see {@link namesRows}. */
  clusterings(binding: Binding): readonly Uint8Array[] {
    try {
      return this.slicer.prefixes(this.sliced, binding).map((values) => {
        checkClusteringSize(values.reduce((sum, value) => sum + value.length, 0));
        return this.slicer.clustering(values);
      });
    } catch (error) {
      throw pointedAt(error, this.sliced[0]?.where ?? this.where);
    }
  }

  /** The test for each row; null where every row is wanted. */
  filter(binding: Binding): RowPredicate | null {
    return this.bindFilter?.(this.filters, binding) ?? null;
  }
}

/** The terms that columns are to equal, in the order of the columns; null where one is restricted otherwise. */
function onlyTerms(restrictions: readonly (Restriction | null)[]): readonly BoundTerm[] | null {
  const terms: BoundTerm[] = [];
  for (const restriction of restrictions) {
    if (restriction?.kind !== 'eq' || !(restriction.source instanceof TermSource)) return null;
    const { only } = restriction.source;
    if (only === null || restriction.columns.some(({ position }, i) => position !== terms.length + i)) return null;
    terms.push(...only);
  }
  return terms;
}

/** The 8 bytes of a token; null and unset are none. */
function tokenValue(term: BoundTerm, binding: Binding): Uint8Array {
  const out = new ByteWriter(8);
  const state = term.write(binding, out);
  if (state === TermState.VALUE) return out.toBytes();
  throw new InvalidRequestError(`Invalid ${state === TermState.NULL ? 'null' : 'unset'} token value: give a bigint`, term.where);
}

/**
 * The values of an IN without those that equal one before them by the order of their type: of 1.0 and 1.00 the first is left, although
 * they are keys of two partitions. Cassandra: db.MultiCBuilder, which gathers them in a set.
 */
function distinctValues(
  { type }: ColumnMetadata,
  tuples: readonly (readonly Uint8Array[])[],
): readonly (readonly Uint8Array[])[] {
  if (tuples.length < 2) return tuples;
  const order = tuples.map(([value], index) => ({ value, index }));
  const compare = (a: Uint8Array, b: Uint8Array) => type.compare(a, 0, a.length, b, 0, b.length);
  order.sort((a, b) => compare(a.value, b.value));
  const kept = order.filter(({ value }, i) => i === 0 || compare(order[i - 1].value, value) !== 0);
  return kept.map(({ index }) => tuples[index]);
}
