import { type Random, seededRandom } from '@cassette/storage/testing';
import { type Call, type Found, recordsOf } from './operations.ts';
import { type Effect, SequentialWriter, type View } from './sequential-writer.ts';

/** What a writer counted, by counter. */
export type Counts = Map<string, number>;

/** Increments, one by one and in batches; each acknowledged one counts once, and none counts twice. */
export class CountersWriter extends SequentialWriter<Counts> {
  private readonly partition: number;
  private readonly random: Random;

  constructor(partition: number, seed: number) {
    super(`counters ${partition}`, new Map(), 24);
    this.partition = partition;
    this.random = seededRandom(seed);
  }

  protected operation(n: number): { call: Call; effects: Effect<Counts>[] } {
    const count = n % 5 === 0 ? 3 : 1;
    const increments = Array.from({ length: count }, () => ({
      half: Math.floor(this.random() * 2),
      k: Math.floor(this.random() * 15),
      by: Math.floor(this.random() * 2000) - 700,
    }));
    const queries = increments.map(({ half, k, by }) => ({
      query: `UPDATE ks.counts SET c = c ${by < 0 ? '-' : '+'} ${Math.abs(by)} WHERE w = ? AND half = ? AND k = ?`,
      params: [this.partition, half, k],
    }));
    const effect: Effect<Counts> = (counts) => {
      for (const { half, k, by } of increments) counts.set(`${half}/${k}`, (counts.get(`${half}/${k}`) ?? 0) + by);
    };
    const [{ query, params }] = queries;
    const call: Call = count === 1 ? { kind: 'execute', cql: query, params } : { kind: 'batch', queries, counter: true };
    return { call, effects: [effect] };
  }

  protected view(counts: Counts): View {
    return new Map(Array.from(counts, ([key, count]) => [key, String(count)]));
  }

  protected seen(found: Found): View {
    const rows = recordsOf(found, 'ks.counts').filter(({ w }) => w === this.partition);
    return new Map(rows.map(({ half, k, c }) => [`${half}/${k}`, String(c)]));
  }
}
