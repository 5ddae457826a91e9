import type { FakeContext } from './fake-browser.ts';

type Callback = (lock: unknown) => unknown;

interface Request {
  readonly context: FakeContext;
  readonly name: string;
  readonly isShared: boolean;
  readonly callback: Callback;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Web Locks of all contexts of a fake browser: queues, shared locks, aborted requests and stolen locks. */
export class FakeLocks {
  private held: Request[] = [];
  private queue: Request[] = [];

  /** The `navigator.locks` of a context. */
  of(context: FakeContext): Pick<LockManager, 'request' | 'query'> {
    const request = (name: string, given: LockOptions | Callback, later?: Callback) =>
      new Promise((resolve, reject) => {
        const options: LockOptions = typeof given === 'function' ? {} : given;
        const callback = typeof given === 'function' ? given : later!;
        if (!context.isAlive) return;
        const one: Request = { context, name, isShared: options.mode === 'shared', callback, resolve, reject };
        options.signal?.addEventListener('abort', () => {
          if (!this.queue.includes(one)) return;
          this.queue = this.queue.filter((other) => other !== one);
          reject(options.signal!.reason);
          this.grant();
        });
        if (options.steal) {
          for (const victim of this.held.filter((other) => other.name === name)) {
            this.held = this.held.filter((other) => other !== victim);
            victim.context.enqueue(() => victim.reject(new DOMException('The lock was stolen', 'AbortError')));
          }
          this.queue.unshift(one);
        } else {
          this.queue.push(one);
        }
        this.grant();
      });
    const query = async () => ({
      held: this.held.map(({ name }) => ({ name })),
      pending: this.queue.map(({ name }) => ({ name })),
    });
    return { request, query } as unknown as Pick<LockManager, 'request' | 'query'>;
  }

  /** A context ended. */
  forget(context: FakeContext): void {
    this.held = this.held.filter((one) => one.context !== context);
    this.queue = this.queue.filter((one) => one.context !== context);
    this.grant();
  }

  private grant(): void {
    for (let i = 0; i < this.queue.length; ) {
      const one = this.queue[i];
      const others = this.held.filter(({ name }) => name === one.name);
      const isFirst = !this.queue.slice(0, i).some(({ name, isShared }) => name === one.name && !(isShared && one.isShared));
      const isFree = others.length === 0 || (one.isShared && others.every(({ isShared }) => isShared));
      if (!isFirst || !isFree) {
        i++;
        continue;
      }
      this.queue.splice(i, 1);
      this.held.push(one);
      one.context.enqueue(() => this.run(one));
    }
  }

  private async run(one: Request): Promise<void> {
    try {
      one.resolve(await one.callback({ name: one.name }));
    } catch (error) {
      one.reject(error);
    } finally {
      this.held = this.held.filter((other) => other !== one);
      this.grant();
    }
  }
}
