import type { Change } from '@cassette/engine';

/**
 * Somebody who keeps what the changes of a table tell, and how far he is, whichever tab reads them for him: when that one is gone, another one
 * goes on from there.
 */
export class FeedTail {
  /** The position of the last change that came; null before the first. */
  position: string | null = null;
  /** What is wrong. */
  readonly complaints: string[] = [];
  /** How many changes came once more: a write that was sent again to the next owner is one more mutation of the log. */
  again = 0;
  private readonly told = new Map<string, number>();

  /** Takes a change. */
  take({ position, partitionKey, rows }: Change): void {
    if (this.position !== null && position <= this.position) {
      this.complaints.push(`change ${position} comes after ${this.position}`);
    }
    this.position = position;
    for (const { clustering } of rows) {
      const row = `${partitionKey['tab']}/${clustering?.['n']}`;
      const times = (this.told.get(row) ?? 0) + 1;
      if (times > 1) this.again++;
      this.told.set(row, times);
    }
  }

  /** What is wrong when all has been read, of a table that is only inserted into. `rows`: of it, by `tab/n`. */
  missing(rows: ReadonlyMap<string, number>): string[] {
    return [
      ...this.complaints,
      ...[...rows.keys()].filter((row) => !this.told.has(row)).map((row) => `changes do not tell of ${row}`),
      ...[...this.told.keys()].filter((row) => !rows.has(row)).map((row) => `changes tell of ${row}, which is not there`),
    ];
  }
}
