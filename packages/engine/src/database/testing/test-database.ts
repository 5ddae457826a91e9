import { MemoryStorage } from '@cassette/storage';
import type { Clock } from '../../clock/index.ts';
import type { ResultSet } from '../../result/index.ts';
import type { Database } from '../database.ts';
import type { DatabaseOptions } from '../database-options.ts';
import { openDatabase } from '../open-database.ts';

/** For tests: a clock that stands still until it is moved. */
export class TestClock implements Clock {
  private micros: number;

  constructor(seconds = 1_700_000_000) {
    this.micros = seconds * 1_000_000;
  }

  nowMicros(): number {
    return this.micros;
  }

  /** Moves on by so many seconds. */
  advance(seconds: number): void {
    this.micros += seconds * 1_000_000;
  }
}

/** For tests: a database in memory with keyspace `ks`, a clock that stands still and no chance. */
export async function testDatabase(
  schema: string,
  options: Partial<DatabaseOptions> = {},
): Promise<{ db: Database; clock: TestClock; storage: DatabaseOptions['storage'] }> {
  const clock = new TestClock();
  const storage = options.storage ?? new MemoryStorage();
  const db = await openDatabase({ storage, keyspace: 'ks', schema, clock, random: () => 0.5, ...options });
  return { db, clock, storage };
}

/** For tests: the rows of a result as plain arrays of values. */
export function plainRows(result: ResultSet): unknown[][] {
  return result.rows.map((row) => row.values());
}
