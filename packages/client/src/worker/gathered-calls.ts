import { type ByteReader, CorruptionError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import type { Database, WriteGroup } from '@cassette/engine';
import { errorToTransfer } from '../errors/error-transfer.ts';
import { CallKind, type CallMessage, type Outcome } from '../wire/calls.ts';
import { unpackValue } from '../wire/pack.ts';
import type { CallDefaults } from './call-runner.ts';

/**
 * Calls of one message that are small writes, one behind the other: written together, with one promise for all of them. What they become
 * is what it would be if each were executed by itself, and so is what they reject with.
 */
export class GatheredCalls {
  private readonly database: Database;
  private readonly message: CallMessage;
  private readonly input: ByteReader;
  private readonly start: (index: number) => void;
  private readonly settle: (indexes: readonly number[], outcome: Outcome) => void;
  private group: WriteGroup | null = null;
  private indexes: number[] = [];

  /** `start`: executes a call of the message by itself; `settle`: tells the outcome of calls that were not. */
  constructor(
    database: Database,
    message: CallMessage,
    input: ByteReader,
    start: (index: number) => void,
    settle: (indexes: readonly number[], outcome: Outcome) => void,
  ) {
    this.database = database;
    this.message = message;
    this.input = input;
    this.start = start;
    this.settle = settle;
  }

  /** Takes a call of the message. False for one that is to be executed by itself; those that were taken before are then on their way. */
  take(index: number, defaults: CallDefaults): boolean {
    const { kind, text, offset, options, retry } = this.message.calls[index];
    if (kind === CallKind.EXECUTE && options === undefined && retry === undefined) {
      this.input.position = offset;
      const params = unpackValue(this.input) as unknown[] | Record<string, unknown> | null | undefined;
      this.group ??= this.database.gather(defaults);
      if (this.group.add(this.message.texts[text], params)) {
        this.indexes.push(index);
        return true;
      }
    }
    // In the order in which they came: a TRUNCATE takes away what was written before it.
    this.write();
    return false;
  }

  /** Writes those that were taken; `isAlone`: now, because nothing else is on its way that could share their flush. */
  write(isAlone = false): void {
    const { group, indexes } = this;
    if (group === null || indexes.length === 0) return;
    this.group = null;
    this.indexes = [];
    group.write(isAlone).then(
      () => this.settle(indexes, null),
      (error: unknown) => {
        // None of them was written, and not each may be what is refused.
        if (error instanceof InvalidRequestError || error instanceof CorruptionError)
          for (const index of indexes) this.start(index);
        else this.settle(indexes, { error: errorToTransfer(error) });
      },
    );
  }
}
