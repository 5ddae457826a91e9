import { ByteWriter } from '@cassette/bytes';
import { ResultSet } from '@cassette/engine';
import { errorFromTransfer } from '../errors/error-transfer.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import { type Call, CallKind, type CallMessage, type SettledCalls } from '../wire/calls.ts';
import { packValue } from '../wire/pack.ts';
import { checkedCallOptions } from './check-arguments.ts';

/** The worker's side of the queue. */
export interface CallTarget {
  submit(message: CallMessage): Promise<SettledCalls>;
  rest(id: number): Promise<SettledCalls>;
}

/** What the queue needs of a {@link StoreLink}. */
export type QueueLink = Pick<StoreLink, 'current' | 'connected' | 'over' | 'mayHaveRun' | 'stamps' | 'used' | 'ownerClock'>;

/** A call that waits for its answer; null once it has it. */
type Waiting = { resolve(result: ResultSet): void; reject(error: unknown): void } | null;

/**
 * Gathers the calls of one turn of the event loop into one message, because a message costs more than a write, and gives
 * each caller its own answer.
 */
export class CallQueue {
  private readonly link: QueueLink;
  private readonly out = new ByteWriter(4096);
  private texts = new Map<string, number>();
  private calls: Call[] = [];
  /** How many timestamps each call takes: one, or of many rows one each. */
  private stamps: number[] = [];
  private waiting: Waiting[] = [];

  constructor(link: QueueLink) {
    this.link = link;
  }

  /**
   * Queues a call. Rejects at once, and it alone, with UNSUPPORTED_VALUE for parameters that can't travel and with
   * INVALID_OPTION for options that are not of their types.
   */
  call(kind: Call['kind'], text: string | null, params: unknown, given: unknown): Promise<ResultSet> {
    return new Promise((resolve, reject) => {
      const options = checkedCallOptions(given);
      const offset = this.out.length;
      try {
        packValue(params, this.out);
      } catch (error) {
        this.out.length = offset;
        throw error;
      }
      if (this.calls.length === 0) void this.sendSoon();
      this.calls.push({ kind, text: text === null ? -1 : this.textIndex(text), offset, options });
      this.stamps.push(kind === CallKind.EXECUTE_MANY && Array.isArray(params) ? params.length : 1);
      this.waiting.push({ resolve, reject });
    });
  }

  private textIndex(text: string): number {
    let index = this.texts.get(text);
    if (index === undefined) {
      index = this.texts.size;
      this.texts.set(text, index);
    }
    return index;
  }

  private async sendSoon(): Promise<void> {
    // The callers whose promises an answer settled go on one microtask after another, some after a hop or two of their
    // own: a few hops later all of them have made their next call.
    for (let i = 0; i < 4; i++) await null;
    this.send();
  }

  /** Sends what is queued now, so that a message that goes another way does not overtake it. */
  send(): void {
    if (this.calls.length > 0) void this.exchange();
  }

  private async exchange(): Promise<void> {
    const message: CallMessage = {
      texts: [...this.texts.keys()],
      calls: this.calls,
      // Copied on its way and not transferred: should the owner go, the next one gets it.
      bytes: this.out.toBytes() as Uint8Array<ArrayBuffer>,
    };
    const { waiting, stamps, link } = this;
    this.out.clear();
    this.texts = new Map();
    this.calls = [];
    this.stamps = [];
    this.waiting = [];
    await this.carry(message, waiting, link.stamps(stamps), stamps, false);
  }

  /** Sends those calls of a message that wait, until each has its answer. `isReserved`: the owner gave them their timestamps. */
  private async carry(
    message: CallMessage,
    waiting: Waiting[],
    timestamps: readonly number[],
    stamps: readonly number[],
    isReserved: boolean,
  ): Promise<void> {
    const { link } = this;
    const nowInSeconds = Math.floor(timestamps[0] / 1_000_000);
    let mayHaveRun = false;
    const answer = (settled: SettledCalls, order: readonly number[]) => {
      const restamped = this.answer(settled, waiting, order);
      if (restamped.size === 0) return;
      // At once, whatever else of the message is still under way.
      const again = waiting.map((one, index) => (restamped.has(index) ? one : null));
      for (const index of restamped.keys()) waiting[index] = null;
      const given = timestamps.map((timestamp, index) => restamped.get(index) ?? timestamp);
      void this.carry(message, again, given, stamps, true);
    };
    try {
      for (let attempt = 1; ; attempt++) {
        const connection = link.current ?? (await link.connected());
        // Only those that have no answer yet.
        const order = [...waiting.keys()].filter((index) => waiting[index] !== null);
        const calls = order.map((index) => {
          const call = message.calls[index];
          const [timestamp, count] = [timestamps[index], stamps[index]];
          if (mayHaveRun) return { ...call, retry: { timestamp, count, nowInSeconds } };
          return call.kind === CallKind.EXECUTE_MANY && count > 1 ? { ...call, first: { timestamp, count, isReserved } } : call;
        });
        try {
          let settled = await link.over(connection, (host) => host.submit({ ...message, calls }));
          answer(settled, order);
          while (settled.rest !== null) {
            const { rest } = settled;
            settled = await link.over(connection, (host) => host.rest(rest));
            answer(settled, order);
          }
          return;
        } catch (error) {
          if (link.mayHaveRun(connection, error, attempt)) mayHaveRun = true;
        }
      }
    } catch (error) {
      // The message itself failed; those already answered ignore it.
      for (const one of waiting) one?.reject(error);
    }
  }

  /** Tells callers their answers. What comes back are the timestamps that the owner gave to rows it has not written. */
  private answer({ outcomes, used, clock }: SettledCalls, waiting: Waiting[], order: readonly number[]): Map<number, number> {
    if (used !== undefined) this.link.used = used;
    this.link.ownerClock = clock;
    const restamped = new Map<number, number>();
    for (const [place, outcome] of outcomes) {
      const index = order[place];
      if (outcome !== null && 'restamp' in outcome) {
        restamped.set(index, outcome.restamp);
        continue;
      }
      const one = waiting[index];
      waiting[index] = null;
      if (outcome === null) one?.resolve(ResultSet.empty());
      else if ('error' in outcome) one?.reject(errorFromTransfer(outcome.error));
      else one?.resolve(ResultSet.fromTransfer(outcome.result));
    }
    return restamped;
  }
}
