import type { Database } from '../database/index.ts';
import type { Chance } from './chance.ts';
import { FEED } from './feed-reader.ts';
import type { Fact } from './model/facts.ts';
import { RichTable } from './model/rich-table.ts';
import { CLUSTERINGS, insertion, KEYS, randomStatement, type Statement } from './model/statements.ts';
import { CONDITIONAL, COUNTERS, LOOSE, World } from './model/world.ts';
import { KEYSPACE } from './read-store.ts';
import type { SimulatedClock } from './simulated-time.ts';

/** A change as it is asked for: what it does, and how it is done. */
export interface Plan {
  readonly kind: PlanKind;
  readonly what: string;
  readonly tables: readonly string[];
  readonly isExclusive: boolean;
  readonly apply: (world: World) => World;
  readonly run: (db: Database) => Promise<unknown>;
  /** Whether running it twice is running it once. */
  readonly isRepeatable: boolean;
}

/** What changes there are. */
export type PlanKind =
  | 'statement'
  | 'batch'
  | 'many'
  | 'feed'
  | 'count'
  | 'conditional'
  | 'truncate'
  | 'create'
  | 'drop'
  | 'alter'
  | 'import';

/** The table that everything happens to. */
export const MAIN = 'main';

/** How a rich table is made. */
export function createRich(name: string, options: string): string {
  const columns = 'k int, c int, st int static, v int, t text, m map<int, int>, PRIMARY KEY (k, c)';
  return `CREATE TABLE ${KEYSPACE}.${name} (${columns})${options === '' ? '' : ` WITH ${options}`};`;
}

/** Tables that a store may have beside the main one. */
export const otherTables = [FEED, COUNTERS, CONDITIONAL, LOOSE] as const;

/** The schema of a store with these other tables. `options`: of the main table. */
export function schemaScript(options: string, others: readonly string[]): string {
  const made: Record<string, string> = {
    [FEED]: createRich(FEED, 'cdc = true'),
    [COUNTERS]: `CREATE TABLE ${KEYSPACE}.${COUNTERS} (k int, c int, n counter, PRIMARY KEY (k, c));`,
    [CONDITIONAL]: `CREATE TABLE ${KEYSPACE}.${CONDITIONAL} (id int PRIMARY KEY, v int);`,
    [LOOSE]: `CREATE TABLE ${KEYSPACE}.${LOOSE} (k int, c int, v int, PRIMARY KEY (k, c));`,
  };
  return `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    ${createRich(MAIN, options)} ${others.map((name) => made[name]).join('\n')}`;
}

/** The world of a store that was just made. */
export function newWorld(others: readonly string[]): World {
  const rich = [MAIN, FEED].filter((name) => name === MAIN || others.includes(name));
  return new World(
    new Map(rich.map((name) => [name, new RichTable()])),
    others.includes(COUNTERS) ? new Map() : null,
    others.includes(CONDITIONAL) ? new Map() : null,
  );
}

/** Makes up changes. Everything it decides comes from the seed. */
export class Workload {
  private readonly chance: Chance;
  private readonly clock: SimulatedClock;
  /** Whether timestamps may be older than those before: not where deletions are purged at once. */
  private readonly isDisordered: boolean;
  private readonly used = new Set<number>();
  private next = 1;
  private nextName = 1;

  constructor(chance: Chance, clock: SimulatedClock, isDisordered: boolean) {
    this.chance = chance;
    this.clock = clock;
    this.isDisordered = isDisordered;
  }

  /** Microseconds; nobody else gets it, nor the one before it. */
  timestamp(): number {
    for (;;) {
      const back = this.isDisordered && this.chance.is(0.15) ? this.chance.below(20_000) * 2 : 0;
      const timestamp = 1_600_000_000_000_000 + 1000 * this.next++ - back;
      if (this.used.has(timestamp)) continue;
      this.used.add(timestamp);
      return timestamp;
    }
  }

  /** A number that nobody else gets. */
  private number(): number {
    return this.next++;
  }

  private get seconds(): number {
    return this.clock.seconds;
  }

  private time() {
    return { timestamp: this.timestamp(), seconds: this.seconds };
  }

  private target(world: World, name: string) {
    return { name: `${KEYSPACE}.${name}`, added: world.table(name).added };
  }

  /** A statement on one rich table. */
  statement(world: World, table: string): Plan {
    return this.planOf(table, randomStatement(this.chance, this.target(world, table), this.time()));
  }

  /** A batch on the main table and the one whose changes are read. */
  batch(world: World): Plan {
    const { chance, seconds } = this;
    const parts: { table: string; statement: Statement }[] = [];
    for (let n = 2 + chance.below(3); n > 0; n--) {
      const table = world.tables.has(FEED) && chance.is(0.3) ? FEED : MAIN;
      parts.push({
        table,
        statement: table === FEED ? this.feedRow() : randomStatement(chance, this.target(world, table), this.time()),
      });
    }
    const queries = parts.map(({ statement: { query, params } }) => ({ query, params }));
    return {
      kind: 'batch',
      what: `batch of ${JSON.stringify(queries)}`,
      tables: parts.map(({ table }) => table),
      isExclusive: false,
      apply: (before) => parts.reduce((now, { table, statement }) => now.withFacts(table, statement.facts), before),
      run: (db) => db.batch(queries, { nowInSeconds: seconds }),
      isRepeatable: !parts.some(({ table }) => table === FEED),
    };
  }

  /** Many rows at once. */
  many(world: World): Plan {
    const { chance, seconds } = this;
    const rows: unknown[][] = [];
    const facts: Fact[] = [];
    const { name } = this.target(world, MAIN);
    for (let n = 5 + chance.below(25); n > 0; n--) {
      const [k, c, v] = [chance.below(KEYS), chance.below(CLUSTERINGS), chance.below(1000)];
      const timestamp = this.timestamp();
      const expires = Number.POSITIVE_INFINITY;
      rows.push([k, c, v, timestamp]);
      facts.push({ kind: 'liveness', k, c, timestamp, expires });
      facts.push({ kind: 'cell', k, c, column: 'v', path: null, timestamp, value: v, expires });
    }
    const query = `INSERT INTO ${name} (k, c, v) VALUES (?, ?, ?) USING TIMESTAMP ?`;
    return {
      kind: 'many',
      what: `${query} with ${JSON.stringify(rows)}`,
      tables: [MAIN],
      isExclusive: false,
      apply: (before) => before.withFacts(MAIN, facts),
      run: (db) => db.executeMany(query, rows as unknown[][], { nowInSeconds: seconds }),
      isRepeatable: true,
    };
  }

  /** A row of the table whose changes are read; asked for again it would be another change. */
  feed(): Plan {
    return { ...this.planOf(FEED, this.feedRow()), kind: 'feed', isRepeatable: false };
  }

  private feedRow(): Statement {
    const [k, c, v, timestamp] = [this.chance.below(KEYS), this.number(), this.chance.below(1000), this.timestamp()];
    const expires = Number.POSITIVE_INFINITY;
    return {
      query: `INSERT INTO ${KEYSPACE}.${FEED} (k, c, v) VALUES (?, ?, ?) USING TIMESTAMP ?`,
      params: [k, c, v, timestamp],
      facts: [
        { kind: 'liveness', k, c, timestamp, expires },
        { kind: 'cell', k, c, column: 'v', path: null, timestamp, value: v, expires },
      ],
    };
  }

  /** One increment or several as one write. */
  count(): Plan {
    const { chance } = this;
    const parts = Array.from({ length: chance.is(0.7) ? 1 : 2 }, () => {
      return { k: chance.below(2), c: chance.below(3), by: chance.below(2000) - 500 };
    });
    const queries = parts.map(({ k, c, by }) => {
      return { query: `UPDATE ${KEYSPACE}.${COUNTERS} SET n = n + ? WHERE k = ? AND c = ?`, params: [BigInt(by), k, c] };
    });
    return {
      kind: 'count',
      what: `increments ${JSON.stringify(parts)}`,
      tables: [COUNTERS],
      isExclusive: false,
      apply: (before) => parts.reduce((now, { k, c, by }) => now.counted(`${k}/${c}`, by), before),
      run: (db) =>
        queries.length === 1
          ? db.execute(queries[0].query, queries[0].params)
          : db.batch(queries, { counter: true, logged: false }),
      isRepeatable: false,
    };
  }

  /** A conditional write, when nothing else is under way to its table: whether it is applied is known beforehand. */
  conditional(world: World): Plan {
    const id = this.chance.below(5);
    const value = this.number();
    const there = world.conditional?.get(id);
    const expected = this.chance.is(0.7) && there !== undefined ? there : this.number();
    const table = `${KEYSPACE}.${CONDITIONAL}`;
    const kind = this.chance.pick(['insert', 'update', 'delete'] as const);
    const [query, params, isApplied, after] = (
      {
        insert: [`INSERT INTO ${table} (id, v) VALUES (?, ?) IF NOT EXISTS`, [id, value], there === undefined, value],
        update: [`UPDATE ${table} SET v = ? WHERE id = ? IF v = ?`, [value, id, expected], there === expected, value],
        delete: [`DELETE FROM ${table} WHERE id = ? IF EXISTS`, [id], there !== undefined, null],
      } as const
    )[kind];
    return {
      kind: 'conditional',
      what: `${query} with ${JSON.stringify(params)}`,
      tables: [CONDITIONAL],
      isExclusive: true,
      apply: (before) => (isApplied ? before.set(id, after) : before),
      run: async (db) => {
        const result = (await db.execute(query, params)).first()?.['[applied]'];
        if (result !== isApplied) throw new Error(`[applied] is ${result} of ${query} with ${JSON.stringify(params)}`);
      },
      isRepeatable: false,
    };
  }

  truncate(table: string): Plan {
    return {
      kind: 'truncate',
      what: `TRUNCATE ${table}`,
      tables: [table],
      isExclusive: true,
      apply: (before) => before.withTable(table, before.table(table).truncated()),
      run: (db) => db.execute(`TRUNCATE ${KEYSPACE}.${table}`),
      isRepeatable: true,
    };
  }

  /** Makes a table. */
  create(): Plan {
    const name = `extra${this.nextName++}`;
    return {
      kind: 'create',
      what: `CREATE TABLE ${name}`,
      tables: [name],
      isExclusive: true,
      apply: (before) => before.withTable(name, new RichTable()),
      run: (db) => db.execute(createRich(name, '').replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')),
      isRepeatable: true,
    };
  }

  drop(table: string): Plan {
    return {
      kind: 'drop',
      what: `DROP TABLE ${table}`,
      tables: [table],
      isExclusive: true,
      apply: (before) => before.withoutTable(table),
      run: (db) => db.execute(`DROP TABLE IF EXISTS ${KEYSPACE}.${table}`),
      isRepeatable: true,
    };
  }

  /** Adds a column, or drops one that was added. */
  alter(world: World, table: string): Plan {
    const { added } = world.table(table);
    if (added.length > 0 && this.chance.is(0.5)) {
      const column = this.chance.pick(added);
      return {
        kind: 'alter',
        what: `ALTER TABLE ${table} DROP ${column}`,
        tables: [table],
        isExclusive: true,
        apply: (before) => before.withTable(table, before.table(table).withoutColumn(column)),
        run: (db) => db.execute(`ALTER TABLE ${KEYSPACE}.${table} DROP IF EXISTS ${column}`),
        isRepeatable: true,
      };
    }
    const column = `x${this.nextName++}`;
    return {
      kind: 'alter',
      what: `ALTER TABLE ${table} ADD ${column}`,
      tables: [table],
      isExclusive: true,
      apply: (before) => before.withTable(table, before.table(table).withColumn(column)),
      run: (db) => db.execute(`ALTER TABLE ${KEYSPACE}.${table} ADD IF NOT EXISTS ${column} int`),
      isRepeatable: true,
    };
  }

  /** Rows for another store, from which they are imported. */
  donation(world: World): Statement[] {
    const { chance } = this;
    const target = this.target(world, MAIN);
    return Array.from({ length: 1 + chance.below(12) }, () =>
      chance.is(0.7)
        ? insertion(chance, target, this.time(), chance.below(KEYS), chance.below(CLUSTERINGS))
        : randomStatement(chance, target, this.time()),
    );
  }

  private planOf(table: string, { query, params, facts }: Statement): Plan {
    const { seconds } = this;
    return {
      kind: 'statement',
      what: `${query} with ${JSON.stringify(params, (_, value) => (value instanceof Map ? [...value] : value))}`,
      tables: [table],
      isExclusive: false,
      apply: (before) => before.withFacts(table, facts),
      run: (db) => db.execute(query, params, { nowInSeconds: seconds }),
      isRepeatable: true,
    };
  }
}
