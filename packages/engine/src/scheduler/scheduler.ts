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
  let channel: (MessageChannel & { port1: NodePort }) | undefined;
  let posted = false;
  const post = () => {
    if (channel === undefined) {
      // One for good: to make a channel costs more than to commit a small write.
      channel = new MessageChannel();
      channel.port1.onmessage = turn;
    }
    if (posted) return;
    posted = true;
    channel.port1.ref?.();
    channel.port2.postMessage(null);
  };
  const turn = () => {
    posted = false;
    try {
      // Only those that were there when the turn began: what they queue gets a turn of its own.
      for (let n = waiting.length; n > 0; n--) waiting.shift()?.();
    } finally {
      // More may wait: queued by these, or left by one that threw.
      if (waiting.length > 0) post();
      else channel?.port1.unref?.();
    }
  };
  const soon = (task: () => void) => {
    waiting.push(task);
    post();
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

/** Node's ports have these: an open port keeps a process alive, so it is held only while somebody waits. */
interface NodePort extends MessagePort {
  ref?(): void;
  unref?(): void;
}
