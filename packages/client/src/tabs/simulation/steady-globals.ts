// To be imported before anything else: what a platform does at moments of its own happens here in an order that is always the same, so that a
// seed lives one life only. Messages of ports go with the microtasks; short timers with the turn of the event loop that comes next; what
// nobody refers to any more is not noticed.

type Listener = (event: { readonly data: unknown }) => void;

class SteadyPort {
  other: SteadyPort | null = null;
  private handler: Listener | null = null;
  private readonly listeners = new Set<Listener>();
  private pending: unknown[] = [];

  get onmessage(): Listener | null {
    return this.handler;
  }

  set onmessage(handler: Listener | null) {
    this.handler = handler;
    this.deliver();
  }

  addEventListener(_type: string, listener: Listener): void {
    this.listeners.add(listener);
    this.deliver();
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.listeners.delete(listener);
  }

  start(): void {
    this.deliver();
  }

  postMessage(data: unknown): void {
    const { other } = this;
    other?.pending.push(data);
    queueMicrotask(() => other?.deliver());
  }

  close(): void {
    const { other } = this;
    this.other = null;
    if (other !== null) other.other = null;
  }

  private deliver(): void {
    while (this.pending.length > 0 && (this.handler !== null || this.listeners.size > 0)) {
      const event = { data: this.pending.shift() };
      this.handler?.(event);
      for (const listener of [...this.listeners]) listener(event);
    }
  }
}

class SteadyChannel {
  readonly port1 = new SteadyPort();
  readonly port2 = new SteadyPort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

// Comlink knows a port by its name.
Object.defineProperty(SteadyPort, 'name', { value: 'MessagePort' });
const globals = globalThis as unknown as Record<string, unknown>;
globals['MessagePort'] = SteadyPort;
globals['MessageChannel'] = SteadyChannel;
delete globals['FinalizationRegistry'];
const { setTimeout: platformTimeout } = globalThis;
globals['setTimeout'] = (run: () => void, milliseconds = 0) => {
  if (milliseconds > 100) return platformTimeout(run, milliseconds);
  setImmediate(run);
  return 0;
};
