import { watchLock } from '../tabs/held-lock.ts';
import type { TabPlatform } from '../tabs/platform.ts';
import { LinkEndpoint, type TabChannel } from '../wire/link-endpoint.ts';
import { protocolVersion } from '../wire/protocol.ts';
import { clientLock, linkChannel, type TabMessage, tabsChannel } from '../wire/tab-messages.ts';

interface Guest {
  readonly link: string;
  end(): void;
}

/** Lets tabs in that look for the worker which holds a store, and learns of their end. */
export class TabServer {
  private readonly platform: TabPlatform;
  private readonly alive: string;
  private readonly admit: (endpoint: LinkEndpoint) => () => void;
  private readonly channel: TabChannel;
  /** By client: one that comes again has given its former link up. */
  private readonly guests = new Map<string, Guest>();
  private isStopped = false;

  /** Begins at once. `alive`: the worker's lock; `admit` answers calls on a link, and returns what ends that. */
  constructor(platform: TabPlatform, store: string, alive: string, admit: (endpoint: LinkEndpoint) => () => void) {
    this.platform = platform;
    this.alive = alive;
    this.admit = admit;
    this.channel = platform.openChannel(tabsChannel(store));
    this.channel.onmessage = ({ data }: MessageEvent) => this.hear(data as TabMessage);
    this.post({ type: 'ready' });
  }

  /** Lets nobody in any more; those who are in stay. */
  stop(): void {
    this.isStopped = true;
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
    const leave = this.admit(endpoint);
    const guest: Guest = {
      link,
      end: () => {
        unwatch();
        leave();
        endpoint.close();
        if (this.guests.get(client) === guest) this.guests.delete(client);
      },
    };
    this.guests.set(client, guest);
    const unwatch = watchLock(this.platform, clientLock(client), () => guest.end());
  }
}
