import { ByteWriter } from '@cassette/bytes';
import { ResultSet } from '@cassette/engine';
import { type Remote, transfer } from 'comlink';
import { errorFromTransfer } from '../errors/error-transfer.ts';
import type { Call, CallMessage, SettledCalls } from '../wire/calls.ts';
import { packValue } from '../wire/pack.ts';
import { checkedCallOptions } from './check-arguments.ts';

/** The worker's side of the queue. */
export interface CallTarget {
  submit(message: CallMessage): Promise<SettledCalls>;
  rest(id: number): Promise<SettledCalls>;
}

interface Waiting {
  resolve(result: ResultSet): void;
  reject(error: unknown): void;
}

/**
 * Gathers the calls of one turn of the event loop into one message, because a message costs more than a write, and gives
 * each caller its own answer.
 */
export class CallQueue {
  private readonly target: Remote<CallTarget>;
  private readonly out = new ByteWriter(4096);
  private texts = new Map<string, number>();
  private calls: Call[] = [];
  private waiting: Waiting[] = [];

  constructor(target: Remote<CallTarget>) {
    this.target = target;
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
      bytes: this.out.toBytes() as Uint8Array<ArrayBuffer>,
    };
    const waiting = this.waiting;
    this.out.clear();
    this.texts = new Map();
    this.calls = [];
    this.waiting = [];
    try {
      let settled = await this.target.submit(transfer(message, [message.bytes.buffer]));
      answer(settled, waiting);
      while (settled.rest !== null) {
        settled = await this.target.rest(settled.rest);
        answer(settled, waiting);
      }
    } catch (error) {
      // The message itself failed; those already answered ignore it.
      for (const { reject } of waiting) reject(error);
    }
  }
}

function answer(settled: SettledCalls, waiting: readonly Waiting[]): void {
  for (const [index, outcome] of settled.outcomes) {
    const { resolve, reject } = waiting[index];
    if (outcome === null) resolve(ResultSet.empty());
    else if ('error' in outcome) reject(errorFromTransfer(outcome.error));
    else resolve(ResultSet.fromTransfer(outcome.result));
  }
}
