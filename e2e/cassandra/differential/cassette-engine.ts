import { fromHex, toHex } from '@cassette/bytes';
import { CqlError } from '@cassette/cql';
import { type Database, EncodedValue, openDatabase, type ResultSet, unset } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { StandingClock } from '../../../packages/engine/src/goldens/testing/standing-store.ts';
import type { SessionAnswer, SessionStep, StatementStep } from '../session.ts';

/** Name of the answer of an error that is none of CQL: Cassette is broken. */
export const BROKEN = 'Broken';

/** Executes the steps of a session by Cassette, in a store of their own, and answers as the judge's `session` does. */
export async function cassetteSession(steps: readonly SessionStep[]): Promise<SessionAnswer[]> {
  const clock = new StandingClock(1_700_000_000);
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 0x100000000;
  };
  // As in the judge: what has expired and is compacted loses ties of timestamps, so both compact when the script says so and not otherwise.
  const config = { compaction: { enabled: false } };
  const database = await openDatabase({ storage: new MemoryStorage(), clock, random, config });
  const session = new Session(database, clock);
  try {
    const answers: SessionAnswer[] = [];
    for (const step of steps) answers.push(await session.step(step));
    return answers;
  } finally {
    await database.close();
  }
}

/** One client's statements; the database may be closed and another take its place between two of them. */
export class Session {
  database: Database;
  readonly #clock: { seconds: number };
  #open: StatementStep | null = null;
  #position: Uint8Array | null = null;

  constructor(database: Database, clock: { seconds: number }) {
    this.database = database;
    this.#clock = clock;
  }

  /** The answer to one step, errors included. */
  async step(step: SessionStep): Promise<SessionAnswer> {
    if ('clock' in step) {
      this.#clock.seconds = step.clock;
      return {};
    }
    try {
      if ('flush' in step) return await this.#nothing(this.database.flush());
      if ('compact' in step) return await this.#nothing(this.database.compact());
      if ('next' in step) return await this.#next();
      return await this.#execute(step);
    } catch (error) {
      return { error: errorOf(error) };
    }
  }

  async #nothing(done: Promise<unknown>): Promise<SessionAnswer> {
    await done;
    return {};
  }

  async #execute(step: StatementStep): Promise<SessionAnswer> {
    let { answer, position } = await this.#page(step, null);
    if (step.first === true) {
      this.#open = step;
      this.#position = position;
      return answer;
    }
    while (position !== null) {
      const more = await this.#page(step, position);
      const rows = [...(answer.rows ?? []), ...(more.answer.rows ?? [])];
      answer = { ...answer, rows, pages: [...(answer.pages ?? []), ...(more.answer.pages ?? [])] };
      ({ position } = more);
    }
    return answer;
  }

  async #next(): Promise<SessionAnswer> {
    const position = this.#position;
    if (this.#open === null || position === null) return {};
    this.#position = null;
    const page = await this.#page(this.#open, position);
    this.#position = page.position;
    return (page.answer.rows ?? []).length === 0 ? {} : page.answer;
  }

  /** One page, from there on, and where the next one begins. */
  async #page(step: StatementStep, from: Uint8Array | null): Promise<{ answer: SessionAnswer; position: Uint8Array | null }> {
    const { cql, values = [], page, timestamp } = step;
    const params = values.map((value) => {
      if (value === null) return null;
      return value === false ? unset : new EncodedValue(fromHex(value) ?? new Uint8Array(0));
    });
    const result = await this.database.execute(cql, params, {
      pageState: from,
      ...(page !== undefined && { fetchSize: page }),
      ...(timestamp !== undefined && { timestamp: BigInt(timestamp) }),
    });
    return { answer: answerOf(result), position: result.pageState };
  }
}

function answerOf(result: ResultSet): SessionAnswer {
  const { columns } = result;
  if (columns === null) return {};
  const rows = Array.from({ length: result.rowLength }, (_, row) =>
    columns.map((_column, at) => {
      const cell = result.cell(row, at);
      return cell === null ? null : toHex(cell);
    }),
  );
  return { columns: columns.map(({ name, type }) => [name, type.cqlName()] as const), rows, pages: [rows.length] };
}

function errorOf(error: unknown): NonNullable<SessionAnswer['error']> {
  if (error instanceof CqlError) return { code: error.protocolCode, name: error.name, message: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: -1, name: BROKEN, message: text };
}
