import { type Random, seededRandom } from '@cassette/storage/testing';
import { type Call, type Found, recordsOf } from './operations.ts';
import { type Effect, SequentialWriter, type View } from './sequential-writer.ts';

interface RowState {
  marker: boolean;
  v: string | null;
  n: number | null;
  tags: Set<number>;
}

/** What a writer's partition holds. */
export interface RowsState {
  readonly rows: Map<number, RowState>;
  readonly pairs: Map<number, string>;
  s: string | null;
}

/** Clusterings below this have no TTL; up to the next number one of a day; then one of two seconds. */
const lasting = 60;
const daily = 80;
const short = 90;

/** Inserts, updates, deletions of every extent, TTLs, sets, statics, conditions, batches over two tables and many rows at once. */
export class RowsWriter extends SequentialWriter<RowsState> {
  private readonly partition: number;
  private readonly random: Random;

  constructor(partition: number, seed: number) {
    super(`rows ${partition}`, { rows: new Map(), pairs: new Map(), s: null }, 24);
    this.partition = partition;
    this.random = seededRandom(seed);
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  protected operation(n: number): { call: Call; effects: Effect<RowsState>[] } {
    const w = this.partition;
    const k = this.below(lasting);
    const v = this.text(n);
    const one = (cql: string, params: readonly (string | number | readonly number[])[], effect: Effect<RowsState>) => ({
      call: { kind: 'execute', cql, params } as const,
      effects: [effect],
    });
    const insert = 'INSERT INTO ks.rows (w, k, v, n) VALUES (?, ?, ?, ?)';
    switch (this.below(16)) {
      case 0:
      case 1:
      case 2:
        return one(insert, [w, k, v, n], put(k, v, n));
      case 3:
        return one('UPDATE ks.rows SET v = ? WHERE w = ? AND k = ?', [v, w, k], ({ rows }) => {
          rowOf(rows, k).v = v;
        });
      case 4:
        return one('UPDATE ks.rows SET tags = tags + ? WHERE w = ? AND k = ?', [[n % 50], w, k], ({ rows }) => {
          rowOf(rows, k).tags.add(n % 50);
        });
      case 5:
        return one('UPDATE ks.rows SET tags = {}, n = ? WHERE w = ? AND k = ?', [n, w, k], ({ rows }) => {
          const row = rowOf(rows, k);
          row.tags.clear();
          row.n = n;
        });
      case 6:
        return one('DELETE FROM ks.rows WHERE w = ? AND k = ?', [w, k], ({ rows }) => void rows.delete(k));
      case 7:
        return one('DELETE v FROM ks.rows WHERE w = ? AND k = ?', [w, k], ({ rows }) => {
          rowOf(rows, k).v = null;
        });
      case 8: {
        const to = k + 1 + this.below(12);
        return one('DELETE FROM ks.rows WHERE w = ? AND k >= ? AND k < ?', [w, k, to], ({ rows }) => {
          for (const key of [...rows.keys()]) if (key >= k && key < to) rows.delete(key);
        });
      }
      case 9:
        return one('UPDATE ks.rows SET s = ? WHERE w = ?', [v, w], (state) => {
          state.s = v;
        });
      case 10: {
        const day = lasting + this.below(daily - lasting);
        return one(`${insert} USING TTL 86400`, [w, day, v, n], put(day, v, n));
      }
      case 11: {
        const soon = daily + this.below(short - daily);
        return one(`${insert} USING TTL 2`, [w, soon, v, n], put(soon, v, n));
      }
      case 12:
        return one('UPDATE ks.rows SET n = ? WHERE w = ? AND k = ? IF EXISTS', [n, w, k], ({ rows }) => {
          const row = rows.get(k);
          if (row !== undefined && isThere(row)) row.n = n;
        });
      case 13: {
        // Each key once: rows of one call have one timestamp, as those of a batch do, and of equal ones the greater value wins.
        const keys = [...new Set(Array.from({ length: 12 }, () => this.below(lasting)))];
        return {
          call: { kind: 'many', cql: insert, rows: keys.map((key, i) => [w, key, `${v} ${i}`, n]) },
          effects: keys.map((key, i) => put(key, `${v} ${i}`, n)),
        };
      }
      case 14:
        if (this.below(10) > 0) return one(insert, [w, k, v, n], put(k, v, n));
        return one('DELETE FROM ks.rows WHERE w = ?', [w], (state) => {
          state.rows.clear();
          state.s = null;
        });
      default: {
        const p = this.below(20);
        const call: Call = {
          kind: 'batch',
          counter: false,
          queries: [
            { query: insert, params: [w, k, v, n] },
            { query: 'INSERT INTO ks.pairs (p, w, v) VALUES (?, ?, ?)', params: [p, w, v] },
            { query: 'DELETE FROM ks.pairs WHERE p = ? AND w = ?', params: [(p + 1) % 20, w] },
          ],
        };
        const effect: Effect<RowsState> = (state) => {
          put(k, v, n)(state);
          state.pairs.set(p, v);
          state.pairs.delete((p + 1) % 20);
        };
        return { call, effects: [effect] };
      }
    }
  }

  private text(n: number): string {
    const length = this.below(10) === 0 ? 3000 : 40 + this.below(300);
    return `${this.partition}.${n} `.padEnd(length, `${this.random()}`);
  }

  protected view({ rows, pairs, s }: RowsState): View {
    const view = new Map<string, string>();
    for (const [k, row] of rows) {
      if (!isThere(row)) continue;
      view.set(`row ${k}`, `${k < daily ? '' : '?'}${brief([row.v, row.n, [...row.tags].sort((a, b) => a - b)])}`);
    }
    for (const [p, v] of pairs) view.set(`pair ${p}`, brief(v));
    if (s !== null) view.set('static', brief(s));
    return view;
  }

  protected seen(found: Found): View {
    const view = new Map<string, string>();
    for (const { w, k, s, n, tags, v } of recordsOf(found, 'ks.rows')) {
      if (w !== this.partition) continue;
      if (k !== null) view.set(`row ${k}`, brief([v, n, tags ?? []]));
      if (s !== null) view.set('static', brief(s));
    }
    for (const { p, w, v } of recordsOf(found, 'ks.pairs')) if (w === this.partition) view.set(`pair ${p}`, brief(v));
    return view;
  }
}

function put(k: number, v: string, n: number): Effect<RowsState> {
  return ({ rows }) => {
    const row = rowOf(rows, k);
    row.marker = true;
    row.v = v;
    row.n = n;
  };
}

function rowOf(rows: RowsState['rows'], k: number): RowState {
  let row = rows.get(k);
  if (row === undefined) {
    row = { marker: false, v: null, n: null, tags: new Set() };
    rows.set(k, row);
  }
  return row;
}

function isThere({ marker, v, n, tags }: RowState): boolean {
  return marker || v !== null || n !== null || tags.size > 0;
}

/** Long texts as their beginning and length, so that messages can be read; their middles follow from those. */
function brief(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    typeof one === 'string' && one.length > 60 ? `${one.slice(0, 60)}… ${one.length}` : one,
  );
}
