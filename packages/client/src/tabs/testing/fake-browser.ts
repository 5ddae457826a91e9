import type { TabChannel } from '../../wire/link-endpoint.ts';
import type { TabPlatform } from '../platform.ts';
import { FakeLocks } from './fake-locks.ts';

/** Turns without a task, of a millisecond or more, before somebody is said to hang. */
const TURNS_MIN = 2000;

/** Something that happens in a context once the scheduler says so. */
type Task = () => void;

/** A page or a worker: what it holds is gone when it ends, and nothing that its code still does is seen by others. */
export class FakeContext {
  readonly browser: FakeBrowser;
  readonly platform: TabPlatform;
  isAlive = true;
  /** It lives, and holds what it holds, but runs no code. */
  isFrozen = false;
  readonly tasks: Task[] = [];
  readonly onKill: (() => void)[] = [];

  constructor(browser: FakeBrowser) {
    this.browser = browser;
    this.platform = {
      locks: browser.locks.of(this),
      openChannel: (name) => browser.openChannel(this, name),
      later: (run, milliseconds) => browser.later(this, run, milliseconds),
      newId: () => browser.newId(),
      now: () => browser.now,
    };
  }

  /** Ends it: closed, crashed or terminated. */
  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.tasks.length = 0;
    for (const run of this.onKill) run();
    this.browser.locks.forget(this);
  }

  /** Has something happen in it, after what waits already. */
  enqueue(task: Task): void {
    if (this.isAlive) this.tasks.push(task);
  }
}

interface Timer {
  readonly context: FakeContext;
  readonly at: number;
  readonly run: Task;
}

interface Listener {
  readonly context: FakeContext;
  readonly channel: TabChannel;
}

/**
 * Contexts with locks, channels and timers, in which a seed decides whose next task runs. What one context gets, it gets in
 * order; time passes when nobody has anything else to do.
 */
export class FakeBrowser {
  readonly locks = new FakeLocks();
  /** Milliseconds. */
  now = 1_700_000_000_000;
  /** Tasks that were run. */
  steps = 0;
  /** Called before each task. */
  onStep: (step: number) => void = () => undefined;
  private readonly contexts: FakeContext[] = [];
  private readonly channels = new Map<string, Set<Listener>>();
  private timers: Timer[] = [];
  private nextId = 1;
  private readonly random: () => number;

  /** `random` gives numbers from 0 up to but without 1. */
  constructor(random: () => number) {
    this.random = random;
  }

  newContext(): FakeContext {
    const context = new FakeContext(this);
    this.contexts.push(context);
    return context;
  }

  newId(): string {
    return `id${this.nextId++}`;
  }

  openChannel(context: FakeContext, name: string): TabChannel {
    const listeners = this.channels.get(name) ?? new Set();
    this.channels.set(name, listeners);
    let isOpen = true;
    const channel: TabChannel = {
      onmessage: null,
      postMessage: (message: unknown) => {
        if (!isOpen) throw new DOMException('The channel is closed', 'InvalidStateError');
        if (!context.isAlive) return;
        for (const other of listeners) {
          if (other === listener) continue;
          const data = structuredClone(message);
          other.context.enqueue(() => listeners.has(other) && other.channel.onmessage?.({ data } as MessageEvent));
        }
      },
      close: () => {
        isOpen = false;
        listeners.delete(listener);
      },
    };
    const listener: Listener = { context, channel };
    listeners.add(listener);
    context.onKill.push(() => listeners.delete(listener));
    return channel;
  }

  later(context: FakeContext, run: Task, milliseconds: number): () => void {
    const timer: Timer = { context, run, at: this.now + milliseconds };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  /**
   * Runs tasks until `isDone`. Throws when two minutes of its time pass before that: somebody hangs. Not before many turns without a task:
   * the engine reads, and loads code, in real time, of which it takes much on a busy machine.
   */
  async runUntil(isDone: () => boolean): Promise<void> {
    const end = this.now + 120_000;
    for (let idle = 0, passed = 0; !isDone(); ) {
      // What follows from a task, in the code under test and in the engine, happens before the next one.
      await new Promise((resolve) => setImmediate(resolve));
      const ready = this.contexts.filter(({ isAlive, isFrozen, tasks }) => isAlive && !isFrozen && tasks.length > 0);
      if (ready.length > 0) {
        idle = 0;
        this.onStep(++this.steps);
        const context = ready[Math.floor(this.random() * ready.length)];
        if (context.isAlive && !context.isFrozen) context.tasks.shift()?.();
      } else if (++idle > 8) {
        // The engine's own timers are the platform's.
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.passTime();
        if (this.now > end && ++passed > TURNS_MIN)
          throw new Error(`Somebody hangs: nothing but timers for two minutes, after ${this.steps} steps`);
      }
    }
  }

  private passTime(): void {
    this.timers = this.timers.filter(({ context }) => context.isAlive);
    const due = this.timers.filter(({ context }) => !context.isFrozen);
    const next = Math.min(...due.map(({ at }) => at), this.now + 1000);
    this.now = Math.max(next, this.now);
    for (const timer of due) {
      if (timer.at > this.now) continue;
      this.timers = this.timers.filter((one) => one !== timer);
      timer.context.enqueue(timer.run);
    }
  }
}
