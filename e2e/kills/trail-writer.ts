import { type Found, type Operation, recordsOf, type Writer } from './operations.ts';

const rowsOfDay = 256;

/** Rows that stay for ever, many under way at once: each that was acknowledged is there, and none that was never sent. */
export class TrailWriter implements Writer {
  readonly name = 'trail';
  readonly width = 16;
  readonly window = 48;
  private readonly there = new Set<number>();
  private readonly unsure = new Set<number>();
  private nextNumber = 0;

  get open(): number {
    return this.unsure.size;
  }

  /** Rows that are there for certain. */
  get size(): number {
    return this.there.size;
  }

  next(): Operation {
    const n = this.nextNumber++;
    this.unsure.add(n);
    const params = [Math.floor(n / rowsOfDay), n, textOf(n), 'p'.repeat(120 + ((n * 37) % 200))];
    return { n, kind: 'execute', cql: 'INSERT INTO ks.trail (day, n, v, pad) VALUES (?, ?, ?, ?)', params };
  }

  acknowledge(n: number): void {
    if (!this.unsure.delete(n)) throw new Error(`trail never gave ${n}, or heard of it before`);
    this.there.add(n);
  }

  settle(found: Found): string | null {
    const wrong: string[] = [];
    const seen = new Set<number>();
    for (const row of recordsOf(found, 'ks.trail')) {
      const { day, v } = row;
      const n = row.n as number;
      seen.add(n);
      if (!this.there.has(n) && !this.unsure.has(n)) wrong.push(`${n} was never sent, or was not there before`);
      if (v !== textOf(n) || day !== Math.floor(n / rowsOfDay)) wrong.push(`${n} is ${day} ${v}`);
      this.there.add(n);
    }
    for (const n of this.there) if (!seen.has(n)) wrong.push(`${n} is missing`);
    this.unsure.clear();
    return wrong.length === 0 ? null : `trail: ${wrong.slice(0, 5).join('; ')} (${wrong.length} in all)`;
  }
}

function textOf(n: number): string {
  return `trail ${n}`;
}
