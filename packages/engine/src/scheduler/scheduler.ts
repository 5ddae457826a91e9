/** When things run. Handed in, so that a simulation decides it. */
export interface Scheduler {
  /** Lets others have their turn, messages that wait included; resolves when it is ours again. */
  yield(): Promise<void>;
  /** Milliseconds of a steady clock, for slices of time. */
  now(): number;
  /** Runs `task` after the messages that wait already were handled: what they bring joins in. */
  soon(task: () => void): void;
  /** Runs `task` after that many milliseconds, or earlier where they are weeks; returns what cancels it. */
  later(task: () => void, milliseconds: number): () => void;
}

/** Beyond so many milliseconds, 24 days, a platform's timer is due at once. */
const TIMER_MAX = 2 ** 31 - 1;

/** A scheduler on what the platform has: setImmediate where it is (Node), and a MessageChannel elsewhere (pages, workers). */
export function defaultScheduler(): Scheduler {
  const soon = soonByImmediate() ?? soonByMessages();
  return {
    yield: () => new Promise<void>((resolve) => soon(resolve)),
    now: () => performance.now(),
    soon,
    later: (task, milliseconds) => {
      const timer = setTimeout(task, Math.min(milliseconds, TIMER_MAX));
      return () => clearTimeout(timer);
    },
  };
}

/**
 * Node's own way to let others have their turn: messages between its ports go before its timers and before input and output, which
 * would wait for the end of a long scan.
 */
function soonByImmediate(): ((task: () => void) => void) | undefined {
  const { setImmediate } = globalThis as { readonly setImmediate?: (task: () => void) => unknown };
  return setImmediate && ((task) => void setImmediate(task));
}

/**
 * A MessageChannel and not a timer for the turns: nested timers are held back by four milliseconds in browsers, and a message queues up
 * behind those that wait, which is what `soon` is for.
 */
function soonByMessages(): (task: () => void) => void {
  const waiting: (() => void)[] = [];
  const channel = new MessageChannel();
  let posted = false;
  const post = () => {
    if (posted) return;
    posted = true;
    channel.port2.postMessage(null);
  };
  channel.port1.onmessage = () => {
    posted = false;
    try {
      // Only those that were there when the turn began: what they queue gets a turn of its own.
      for (let n = waiting.length; n > 0; n--) waiting.shift()?.();
    } finally {
      // More may wait: queued by these, or left by one that threw.
      if (waiting.length > 0) post();
    }
  };
  return (task) => {
    waiting.push(task);
    post();
  };
}
