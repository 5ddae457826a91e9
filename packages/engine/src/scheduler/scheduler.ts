/** When things run. Handed in, so that a simulation decides it. */
export interface Scheduler {
  /** Lets others have their turn, messages that wait included; resolves when it is ours again. */
  yield(): Promise<void>;
  /** Milliseconds of a steady clock, for slices of time. */
  now(): number;
  /** Runs `task` after the messages that wait already were handled: what they bring joins in. */
  soon(task: () => void): void;
  /** Runs `task` after that many milliseconds; returns what cancels it. */
  later(task: () => void, milliseconds: number): () => void;
}

/**
 * A scheduler on what pages, workers and Node all have. A MessageChannel and not a timer for the turns: nested timers are
 * held back by four milliseconds in browsers, and a message queues up behind those that wait, which is what `soon` is for.
 */
export function defaultScheduler(): Scheduler {
  const waiting: (() => void)[] = [];
  let channel: MessageChannel | undefined;
  const turn = () => {
    // Only those that were there when the turn began: what they queue gets a turn of its own.
    for (let n = waiting.length; n > 0; n--) waiting.shift()?.();
    if (waiting.length === 0) release();
  };
  // An open port keeps a Node process alive, so it is there only while somebody waits.
  const release = () => {
    channel?.port1.close();
    channel = undefined;
  };
  const soon = (task: () => void) => {
    waiting.push(task);
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = turn;
    }
    channel.port2.postMessage(null);
  };
  return {
    yield: () => new Promise<void>((resolve) => soon(resolve)),
    now: () => performance.now(),
    soon,
    later: (task, milliseconds) => {
      const timer = setTimeout(task, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}
