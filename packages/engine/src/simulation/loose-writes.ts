import type { TrackedWrite } from './store-model.ts';
import { complaintsAbout } from './store-model.ts';

/** A write at some durability: rows of one statement batch, whose value is its number. */
interface LooseWrite {
  readonly number: number;
  readonly rows: readonly string[];
  readonly isLogged: boolean;
  readonly sentAt: number;
  acknowledged: boolean;
  /** Crash points there had been when it became durable. */
  durableAt: number;
}

/** Writes of all durabilities to one table, each row of which is written whole, and what a crash may take of them. */
export class LooseWrites {
  private writes: LooseWrite[] = [];
  private next = 1;

  /** A new one; number and timestamp are the same. */
  begin(rows: readonly string[], isLogged: boolean, sentAt: number): LooseWrite {
    const write = { number: this.next++, rows, isLogged, sentAt, acknowledged: false, durableAt: Number.POSITIVE_INFINITY };
    this.writes.push(write);
    return write;
  }

  /** Those that were acknowledged, of those that the log has where `onlyLogged`. */
  acknowledged(onlyLogged: boolean): LooseWrite[] {
    return this.writes.filter((write) => write.acknowledged && (write.isLogged || !onlyLogged));
  }

  /** They are durable from now on. */
  keep(writes: readonly LooseWrite[], at: number): void {
    for (const write of writes) write.durableAt = Math.min(write.durableAt, at);
  }

  /** What is wrong with what a crash after so many points left. */
  complaints(found: ReadonlyMap<string, number>, point: number): string[] {
    const tracked = this.writes
      .filter(({ sentAt }) => sentAt < point)
      .map(({ number, rows, durableAt }): TrackedWrite => {
        return { number, table: '', rows, outcome: durableAt < point ? 'acknowledged' : 'refused' };
      });
    const never = () => false;
    return complaintsAbout(found, tracked, never, never);
  }

  /** What is there after a recovery stays; of the rest nothing is known any more. */
  settle(found: ReadonlyMap<string, number>): void {
    this.writes = this.writes.filter(({ number, rows }) => rows.some((row) => found.get(row) === number));
    for (const write of this.writes) {
      write.acknowledged = true;
      write.durableAt = 0;
    }
  }
}
