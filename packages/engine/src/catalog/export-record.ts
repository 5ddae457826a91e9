import type { CatalogValue } from '@cassette/storage';

// export/<number>   { id, since, createdAt, confirmedAt, tables, ranges, marks, types, droppedTold }

/** An export that the store remembers. */
export interface ExportRecord {
  /** Counts up, never given twice: what records of SSTables call it (`coveredBy`). */
  readonly number: number;
  /** A time-based UUID as text: what everybody else calls it. */
  readonly id: string;
  /** The export that it goes on from; null for one that stands by itself. */
  readonly since: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When somebody said that the cluster has it; milliseconds since the epoch, null: nobody did. */
  readonly confirmedAt: number | null;
  /** Ids of the tables that were asked for. */
  readonly tables: readonly string[];
  /** Tokens that were asked for, first and last of each range, as text; null: all of them. */
  readonly ranges: readonly (readonly [first: string, last: string])[] | null;
  /** What tells, by the ids of the tables, whether they were emptied or dropped since. Records of earlier versions have none. */
  readonly marks?: ExportMarks;
  /** Fields of the user types of these tables' keyspaces then, by `keyspace.type`. Records of earlier versions have none. */
  readonly types?: { readonly [name: string]: readonly string[] };
  /** Ids of the tables of exports before it of which it told that they were dropped: once is enough, for there may be another of that name. */
  readonly droppedTold?: readonly string[];
}

/** What an export remembers of a table. What earlier versions did not write down is absent. */
export interface ExportMark {
  /** `keyspace.table`. */
  readonly name: string;
  /** Whether it was emptied after the export. */
  readonly truncated: boolean;
  /** Its columns then: of the key in their order, and the others. */
  readonly keys?: readonly string[];
  readonly columns?: readonly string[];
  /** Checksums of its options then. */
  readonly options?: { readonly [name: string]: number };
}

/** By table. */
export type ExportMarks = { readonly [tableId: string]: ExportMark };

/** Records of exports that a table is in, saying that it was emptied; those only that did not say so yet. */
export function withTruncated(records: readonly ExportRecord[], tableId: string): readonly ExportRecord[] {
  return records.flatMap((record) => {
    const mark = record.marks?.[tableId];
    if (mark === undefined || mark.truncated) return [];
    return [{ ...record, marks: { ...record.marks, [tableId]: { ...mark, truncated: true } } }];
  });
}

/** Key of an export's record. */
export function exportKey(number: number): string {
  return `export/${number}`;
}

/** What the catalog keeps of it. */
export function exportToValue({ number: _, ...record }: ExportRecord): CatalogValue {
  const { tables, ranges, marks = {}, types = {}, droppedTold = [], ...plain } = record;
  const copied = { tables: [...tables], ranges: ranges === null ? null : ranges.map((range) => [...range]) };
  const plainMarks = Object.entries(marks).map(([id, { keys, columns, ...mark }]) => {
    const names = { ...(keys !== undefined && { keys: [...keys] }), ...(columns !== undefined && { columns: [...columns] }) };
    return [id, { ...mark, ...names }];
  });
  const plainTypes = Object.entries(types).map(([name, fields]) => [name, [...fields]]);
  const told = { ...(droppedTold.length > 0 && { droppedTold: [...droppedTold] }) };
  return { ...plain, ...copied, ...told, marks: Object.fromEntries(plainMarks), types: Object.fromEntries(plainTypes) };
}

/** Reads it again; null for what is no such record. */
export function exportFromValue(number: number, value: CatalogValue): ExportRecord | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const {
    id,
    since,
    createdAt,
    confirmedAt,
    tables,
    ranges,
    marks = {},
    types = {},
    droppedTold = [],
  } = value as {
    readonly [key: string]: CatalogValue;
  };
  if (!Number.isSafeInteger(number) || typeof id !== 'string' || typeof createdAt !== 'number') return null;
  if (since !== null && typeof since !== 'string') return null;
  if (confirmedAt !== null && typeof confirmedAt !== 'number') return null;
  if (!isTexts(tables) || !(ranges === null || (Array.isArray(ranges) && ranges.every(isRange)))) return null;
  if (!isMarks(marks) || !isTypes(types) || !isTexts(droppedTold)) return null;
  return {
    number,
    id,
    since,
    createdAt,
    confirmedAt,
    tables,
    ranges: ranges as ExportRecord['ranges'],
    marks: marks as unknown as ExportMarks,
    types: types as NonNullable<ExportRecord['types']>,
    ...(droppedTold.length > 0 && { droppedTold }),
  };
}

function isMarks(value: CatalogValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value as { readonly [key: string]: CatalogValue }).every((mark) => {
    const { name, truncated, keys = [], columns = [], options = {} } = (mark ?? {}) as { readonly [key: string]: CatalogValue };
    const isPlain = typeof name === 'string' && typeof truncated === 'boolean';
    return isPlain && isTexts(keys) && isTexts(columns) && typeof options === 'object' && options !== null;
  });
}

function isTypes(value: CatalogValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value as { readonly [key: string]: CatalogValue }).every(isTexts);
}

function isTexts(value: CatalogValue | undefined): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRange(value: CatalogValue): boolean {
  return isTexts(value) && value.length === 2 && value.every((one) => /^-?\d{1,19}$/.test(one));
}
