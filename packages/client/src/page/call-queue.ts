import { ByteWriter } from '@cassette/bytes';
import { ResultSet } from '@cassette/engine';
import { errorFromTransfer } from '../errors/error-transfer.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import { type Call, CallKind, type CallMessage, type SettledCalls } from '../wire/calls.ts';
import { packValue } from '../wire/pack.ts';
import { checkedCallOptions, checkedSignal } from './check-arguments.ts';
import { EndingCall, withReason } from './ending-call.ts';

/** What the queue needs of a {@link StoreLink}. */
export type QueueLink = Pick<StoreLink, 'current' | 'connected' | 'over' | 'mayHaveRun' | 'stamps' | 'used' | 'ownerClock'>;

/** Buffers that are kept for the next messages, and how large one may be for that. */
const BUFFERS_KEPT = 4;
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** Calls of one message, as they are kept until they are answered: should the owner go, the next one gets them. */
interface Packed {
  readonly texts: readonly string[];
  readonly calls: readonly Call[];
  readonly params: ByteWriter;
}

/** A call that waits for its answer; null once it has it. */
type Waiting = { resolve(result: ResultSet): void; reject(error: unknown): void; readonly ending: EndingCall | null } | null;

/**
 * Gathers the calls of one turn of the event loop into one message, because a message costs more than a write, and gives
 * each caller its own answer.
 */
export class CallQueue {
  private readonly link: QueueLink;
  private out = new ByteWriter(4096);
  /** Buffers that no message needs any more. */
  private readonly spare: ByteWriter[] = [];
  private texts = new Map<string, number>();
  private calls: Call[] = [];
  /** How many timestamps each call takes: one, or of many rows one each. */
  private stamps: number[] = [];
  private waiting: Waiting[] = [];
  /** Of the last call that can be ended. Below zero, where no other number of the tab is. */
  private lastId = 0;
  /** Messages whose calls are not all answered. */
  private underWay = 0;

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
      const signal = checkedSignal('The statement', given);
      const offset = this.out.length;
      try {
        packValue(params, this.out);
      } catch (error) {
        this.out.length = offset;
        throw error;
      }
      if (this.calls.length === 0) void this.sendSoon();
      const ending = signal === undefined ? null : new EndingCall(--this.lastId, signal, reject);
      const id = ending === null ? {} : { id: ending.id };
      this.calls.push({ kind, text: text === null ? -1 : this.textIndex(text), offset, options, ...id });
      this.stamps.push(kind === CallKind.EXECUTE_MANY && Array.isArray(params) ? params.length : 1);
      this.waiting.push({ resolve, reject, ending });
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
    const packed: Packed = { texts: [...this.texts.keys()], calls: this.calls, params: this.out };
    const { waiting, stamps, link, spare } = this;
    this.out = spare.pop() ?? new ByteWriter(4096);
    this.texts = new Map();
    this.calls = [];
    this.stamps = [];
    this.waiting = [];
    this.underWay++;
    const isDone = await this.carry(packed, waiting, link.stamps(stamps), stamps, false);
    this.underWay--;
    if (!isDone || spare.length >= BUFFERS_KEPT || packed.params.buffer.length > KEPT_BYTES_MAX) return;
    packed.params.clear();
    spare.push(packed.params);
  }

  /**
   * Sends those calls of a message that wait, until each has its answer. `isReserved`: the owner gave them their timestamps. False where some
   * go on, with timestamps that they were given.
   */
  private async carry(
    packed: Packed,
    waiting: Waiting[],
    timestamps: readonly number[],
    stamps: readonly number[],
    isReserved: boolean,
  ): Promise<boolean> {
    const { link } = this;
    const nowInSeconds = Math.floor(timestamps[0] / 1_000_000);
    let mayHaveRun = false;
    let isDone = true;
    const isAlone = this.underWay === 1;
    const answer = (settled: SettledCalls, order: readonly number[]) => {
      const restamped = this.answer(settled, waiting, order);
      if (restamped.size === 0) return;
      isDone = false;
      // At once, whatever else of the message is still under way.
      const again = waiting.map((one, index) => (restamped.has(index) ? one : null));
      for (const index of restamped.keys()) waiting[index] = null;
      const given = timestamps.map((timestamp, index) => restamped.get(index) ?? timestamp);
      void this.carry(packed, again, given, stamps, true);
    };
    try {
      for (let attempt = 1; ; attempt++) {
        const connection = link.current ?? (await link.connected());
        // Only those that have no answer yet.
        const order = [...waiting.keys()].filter((index) => waiting[index] !== null && waiting[index].ending?.isOver !== true);
        if (order.length === 0) return isDone;
        for (const index of order) waiting[index]?.ending?.goes(connection);
        const calls = order.map((index) => {
          const call = packed.calls[index];
          const [timestamp, count] = [timestamps[index], stamps[index]];
          if (mayHaveRun) return { ...call, retry: { timestamp, count, nowInSeconds } };
          return call.kind === CallKind.EXECUTE_MANY && count > 1 ? { ...call, first: { timestamp, count, isReserved } } : call;
        });
        try {
          let settled = await link.over(connection, () => connection.calls.submit(messageOf(packed, calls, isAlone)));
          answer(settled, order);
          while (settled.rest !== null) {
            const { rest } = settled;
            settled = await link.over(connection, () => connection.calls.rest(rest));
            answer(settled, order);
          }
          return isDone;
        } catch (error) {
          if (link.mayHaveRun(connection, error, attempt)) mayHaveRun = true;
          // What may have been written is not taken back: it is sent again, and settles as it did or does.
          for (const [index, one] of waiting.entries()) {
            if (mayHaveRun && mayWrite(packed, index)) one?.ending?.letGo();
            else one?.ending?.comesBack();
          }
        }
      }
    } catch (error) {
      // The message itself failed; those already answered ignore it.
      for (const one of waiting) {
        one?.ending?.letGo();
        one?.reject(error);
      }
      return isDone;
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
      one?.ending?.letGo();
      if (outcome === null) one?.resolve(ResultSet.empty());
      else if ('error' in outcome) one?.reject(withReason(errorFromTransfer(outcome.error), one.ending?.signal));
      else one?.resolve(ResultSet.fromTransfer(outcome.result));
    }
    return restamped;
  }
}

/** Calls as they are sent: the parameters are copied once. */
function messageOf({ texts, params }: Packed, calls: readonly Call[], isAlone: boolean): CallMessage {
  return { texts, calls, bytes: params.toBytes() as Uint8Array<ArrayBuffer>, isAlone };
}

function mayWrite({ texts, calls }: Packed, index: number): boolean {
  const { kind, text } = calls[index];
  return kind !== CallKind.SELECT_MANY && (kind !== CallKind.EXECUTE || !/^\s*select\b/i.test(texts[text]));
}
