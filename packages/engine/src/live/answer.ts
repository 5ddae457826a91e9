import { CassetteError, compareBytes } from '@cassette/bytes';
import type { ResultSet } from '../result/index.ts';
import type { SelectObserver } from '../select/index.ts';
import type { RowView } from '../select/row-view.ts';
import type { LiveRow } from '../select/rows/index.ts';
import type { IdentifiedRows } from './diff-rows.ts';
import { NEVER, soonestExpiry } from './expiry.ts';
import { type PlacedKey, placedKey } from './interest.ts';
import { encodedRows } from './row-update.ts';
import { SUBSCRIPTION_BYTES_MAX } from './subscription-limits.ts';

/** What a partition has to the answer, and when that may change by itself. */
export interface PartitionAnswer extends PlacedKey, IdentifiedRows {
  /** Seconds since the epoch. */
  readonly expires: number;
}

/** What a partition has to an answer while that is read. */
interface Found {
  readonly key: Uint8Array;
  /** Its first row. */
  readonly from: number;
  expires: number;
}

/**
 * Gathers an answer, partition by partition or as a whole, and when the first of what it was made from expires. Rows that a filter leaves
 * out are not looked at: what expires can only take a row out of an answer, for nothing can be asked for by its absence.
 */
export class AnswerReader implements SelectObserver {
  private readonly rowsMax: number;
  private readonly isWhole: boolean;
  private readonly found: Found[] = [];
  private ids: readonly string[] = [];

  /** `isWhole`: partitions need not be told apart. */
  constructor(rowsMax: number, isWhole: boolean) {
    this.rowsMax = rowsMax;
    this.isWhole = isWhole;
  }

  row(view: RowView, row: LiveRow | null, statics: LiveRow, count: number): void {
    if (count > this.rowsMax) throw tooLarge(this.rowsMax);
    const partition = this.partitionOf(view, count);
    partition.expires = Math.min(partition.expires, soonestExpiry(statics), row === null ? NEVER : soonestExpiry(row));
  }

  answered(ids: readonly string[]): void {
    this.ids = ids;
  }

  /** The partitions that have rows. */
  partitions(result: ResultSet): PartitionAnswer[] {
    this.check(result);
    return this.found.map(({ key, from, expires }, i) => {
      const to = this.found[i + 1]?.from ?? result.rowLength;
      return { ...placedKey(key), ids: this.ids.slice(from, to), rows: encodedRows(result, from, to), expires };
    });
  }

  /** All rows as those of one partition, for an answer that no partition can be told apart in. */
  whole(result: ResultSet): PartitionAnswer {
    this.check(result);
    return { ...emptyPartition(NO_KEY), ids: this.ids, rows: encodedRows(result), expires: this.found[0]?.expires ?? NEVER };
  }

  private partitionOf(view: RowView, count: number): Found {
    const { keyBytes, keyFrom, keyTo } = view;
    const last = this.found[this.found.length - 1];
    if (last !== undefined && (this.isWhole || compareBytes(last.key, 0, last.key.length, keyBytes, keyFrom, keyTo) === 0)) {
      return last;
    }
    const next = { key: keyBytes.slice(keyFrom, keyTo), from: count, expires: NEVER };
    this.found.push(next);
    return next;
  }

  private check(result: ResultSet): void {
    if (result.rowLength > this.rowsMax) throw tooLarge(this.rowsMax);
  }
}

/** A partition that has no rows. */
export function emptyPartition(key: Uint8Array): PartitionAnswer {
  return { ...placedKey(key), ids: [], rows: [], expires: NEVER };
}

const NO_KEY = new Uint8Array(0);

/** Bytes that partitions' rows take together. Throws CassetteError SUBSCRIPTION_TOO_LARGE where these are too many, or the rows are. */
export function checkSize(partitions: readonly PartitionAnswer[], rowsMax: number): void {
  let rows = 0;
  let bytes = 0;
  for (const partition of partitions) {
    rows += partition.rows.length;
    for (const row of partition.rows) bytes += row.length;
  }
  if (rows > rowsMax) throw tooLarge(rowsMax);
  if (bytes > SUBSCRIPTION_BYTES_MAX) {
    throw new CassetteError(
      'SUBSCRIPTION_TOO_LARGE',
      `The rows of a subscription take ${bytes} bytes, more than ${SUBSCRIPTION_BYTES_MAX}: select fewer columns or rows`,
      { bytes, limit: SUBSCRIPTION_BYTES_MAX },
    );
  }
}

function tooLarge(limit: number): CassetteError {
  return new CassetteError(
    'SUBSCRIPTION_TOO_LARGE',
    `A subscription has more than ${limit} rows: restrict its SELECT by WHERE or LIMIT, or set maxRows`,
    { limit },
  );
}
