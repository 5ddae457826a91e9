// How tabs find the one that owns a store. All of it goes over one BroadcastChannel a store; what follows goes over a channel
// that two of them share (see LinkEndpoint). Locks tell who lives: browsers give them free when their holder is gone.

/** What tabs of a store say to all others. */
export type TabMessage =
  /** A client looks for the owner; `link` names the channel that it would talk over. */
  | { readonly type: 'seek'; readonly protocol: number; readonly client: string; readonly link: string }
  /** An owner's worker is there from now on. */
  | { readonly type: 'ready' }
  /** The owner with that lock closes the store: let what is under way end, and begin nothing more with it. */
  | { readonly type: 'closing'; readonly alive: string }
  /** A tab is opening the store: patience. */
  | { readonly type: 'opening' }
  /** The owner's answer to a `seek`: it listens on the link of that name. `alive` is the lock that its worker holds as long as it lives. */
  | { readonly type: 'welcome'; readonly protocol: number; readonly link: string; readonly alive: string };

/** Tabs queue for this lock; who holds it owns the store, or is about to. */
export function ownerLock(store: string): string {
  return `cassette-owner:${store}`;
}

/** The channel of {@link TabMessage}s. */
export function tabsChannel(store: string): string {
  return `cassette-tabs:${store}`;
}

/** The lock that a client holds as long as it lives. */
export function clientLock(client: string): string {
  return `cassette-client:${client}`;
}

/** The channel between one client and one owner: a former owner that is still winding up never hears on it. */
export function linkChannel(link: string, alive: string): string {
  return `cassette-link:${link}:${alive}`;
}
