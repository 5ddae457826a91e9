import type { CellFact, DeletionFact, Fact } from './facts.ts';

/** A row as a SELECT of all columns sees it. */
export interface ModelRow {
  readonly k: number;
  /** Null: there is but the static row. */
  readonly c: number | null;
  readonly st: number | null;
  readonly v: number | null;
  /** `writetime(v)` and `ttl(v)`. */
  readonly written: number | null;
  readonly ttl: number | null;
  readonly t: string | null;
  /** Elements in the order of their keys: `1=2,4=7`; null where there is none. */
  readonly m: string | null;
  /** Values of the columns that were added, in the order of their names. */
  readonly added: readonly (number | null)[];
}

interface Row {
  liveness: { readonly timestamp: number; readonly expires: number } | null;
  mapDeletion: number;
  /** By column, or `m/path`. */
  readonly cells: ReadonlyMap<string, CellFact>;
}

interface Partition {
  readonly deletions: readonly DeletionFact[];
  readonly statics: CellFact | null;
  readonly rows: ReadonlyMap<number, Row>;
}

const noPartition: Partition = { deletions: [], statics: null, rows: new Map() };
const noRow: Row = { liveness: null, mapDeletion: -1, cells: new Map() };

/**
 * A model of a table `k int, c int, st int static, v int, t text, m map<int, int>, PRIMARY KEY (k, c)` and of int columns that were added.
 * A value: to add a fact is to get another one.
 */
export class RichTable {
  private readonly partitions: ReadonlyMap<number, Partition>;
  /** Columns that were added, sorted. */
  readonly added: readonly string[];
  private known: { readonly seconds: number; readonly text: string } | null = null;

  constructor(partitions: ReadonlyMap<number, Partition> = new Map(), added: readonly string[] = []) {
    this.partitions = partitions;
    this.added = added;
  }

  with(facts: readonly Fact[]): RichTable {
    const partitions = new Map(this.partitions);
    for (const fact of facts) partitions.set(fact.k, merged(partitions.get(fact.k) ?? noPartition, fact));
    return new RichTable(partitions, this.added);
  }

  withColumn(name: string): RichTable {
    return new RichTable(this.partitions, [...this.added, name].sort());
  }

  withoutColumn(name: string): RichTable {
    return new RichTable(
      this.partitions,
      this.added.filter((other) => other !== name),
    );
  }

  /** Without any row. */
  truncated(): RichTable {
    return new RichTable(new Map(), this.added);
  }

  /** All rows as text. */
  text(seconds: number): string {
    if (this.known?.seconds !== seconds) {
      const rows = this.rows(seconds).map((row) => JSON.stringify(row));
      this.known = { seconds, text: textOf([this.added.join(), ...rows]) };
    }
    return this.known.text;
  }

  /** All rows, by key and clustering. */
  rows(seconds: number): ModelRow[] {
    return [...this.partitions.keys()].sort((a, b) => a - b).flatMap((k) => this.rowsOf(k, seconds));
  }

  /** Of one partition, by clustering. */
  rowsOf(k: number, seconds: number): ModelRow[] {
    const { deletions, statics, rows } = this.partitions.get(k) ?? noPartition;
    const deletedUpTo = (c: number | null) =>
      deletions.reduce(
        (most, { range, timestamp }) =>
          range === null || (c !== null && range.from <= c && c < range.to) ? Math.max(most, timestamp) : most,
        -1,
      );
    const live = (cell: CellFact | null | undefined, deleted: number) =>
      cell != null && cell.value !== null && cell.timestamp > deleted && cell.expires > seconds ? cell : null;
    const st = live(statics, deletedUpTo(null));
    const found: ModelRow[] = [];
    for (const [c, row] of rows) {
      const deleted = deletedUpTo(c);
      const { liveness } = row;
      const cells = [...row.cells.values()].filter((cell) =>
        live(cell, cell.path === null ? deleted : Math.max(deleted, row.mapDeletion)),
      );
      const isThere = liveness !== null && liveness.timestamp > deleted && liveness.expires > seconds;
      const shown = cells.filter(({ column }) => column.length === 1 || this.added.includes(column));
      if (!isThere && shown.length === 0) continue;
      const of = (column: string) => shown.find((cell) => cell.column === column);
      const v = of('v');
      const elements = shown.filter(({ path }) => path !== null).sort((a, b) => (a.path as number) - (b.path as number));
      found.push({
        k,
        c,
        st: (st?.value ?? null) as number | null,
        v: (v?.value ?? null) as number | null,
        written: v?.timestamp ?? null,
        ttl: v === undefined || v.expires === Number.POSITIVE_INFINITY ? null : v.expires - seconds,
        t: (of('t')?.value ?? null) as string | null,
        m: elements.length === 0 ? null : elements.map(({ path, value }) => `${path}=${value}`).join(),
        added: this.added.map((name) => (of(name)?.value ?? null) as number | null),
      });
    }
    found.sort((a, b) => (a.c as number) - (b.c as number));
    if (found.length > 0 || st === null) return found;
    const none = { v: null, written: null, ttl: null, t: null, m: null, added: this.added.map(() => null) };
    return [{ k, c: null, st: st.value as number, ...none }];
  }
}

/** Lines in an order that is always the same. */
export function textOf(lines: readonly string[]): string {
  return [...lines].sort().join('\n');
}

function merged(partition: Partition, fact: Fact): Partition {
  if (fact.kind === 'deletion') return { ...partition, deletions: [...partition.deletions, fact] };
  if (fact.kind === 'cell' && fact.c === null) {
    const { statics } = partition;
    return statics !== null && statics.timestamp > fact.timestamp ? partition : { ...partition, statics: fact };
  }
  const c = fact.c as number;
  const row = partition.rows.get(c) ?? noRow;
  const rows = new Map(partition.rows);
  rows.set(c, mergedRow(row, fact));
  return { ...partition, rows };
}

function mergedRow(row: Row, fact: Exclude<Fact, DeletionFact>): Row {
  if (fact.kind === 'liveness') {
    return row.liveness !== null && row.liveness.timestamp > fact.timestamp ? row : { ...row, liveness: fact };
  }
  if (fact.kind === 'map') return { ...row, mapDeletion: Math.max(row.mapDeletion, fact.timestamp) };
  const key = fact.path === null ? fact.column : `${fact.column}/${fact.path}`;
  const before = row.cells.get(key);
  if (before !== undefined && before.timestamp > fact.timestamp) return row;
  return { ...row, cells: new Map(row.cells).set(key, fact) };
}
