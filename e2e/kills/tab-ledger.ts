/** What a tab was told of its calls, by kind: how many were acknowledged, and of how many nobody knows. Each kind has one call under way at a time. */
export interface TabAccount {
  readonly done: Readonly<Record<string, number>>;
  readonly lost: Readonly<Record<string, number>>;
}

/** What a store has of a tab. */
export interface TabRows {
  /** Numbers in `trail`. */
  readonly trail: readonly number[];
  /** Numbers in `swept`. */
  readonly swept: readonly number[];
  readonly newest: number | null;
  readonly count: number;
}

/** What tabs told of their calls, for a comparison with what their store has. */
export class TabLedger {
  private readonly accounts = new Map<number, { done: Record<string, number>; lost: Record<string, number> }>();
  private readonly ended = new Set<number>();

  /** What a page of e2e/pages/tab.js posted. */
  hear(url: URL, body: Buffer): null {
    const tab = Number(url.searchParams.get('tab'));
    const { kind } = JSON.parse(body.toString()) as { kind: string };
    const account = this.accounts.get(tab) ?? { done: {}, lost: {} };
    this.accounts.set(tab, account);
    const sums = url.pathname === '/tabs/done' ? account.done : account.lost;
    sums[kind] = (sums[kind] ?? 0) + 1;
    return null;
  }

  /** Tabs that were heard of. */
  get tabs(): readonly number[] {
    return [...this.accounts.keys()];
  }

  /** Calls that were acknowledged, of all tabs. */
  get acknowledged(): number {
    return [...this.accounts.values()].flatMap(({ done }) => Object.values(done)).reduce((sum, count) => sum + count, 0);
  }

  /** Calls of which nobody knows. */
  get lost(): number {
    return [...this.accounts.values()].flatMap(({ lost }) => Object.values(lost)).reduce((sum, count) => sum + count, 0);
  }

  /** A tab came to its end by itself, with nothing under way. */
  end(tab: number): void {
    this.ended.add(tab);
  }

  /** What is wrong with a tab's rows, in sentences. Of a tab that was ended one more call of each kind may have been carried out. */
  check(tab: number, { trail, swept, newest, count }: TabRows): string[] {
    const { done = {}, lost = {} }: Partial<TabAccount> = this.accounts.get(tab) ?? {};
    const more = this.ended.has(tab) ? 0 : 1;
    const wrong: string[] = [];
    const within = (what: string, value: number, least: number, most: number) => {
      if (value < least || value > most) wrong.push(`tab ${tab}: ${what} is ${value}, not from ${least} to ${most}`);
    };
    const rows = done['trail'] ?? 0;
    within('rows of its trail', trail.length, rows, rows + more);
    if (trail.some((n, i) => n !== i)) wrong.push(`tab ${tab}: there are gaps in its trail`);
    // A row comes and goes, then the next one.
    const sweeps = done['swept'] ?? 0;
    within('number of rows that come and go', swept.length, (sweeps % 2) - more, (sweeps % 2) + more);
    for (const n of swept) within('one that comes and goes', n, Math.floor(sweeps / 2), Math.floor(sweeps / 2));
    const last = (done['newest'] ?? 0) - 1;
    within('its newest', newest ?? -1, last, last + more);
    const counted = done['counts'] ?? 0;
    within('its count', count, counted, counted + (lost['counts'] ?? 0) + more);
    return wrong;
  }
}
