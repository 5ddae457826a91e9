import type { Fact } from './facts.ts';
import { RichTable, textOf } from './rich-table.ts';

/** The tables that a store of the simulation always has beside rich ones. */
export const COUNTERS = 'counts';
export const CONDITIONAL = 'cond';
/** A table written at all durabilities; what it may hold is not told by a {@link World}. */
export const LOOSE = 'loose';

/** What a store may hold, but for {@link LOOSE}. A value: each change gives another one. */
export class World {
  /** By name. */
  readonly tables: ReadonlyMap<string, RichTable>;
  /** Of the table of counters, by `k/c`; null where there is none. */
  readonly counts: ReadonlyMap<string, number> | null;
  /** Of the table of conditional writes, by id; null where there is none. */
  readonly conditional: ReadonlyMap<number, number> | null;

  constructor(
    tables: ReadonlyMap<string, RichTable>,
    counts: ReadonlyMap<string, number> | null,
    conditional: ReadonlyMap<number, number> | null,
  ) {
    this.tables = tables;
    this.counts = counts;
    this.conditional = conditional;
  }

  /** The table of that name; throws where there is none. */
  table(name: string): RichTable {
    const found = this.tables.get(name);
    if (found === undefined) throw new Error(`The model has no table ${name}`);
    return found;
  }

  withTable(name: string, table: RichTable): World {
    return new World(new Map(this.tables).set(name, table), this.counts, this.conditional);
  }

  withoutTable(name: string): World {
    const tables = new Map(this.tables);
    tables.delete(name);
    return new World(tables, this.counts, this.conditional);
  }

  withFacts(name: string, facts: readonly Fact[]): World {
    return this.withTable(name, (this.tables.get(name) ?? new RichTable()).with(facts));
  }

  counted(row: string, by: number): World {
    return new World(this.tables, new Map(this.counts).set(row, (this.counts?.get(row) ?? 0) + by), this.conditional);
  }

  /** `value` null: the row is deleted. */
  set(id: number, value: number | null): World {
    const conditional = new Map(this.conditional);
    if (value === null) conditional.delete(id);
    else conditional.set(id, value);
    return new World(this.tables, this.counts, conditional);
  }

  /** What each table is to show, as text, by its name. */
  text(table: string, seconds: number): string {
    if (table === COUNTERS) return textOf([...(this.counts ?? [])].map(([row, n]) => `${row}:${n}`));
    if (table === CONDITIONAL) return textOf([...(this.conditional ?? [])].map(([id, value]) => `${id}:${value}`));
    const rich = this.tables.get(table);
    return rich === undefined ? 'no table' : rich.text(seconds);
  }

  get names(): string[] {
    const others = [this.counts === null ? [] : [COUNTERS], this.conditional === null ? [] : [CONDITIONAL]];
    return [...this.tables.keys(), ...others.flat()];
  }
}
