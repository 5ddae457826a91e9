import type { Operation, Writer } from './operations.ts';

/** Compacts and flushes, which changes nothing that one sees. */
export class UpkeepWriter implements Writer {
  readonly name = 'upkeep';
  readonly width = 1;
  readonly window = 2;
  private readonly given = new Set<number>();
  private nextNumber = 0;

  get open(): number {
    return this.given.size;
  }

  next(): Operation {
    const n = this.nextNumber++;
    this.given.add(n);
    return { n, kind: n % 3 === 2 ? 'flush' : 'compact' };
  }

  acknowledge(n: number): void {
    this.given.delete(n);
  }

  settle(): null {
    this.given.clear();
    return null;
  }
}
