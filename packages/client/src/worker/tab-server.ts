import { watchLock } from '../tabs/held-lock.ts';
import type { TabPlatform } from '../tabs/platform.ts';
import { LinkEndpoint, type TabChannel } from '../wire/link-endpoint.ts';
import { protocolVersion } from '../wire/protocol.ts';
import { clientLock, linkChannel, type TabMessage, tabsChannel } from '../wire/tab-messages.ts';

/** How long an owner that closes waits for what others have under way. Milliseconds. */
const leavingMs = 1000;

/** Answers calls on a link; `left` is called when the tab says good-bye. Returns what ends it. */
export type Admit = (endpoint: LinkEndpoint, left: () => void) => () => void;

interface Guest {
  readonly link: string;
  end(): void;
}

/** Lets tabs in that look for the worker which holds a store, and learns of their end. */
export class TabServer {
  private readonly platform: TabPlatform;
  private readonly alive: string;
  private readonly admit: Admit;
  private readonly channel: TabChannel;
  /** By client: one that comes again has given its former link up. */
  private readonly guests = new Map<string, Guest>();
  private isStopped = false;
  private onEmpty: () => void = () => undefined;

  /** Begins at once. `alive`: the worker's lock; `admit`: for each tab. */
  constructor(platform: TabPlatform, store: string, alive: string, admit: Admit) {
    this.platform = platform;
    this.alive = alive;
    this.admit = admit;
    this.channel = platform.openChannel(tabsChannel(store));
    this.channel.onmessage = ({ data }: MessageEvent) => this.hear(data as TabMessage);
    this.post({ type: 'ready' });
  }

  /**
   * Lets nobody in any more, asks those who are in to go when what they have under way is done, and waits for that: not for long,
   * as some may be frozen, or export.
   */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.post({ type: 'closing', alive: this.alive });
    if (this.guests.size > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.platform.later(resolve, leavingMs);
        this.onEmpty = () => {
          cancel();
          resolve();
        };
      });
    }
    this.channel.close();
  }

  private post(message: TabMessage): void {
    this.channel.postMessage(message);
  }

  private hear(message: TabMessage): void {
    if (message.type !== 'seek' || this.isStopped) return;
    const { client, link, protocol } = message;
    if (protocol === protocolVersion && this.guests.get(client)?.link !== link) this.letIn(client, link);
    this.post({ type: 'welcome', protocol: protocolVersion, link, alive: this.alive });
  }

  private letIn(client: string, link: string): void {
    this.guests.get(client)?.end();
    const endpoint = new LinkEndpoint(this.platform.openChannel(linkChannel(link, this.alive)), 'owner');
    const leave = this.admit(endpoint, () => guest.end());
    const guest: Guest = {
      link,
      end: () => {
        unwatch();
        leave();
        endpoint.close();
        if (this.guests.get(client) !== guest) return;
        this.guests.delete(client);
        if (this.guests.size === 0) this.onEmpty();
      },
    };
    this.guests.set(client, guest);
    const unwatch = watchLock(this.platform, clientLock(client), () => guest.end());
  }
}
