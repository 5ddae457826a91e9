/** A write of rows, as the tab knows it that asked for it. */
export interface TabWrite {
  readonly tab: number;
  readonly table: string;
  /** Each with its value; null: it is deleted. */
  readonly rows: ReadonlyMap<string, number | null>;
  /** Whether it is there as a whole or not at all. */
  readonly isAtomic: boolean;
  readonly sentAt: number;
  /** Infinite where nobody knows what became of it: then it may still be carried out. */
  acknowledgedAt: number;
}

/** A moment of a life, and what was counted by then. */
export interface TabMoment {
  readonly at: number;
  /** Increments that were acknowledged. */
  readonly counted: number;
  /** Increments that were asked for. */
  readonly asked: number;
}

/** What is looked at is of some moment between two: what was acknowledged before `from` is in it, what was asked for after `to` is not. */
export interface TabWindow {
  readonly from: TabMoment;
  readonly to: TabMoment;
}

/**
 * What several tabs asked one store for, and what it may show. Of two writes of the same row the later one stays where one tab asked for the
 * second after the first was acknowledged to it; which of two tabs was first is not said, for their clocks may tell the same millisecond.
 */
export class TabModel {
  private readonly writes: TabWrite[] = [];
  private moment = 0;
  /** Increments that were acknowledged, and those of which nobody knows. */
  private counted = 0;
  private perhapsCounted = 0;
  /** By what was claimed under a condition: the tab that was told it is its own. */
  private readonly claims = new Map<number, number>();

  /** How many writes were acknowledged. */
  get acknowledged(): number {
    return this.writes.filter(({ acknowledgedAt }) => acknowledgedAt < Number.POSITIVE_INFINITY).length;
  }

  /** This moment. */
  now(): TabMoment {
    return { at: ++this.moment, counted: this.counted, asked: this.counted + this.perhapsCounted };
  }

  /** A tab is about to ask for a write. */
  begin(tab: number, table: string, rows: ReadonlyMap<string, number | null>, isAtomic: boolean): TabWrite {
    const write = { tab, table, rows, isAtomic, sentAt: ++this.moment, acknowledgedAt: Number.POSITIVE_INFINITY };
    this.writes.push(write);
    return write;
  }

  /** It was told that it is done. */
  acknowledge(write: TabWrite): void {
    write.acknowledgedAt = ++this.moment;
  }

  /** An increment by one was asked for; `isCertain`: and acknowledged. */
  count(isCertain: boolean): void {
    if (isCertain) this.counted++;
    else this.perhapsCounted++;
  }

  /** An increment of which nobody knew was acknowledged. */
  countCertain(): void {
    this.perhapsCounted--;
    this.counted++;
  }

  /** A tab was told that something is its own. Throws where another one was told the same. */
  claim(what: number, tab: number): void {
    const other = this.claims.get(what);
    if (other !== undefined) throw new Error(`${what} was given to tab ${other} and to tab ${tab}`);
    this.claims.set(what, tab);
  }

  /** Rows of a table that must be there for a tab that asks now, as it was told that they are, and nobody deletes them. */
  mustSee(tab: number, table: string): string[] {
    return this.writes
      .filter((write) => write.tab === tab && write.table === table && write.acknowledgedAt < Number.POSITIVE_INFINITY)
      .flatMap(({ rows }) => [...rows.keys()]);
  }

  /** What is wrong with what a table shows, row by row: when nothing is under way any more, or at some moment of a window. */
  complaints(table: string, found: ReadonlyMap<string, number>, window?: TabWindow): string[] {
    const wrong: string[] = [];
    const writes = this.writesOf(table, window);
    const rows = new Set([...found.keys(), ...writes.flatMap((write) => [...write.rows.keys()])]);
    for (const row of rows) {
      const all = writes.filter((write) => write.rows.has(row));
      const may = all.filter((write) => !all.some((later) => later.tab === write.tab && isAfter(later, write)));
      const values = may.map((write) => write.rows.get(row) as number | null);
      if (!all.some(({ acknowledgedAt }) => acknowledgedAt < Number.POSITIVE_INFINITY)) values.push(null);
      const value = found.get(row) ?? null;
      if (!values.includes(value)) wrong.push(`${table} ${row} is ${value} and not ${[...new Set(values)].join(' or ')}`);
    }
    for (const write of writes.filter(({ isAtomic }) => isAtomic)) {
      const there = [...write.rows].filter(([row, value]) => found.get(row) === value).length;
      if (there > 0 && there < write.rows.size) wrong.push(`of ${[...write.rows.keys()].join(', ')} there are only ${there}`);
    }
    return wrong;
  }

  /** Writes as one knows them who has seen the store in a window; without one, all. */
  private writesOf(table: string, window: TabWindow | undefined): TabWrite[] {
    const writes = this.writes.filter((write) => write.table === table);
    if (window === undefined) return writes;
    return writes
      .filter(({ sentAt }) => sentAt < window.to.at)
      .map((write) => (write.acknowledgedAt < window.from.at ? write : { ...write, acknowledgedAt: Number.POSITIVE_INFINITY }));
  }

  /** What is wrong with the number of increments. */
  complaintsOfCount(found: number, window: TabWindow = { from: this.now(), to: this.now() }): string[] {
    const [least, most] = [window.from.counted, window.to.asked];
    return found < least || found > most ? [`${found} were counted, and not ${least} to ${most}`] : [];
  }

  /** What is wrong with the table of claims, by what is claimed. */
  complaintsOfClaims(found: ReadonlyMap<number, number>): string[] {
    return [...this.claims]
      .filter(([what, tab]) => found.get(what) !== tab)
      .map(([what, tab]) => `${what} was given to tab ${tab}, and is of ${found.get(what) ?? 'nobody'}`);
  }
}

/** Whether a write was asked for when the other one had been acknowledged, and was acknowledged itself. */
function isAfter(later: TabWrite, write: TabWrite): boolean {
  return later.acknowledgedAt < Number.POSITIVE_INFINITY && write.acknowledgedAt < later.sentAt;
}
