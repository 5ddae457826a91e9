import type { Chance } from '../chance.ts';
import type { Fact } from './facts.ts';

/** Keys and clusterings of rich tables: few, so that statements meet. */
export const KEYS = 4;
export const CLUSTERINGS = 8;

/** A statement with its values and what it writes. */
export interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
  readonly facts: readonly Fact[];
}

/** When a statement is made: its timestamp, in microseconds, and what is added to make its cells expire. */
export interface StatementTime {
  readonly timestamp: number;
  /** Seconds since the epoch. */
  readonly seconds: number;
}

/** A table as statements name it. */
export interface Target {
  /** With its keyspace. */
  readonly name: string;
  readonly added: readonly string[];
}

/** A random statement on a rich table. `kinds`: only insertions, or everything. */
export function randomStatement(chance: Chance, target: Target, time: StatementTime): Statement {
  const kind = chance.weighted({
    insert: 45,
    update: 20,
    static: 6,
    cells: 8,
    row: 8,
    range: 6,
    partition: 3,
    statics: 2,
  });
  const k = chance.below(KEYS);
  const c = chance.below(CLUSTERINGS);
  if (kind === 'insert') return insertion(chance, target, time, k, c);
  if (kind === 'update') return update(chance, target, time, k, c);
  const { name } = target;
  const { timestamp } = time;
  const cell = { kind: 'cell', k, c: null, column: 'st', path: null, timestamp, expires: Number.POSITIVE_INFINITY } as const;
  if (kind === 'static') {
    const value = chance.below(1000);
    const query = `UPDATE ${name} USING TIMESTAMP ? SET st = ? WHERE k = ?`;
    return { query, params: [timestamp, value, k], facts: [{ ...cell, value }] };
  }
  if (kind === 'statics') {
    const query = `DELETE st FROM ${name} USING TIMESTAMP ? WHERE k = ?`;
    return { query, params: [timestamp, k], facts: [{ ...cell, value: null }] };
  }
  if (kind === 'cells') {
    const path = chance.below(4);
    const query = `DELETE v, m[?] FROM ${name} USING TIMESTAMP ? WHERE k = ? AND c = ?`;
    const gone = { ...cell, c, value: null };
    return {
      query,
      params: [path, timestamp, k, c],
      facts: [
        { ...gone, column: 'v' },
        { ...gone, column: 'm', path },
      ],
    };
  }
  if (kind === 'row') {
    const query = `DELETE FROM ${name} USING TIMESTAMP ? WHERE k = ? AND c = ?`;
    return { query, params: [timestamp, k, c], facts: [{ kind: 'deletion', k, range: { from: c, to: c + 1 }, timestamp }] };
  }
  if (kind === 'range') {
    const to = c + 1 + chance.below(4);
    const query = `DELETE FROM ${name} USING TIMESTAMP ? WHERE k = ? AND c >= ? AND c < ?`;
    return { query, params: [timestamp, k, c, to], facts: [{ kind: 'deletion', k, range: { from: c, to }, timestamp }] };
  }
  const query = `DELETE FROM ${name} USING TIMESTAMP ? WHERE k = ?`;
  return { query, params: [timestamp, k], facts: [{ kind: 'deletion', k, range: null, timestamp }] };
}

/** An INSERT of a row of its own. */
export function insertion(chance: Chance, target: Target, time: StatementTime, k: number, c: number): Statement {
  const { timestamp } = time;
  const { ttl, expires } = lifetime(chance, time);
  const columns = ['k', 'c', 'v', 't'];
  const v = chance.below(1000);
  const t = chance.is(0.1) ? null : 'x'.repeat(chance.below(chance.is(0.05) ? 400 : 12));
  const params: unknown[] = [k, c, v, t];
  const cell = { kind: 'cell', k, c, path: null, timestamp, expires } as const;
  const facts: Fact[] = [
    { kind: 'liveness', k, c, timestamp, expires },
    { ...cell, column: 'v', value: v },
    { ...cell, column: 't', value: t },
  ];
  if (chance.is(0.3)) {
    columns.push('m');
    const elements = new Map<number, number>();
    for (let n = 1 + chance.below(3); n > 0; n--) elements.set(chance.below(4), chance.below(100));
    params.push(elements);
    facts.push({ kind: 'map', k, c, timestamp: timestamp - 1 });
    for (const [path, value] of elements) facts.push({ ...cell, column: 'm', path, value });
  }
  if (chance.is(0.1)) {
    columns.push('st');
    const value = chance.below(1000);
    params.push(value);
    facts.push({ ...cell, c: null, column: 'st', value });
  }
  for (const column of target.added) {
    columns.push(column);
    const value = chance.below(1000);
    params.push(value);
    facts.push({ ...cell, column, value });
  }
  const values = columns.map(() => '?').join(', ');
  const using = ttl === null ? 'USING TIMESTAMP ?' : 'USING TIMESTAMP ? AND TTL ?';
  const query = `INSERT INTO ${target.name} (${columns.join(', ')}) VALUES (${values}) ${using}`;
  return { query, params: [...params, timestamp, ...(ttl === null ? [] : [ttl])], facts };
}

function update(chance: Chance, target: Target, time: StatementTime, k: number, c: number): Statement {
  const { timestamp } = time;
  const { ttl, expires } = lifetime(chance, time);
  const cell = { kind: 'cell', k, c, path: null, timestamp, expires } as const;
  const facts: Fact[] = [];
  const sets: string[] = [];
  const params: unknown[] = [timestamp, ...(ttl === null ? [] : [ttl])];
  const set = (text: string, fact: Fact, ...values: unknown[]) => {
    sets.push(text);
    facts.push(fact);
    params.push(...values);
  };
  const value = chance.below(1000);
  if (chance.is(0.7)) set('v = ?', { ...cell, column: 'v', value }, value);
  const path = chance.below(4);
  if (sets.length === 0 || chance.is(0.4)) set('m[?] = ?', { ...cell, column: 'm', path, value }, path, value);
  for (const column of target.added) if (chance.is(0.5)) set(`${column} = ?`, { ...cell, column, value }, value);
  const using = ttl === null ? 'USING TIMESTAMP ?' : 'USING TIMESTAMP ? AND TTL ?';
  const query = `UPDATE ${target.name} ${using} SET ${sets.join(', ')} WHERE k = ? AND c = ?`;
  return { query, params: [...params, k, c], facts };
}

function lifetime(chance: Chance, { seconds }: StatementTime): { readonly ttl: number | null; readonly expires: number } {
  if (!chance.is(0.2)) return { ttl: null, expires: Number.POSITIVE_INFINITY };
  const ttl = 1 + chance.below(chance.is(0.5) ? 5 : 200);
  return { ttl, expires: seconds + ttl };
}
