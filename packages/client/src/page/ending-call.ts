import { AbortedError } from '@cassette/engine';
import type { Connection } from '../tabs/connection.ts';

/** A call that its caller's signal ends: at once while no worker has it, and by its number from then on. */
export class EndingCall {
  readonly id: number;
  readonly signal: AbortSignal;
  private readonly reject: (error: unknown) => void;
  /** What it was sent over; null while it waits here. */
  private sent: Connection | null = null;

  constructor(id: number, signal: AbortSignal, reject: (error: unknown) => void) {
    this.id = id;
    this.signal = signal;
    this.reject = reject;
    signal.addEventListener('abort', this.abort);
  }

  /** Whether it has ended without having been sent. */
  get isOver(): boolean {
    return this.sent === null && this.signal.aborted;
  }

  /** It is sent. */
  goes(connection: Connection): void {
    this.sent = connection;
  }

  /** Nobody has it, nor is anything left of it. */
  comesBack(): void {
    this.sent = null;
    if (this.signal.aborted) this.abort();
  }

  /** It takes its course from here on, or has settled. */
  letGo(): void {
    this.signal.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => {
    if (this.sent === null) this.reject(new AbortedError('The statement', this.signal.reason));
    else if (!this.sent.isLost) void this.sent.host.cancelExport(this.id);
  };
}

/** What a worker says of something that was ended, with the reason of who ended it: that does not travel. */
export function withReason(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || (error as { code?: string }).code !== 'ABORTED') return error;
  return Object.defineProperty(error, 'cause', { value: signal.reason, writable: true, configurable: true });
}
