import type { Endpoint } from 'comlink';

/** The parts of a BroadcastChannel that tabs use. */
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'close'> & {
  onmessage: ((event: MessageEvent) => void) | null;
};

/** A message of Comlink, as far as ports may be in it. */
interface ComlinkMessage {
  readonly id?: string;
  readonly type?: string;
  readonly value?: unknown;
  readonly argumentList?: readonly { readonly value?: unknown }[];
}

interface Frame {
  /** The port that it is for; 0 is the link itself. */
  readonly port: number | string;
  readonly message: ComlinkMessage;
  /** Ports that were in the message: index of the argument (-1 for its own value), and the number that their messages go under. */
  readonly ports?: readonly (readonly [number, string])[];
}

interface Bridge {
  readonly port: MessagePort;
  /** The message whose answer is the last. */
  last: string | undefined;
}

/**
 * A BroadcastChannel that only two contexts know, as Comlink takes a port. It is what reaches every other tab, worker, shared and
 * service worker of a site in every browser, without a broker; a SharedWorker that hands out MessagePorts is not everywhere. It
 * can't carry ports, so those of Comlink's callbacks stay where they are, and their messages go as frames with a number. Typed
 * arrays are copied: measured on a busy machine of two cores, a result of 4 MiB takes 20 (Firefox) to 80 ms (Chromium) longer than
 * one of the tab's own worker, and a small call 0.2 ms.
 */
export class LinkEndpoint implements Endpoint {
  private readonly channel: TabChannel;
  private readonly side: string;
  private readonly listeners = new Set<(event: MessageEvent) => void>();
  private readonly bridges = new Map<string, Bridge>();
  private nextPort = 1;
  private isClosed = false;

  /** `side` tells the two ends apart, so that their numbers do not meet. */
  constructor(channel: TabChannel, side: 'client' | 'owner') {
    this.channel = channel;
    this.side = side;
    channel.onmessage = ({ data }: MessageEvent) => this.receive(data as Frame);
  }

  postMessage(message: ComlinkMessage): void {
    this.send(0, message);
  }

  addEventListener(_type: string, listener: EventListenerOrEventListenerObject): void {
    this.listeners.add(listener as (event: MessageEvent) => void);
  }

  removeEventListener(_type: string, listener: EventListenerOrEventListenerObject): void {
    this.listeners.delete(listener as (event: MessageEvent) => void);
  }

  /** Ends it, and all callbacks that go through it. */
  close(): void {
    this.isClosed = true;
    this.listeners.clear();
    this.channel.close();
    for (const { port } of this.bridges.values()) port.close();
    this.bridges.clear();
  }

  private send(port: number | string, message: ComlinkMessage): void {
    // Comlink says good-bye when it likes, and answers whoever is gone.
    if (this.isClosed) return;
    const ports: [number, string][] = [];
    const without = this.withoutPort(message, -1, ports);
    const argumentList = message.argumentList?.map((argument, index) => this.withoutPort(argument, index, ports));
    const sent = argumentList === undefined ? without : { ...without, argumentList };
    this.channel.postMessage((ports.length === 0 ? { port, message: sent } : { port, message: sent, ports }) satisfies Frame);
  }

  private withoutPort<T extends { readonly value?: unknown }>(holder: T, index: number, ports: [number, string][]): T {
    if (!(holder.value instanceof MessagePort)) return holder;
    const id = `${this.side}${this.nextPort++}`;
    this.bridge(id, holder.value);
    ports.push([index, id]);
    return { ...holder, value: null };
  }

  private receive({ port, message, ports = [] }: Frame): void {
    const transfer: MessagePort[] = [];
    for (const [index, id] of ports) {
      const { port1, port2 } = new MessageChannel();
      this.bridge(id, port1);
      transfer.push(port2);
      const holder = (index < 0 ? message : message.argumentList?.[index]) as { value: unknown };
      holder.value = port2;
    }
    if (port === 0) {
      for (const listener of [...this.listeners]) listener({ data: message } as MessageEvent);
      return;
    }
    const bridge = this.bridges.get(port as string);
    if (bridge === undefined) return;
    bridge.port.postMessage(message, transfer);
    this.noteEnd(port as string, bridge, message);
  }

  private bridge(id: string, port: MessagePort): void {
    const bridge: Bridge = { port, last: undefined };
    this.bridges.set(id, bridge);
    port.onmessage = ({ data }: MessageEvent) => {
      this.send(id, data as ComlinkMessage);
      this.noteEnd(id, bridge, data as ComlinkMessage);
    };
  }

  /** Comlink releases a callback by a message, whose answer is the last that a port sees. */
  private noteEnd(id: string, bridge: Bridge, message: ComlinkMessage): void {
    if (message.type === 'RELEASE') {
      bridge.last = message.id;
    } else if (bridge.last !== undefined && message.id === bridge.last) {
      this.bridges.delete(id);
      bridge.port.close();
    }
  }
}
