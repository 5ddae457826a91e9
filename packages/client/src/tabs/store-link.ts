import { ClosedError } from '@cassette/engine';
import type { KeyChallenge } from '@cassette/storage/encrypted';
import { type Remote, wrap } from 'comlink';
import { NoOwnerError, OwnerLostError, ProtocolMismatchError, WorkerDiedError } from '../errors/client-errors.ts';
import { LinkEndpoint, type TabChannel } from '../wire/link-endpoint.ts';
import { type JoinRequest, type OpenReply, protocolVersion } from '../wire/protocol.ts';
import { clientLock, linkChannel, ownerLock, type TabMessage, tabsChannel } from '../wire/tab-messages.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { Connection, ConnectionLost, type TabRole } from './connection.ts';
import { Election } from './election.ts';
import { type HeldLock, holdLock, watchLock } from './held-lock.ts';
import { followLifecycle } from './lifecycle.ts';
import { type Awaited, Liveness } from './liveness.ts';
import type { TabPlatform } from './platform.ts';

/** What a tab needs to open the store itself. */
export interface OwnerStart {
  /** Whether it is the first connection of this tab: later ones must not make again what was dropped meanwhile. */
  readonly isFirst: boolean;
  readonly used: string | undefined;
  /** Ends the start, whatever state it is in. */
  readonly signal: AbortSignal;
  readonly onEnd: (connection: Connection) => void;
}

/** What a link is made of. */
export interface StoreLinkOptions {
  readonly name: string;
  /** Null where tabs can't find each other: then this one is alone, and its worker's end is the end. */
  readonly platform: TabPlatform | null;
  readonly canOwn: boolean;
  /** For those that can't own: whether to wait for a tab that does, however long, or to reject. */
  readonly waitsForOwner: boolean;
  readonly join: JoinRequest['options'];
  /** Answers the owner's challenge where the store is encrypted, with null where it is not; rejects where the key does not fit the store. */
  readonly proveKey?: (challenge: KeyChallenge | null) => Promise<Uint8Array | null>;
  startOwner(start: OwnerStart): Promise<Connection>;
}

/**
 * How often a call is sent before its caller hears of it: it may be what the owners die of. Many tabs that close one after the other take
 * it with them innocently, so that a few deaths say nothing yet.
 */
const attemptsMax = 10;

/** How far ahead of its sending rows that were sent before put a call's timestamp. Microseconds. */
const stampsAheadMax = 5_000;

/** How often a worker may die while it opens the store. */
const deathsMax = 3;

/**
 * A tab's way to its store, whichever tab owns it. Every tab queues for the owner's lock; the one that gets it starts the worker
 * with the engine, the others talk to that worker. Locks tell each side of the other's end. Calls go on with the next owner.
 *
 * What keeps two engines from writing: the worker holds a lock of the store and, in OPFS, exclusive access handles on the log and
 * on the catalog's journal, without which nothing can be committed. A tab that is deposed or frozen ends its worker; one that runs
 * no code at all keeps its handles, and whoever wants to follow it waits for them and gives up with StoreLockedError.
 */
export class StoreLink {
  /** Called with each connection, before calls go over it: to set up again what an owner knew. */
  readonly onConnect = new Set<(connection: Connection) => void>();
  readonly onRoleChange = new Set<(role: TabRole | null) => void>();
  /** Called once where there is no next owner. */
  onDeath: (error: WorkerDiedError) => void = () => undefined;
  /** The keyspace that USE left; absent before the first. */
  used: string | undefined;
  /** The greatest timestamp that an owner told. Microseconds. */
  ownerClock = 0;
  private readonly options: StoreLinkOptions;
  private readonly platform: TabPlatform | null;
  private readonly client: string;
  private election: Election | null = null;
  private channel: TabChannel | null = null;
  private ownLock: HeldLock | null = null;
  private stopFollowing: () => void = () => undefined;
  private connection: Connection | null = null;
  private joining: Connection | null = null;
  private opening: AbortController | null = null;
  /** The link that was offered to whoever owns the store. */
  private offered: string | null = null;
  private waiters: { resolve(connection: Connection): void; reject(error: unknown): void }[] = [];
  /** The last try failed: the next one is made when somebody asks, or when an owner is there. */
  private isDormant = false;
  private isSuspended = false;
  private isAlone: boolean;
  private hasConnected = false;
  private ended: Error | null = null;
  /** Where the timestamps of the last call begin, and what is behind them. */
  private lastStamp = 0;
  private stampsEnd = 0;
  private readonly liveness: Liveness;
  private ownerless = 0;
  /** Workers that died while they opened the store, one after the other. */
  private deaths = 0;

  constructor(options: StoreLinkOptions) {
    this.options = options;
    this.platform = options.platform;
    this.isAlone = options.platform === null;
    this.client = options.platform?.newId() ?? '';
    this.liveness = new Liveness(options.platform, {
      awaited: () => this.awaited(),
      seek: () => this.seekAgain(),
      silent: () => this.giveUpOnOwner(),
    });
  }

  /** The connection, where there is one now. */
  get current(): Connection | null {
    return this.connection;
  }

  /** What this tab is; null between two owners. */
  get role(): TabRole | null {
    return this.connection?.role ?? null;
  }

  /** Starts to look for an owner, or to be one. */
  begin(): void {
    const { platform } = this;
    const { name, canOwn } = this.options;
    if (platform === null) {
      if (canOwn) void this.own();
      else
        this.fail(new NoOwnerError(`This browser has no way to reach the tab that holds the store '${name}'`, { store: name }));
      return;
    }
    this.election = new Election(platform, ownerLock(name), {
      granted: () => void this.own(),
      deposed: () => {
        this.cancelOpening();
        this.connection?.lose('another tab took the store over, for this one did not answer');
        this.proceed();
      },
    });
    this.channel = platform.openChannel(tabsChannel(name));
    this.channel.onmessage = ({ data }: MessageEvent) => this.hear(data as TabMessage);
    this.stopFollowing = followLifecycle(
      () => this.suspend(),
      () => this.resume(),
    );
    this.proceed();
    holdLock(platform, clientLock(this.client)).then(
      (lock) => {
        this.ownLock = lock;
        if (this.ended !== null) lock.release();
        else this.seek();
      },
      (error: unknown) => this.fail(error),
    );
  }

  /**
   * Ends the worker that holds the store in the midst of whatever it does, the one of another tab too: what is not durable is gone as in a
   * crash. Whoever is next opens the store.
   */
  async crash(): Promise<void> {
    const connection = await this.connected();
    if (connection.role === 'owner') return connection.lose('it was crashed on purpose');
    await connection
      .run((host) => host.crash())
      .catch((error: unknown) => {
        // It is gone before it can answer.
        if (!(error instanceof ConnectionLost)) throw error;
      });
  }

  /** The connection, or the next one. Rejects with what keeps this tab from having one. */
  connected(): Promise<Connection> {
    if (this.connection !== null) return Promise.resolve(this.connection);
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
      this.isDormant = false;
      this.proceed();
      this.liveness.watch();
    });
  }

  /** Resolves after so many milliseconds, for who tries again; never where tabs can't find each other, for there a try is the last. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.platform?.later(resolve, milliseconds);
    });
  }

  /** Makes a call, again with the next owner where that is safe. Nothing is awaited before a call goes over a connection that is there. */
  async run<T>(call: (host: Remote<WorkerHost>) => Promise<T>, isRepeatable: boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const connection = this.connection ?? (await this.connected());
      try {
        return await this.over(connection, call);
      } catch (error) {
        if (this.mayHaveRun(connection, error, attempt) && !isRepeatable) throw this.outcomeUnknown(error);
      }
    }
  }

  /** Makes a call over a connection. */
  over<T>(connection: Connection, call: (host: Remote<WorkerHost>) => Promise<T>): Promise<T> {
    const outcome = connection.run(call);
    if (connection.role === 'client') this.liveness.watch();
    return outcome;
  }

  /**
   * What a call's failure says: whether it may have been carried out by an owner that is gone, or certainly was not. Throws the
   * error where that is the answer to the call, or where it is not to be sent again.
   */
  mayHaveRun(connection: Connection, error: unknown, attempt: number): boolean {
    if (error instanceof ClosedError && connection.role === 'client' && this.ended === null) {
      this.retire(connection);
      return false;
    }
    if (!(error instanceof ConnectionLost)) throw error;
    if (this.ended !== null) throw this.ended;
    if (attempt >= attemptsMax) throw this.outcomeUnknown(error);
    return true;
  }

  /** The error of a call that may have been carried out. */
  outcomeUnknown(cause: unknown): OwnerLostError {
    const how = cause instanceof ConnectionLost ? cause.how : String(cause);
    return new OwnerLostError(
      `The tab or worker that held the store '${this.options.name}' is gone (${how}). Whether this call was carried out is unknown, and to send it again could do it twice: look, and call again if need be.`,
      { store: this.options.name },
    );
  }

  /**
   * Where the timestamps of calls begin, should those have to be sent again; how many each takes, one after the other. Microseconds.
   *
   * What was acknowledged to this tab before is older than all of them: each answer tells the owner's clock, which what was sent again moves
   * on too. And the first try of a call, if it counted, must have been at no earlier time, or the second one would put it on top of what
   * others wrote in between. So a call begins now, or one microsecond after the call before, for the owner begins them in their order and
   * gives each a time of its own. It gives each row one as well, but lets others have their turn between rows: a call behind many rows may
   * be carried out long before the last of them. Therefore a call begins behind all rows that were sent before it only as long as those take
   * it a few milliseconds ahead, which keeps the order of what is sent in one turn and is how much too late a second try can be; behind
   * more of them it begins among them. That takes from no order that was there: who awaits rows gets a time after theirs, and of
   * calls that were made side by side no order was promised. Two of many rows each that overlap still have their first rows, their second
   * ones and so on in the order of the calls.
   */
  stamps(counts: readonly number[]): number[] {
    const micros = (this.platform?.now() ?? 0) * 1000;
    return counts.map((count) => {
      const afterRows = Math.min(this.stampsEnd, micros + stampsAheadMax);
      this.lastStamp = Math.max(micros, this.lastStamp + 1, this.ownerClock + 1, afterRows);
      this.stampsEnd = this.lastStamp + count;
      return this.lastStamp;
    });
  }

  /** Ends it: the worker of an owner is ended, its lock given free. Calls under way and later ones are rejected with `reason`. */
  end(reason: Error): void {
    if (this.ended !== null) return;
    this.ended = reason;
    this.cancelOpening();
    const { connection, joining, waiters } = this;
    this.waiters = [];
    joining?.lose('the store was closed');
    connection?.lose('the store was closed');
    for (const { reject } of waiters) reject(reason);
    this.leaveOthers();
  }

  private leaveOthers(): void {
    this.election?.leave();
    this.channel?.close();
    this.channel = null;
    this.ownLock?.release();
    this.stopFollowing();
    this.liveness.stop();
  }

  /** Takes up whatever may lead to a connection. */
  private proceed(): void {
    if (this.ended !== null || this.isSuspended || this.isDormant) return;
    if (this.options.canOwn) this.election?.join();
    this.seek();
  }

  private post(message: TabMessage): void {
    this.channel?.postMessage(message);
  }

  private seek(): void {
    const { platform, connection, joining, opening, ownLock } = this;
    if (platform === null || ownLock === null || connection !== null || joining !== null || opening !== null) return;
    if (this.ended !== null || this.isSuspended || this.isDormant) return;
    this.offered ??= platform.newId();
    this.post({ type: 'seek', protocol: protocolVersion, client: this.client, link: this.offered });
  }

  private hear(message: TabMessage): void {
    switch (message.type) {
      case 'ready':
        this.isDormant = false;
        this.proceed();
        break;
      case 'seek':
        if (this.opening !== null) this.post({ type: 'opening' });
        break;
      case 'opening':
        this.liveness.heard();
        break;
      case 'closing':
        if (this.connection?.alive === message.alive) this.retire(this.connection);
        break;
      case 'welcome':
        if (message.link !== this.offered || this.connection !== null || this.joining !== null) return;
        this.offered = null;
        this.liveness.heard();
        if (message.protocol === protocolVersion) this.join(message.link, message.alive);
        else this.fail(new ProtocolMismatchError(this.options.name, protocolVersion, message.protocol));
        break;
    }
  }

  private join(link: string, alive: string): void {
    const platform = this.platform!;
    const endpoint = new LinkEndpoint(platform.openChannel(linkChannel(link, alive)), 'client');
    let unwatch: () => void = () => undefined;
    const dispose = () => {
      unwatch();
      endpoint.close();
    };
    const connection = new Connection('client', wrap<WorkerHost>(endpoint), dispose, (one) => this.drop(one));
    connection.alive = alive;
    this.joining = connection;
    unwatch = watchLock(platform, alive, () => connection.lose('it was closed or crashed'));
    const { schema, ...others } = this.options.join;
    const options = this.hasConnected || schema === undefined ? others : this.options.join;
    const request = this.used === undefined ? { options } : { options, used: this.used };
    this.askToJoin(connection, request).then(
      (reply) => {
        connection.reply = reply;
        if (!connection.isLost) this.use(connection);
      },
      (error: unknown) => {
        // One that was lost is followed by the next; one that closes the store is about to be.
        if (error instanceof ConnectionLost) return;
        if (!(error instanceof ClosedError)) this.fail(error);
        connection.lose('it could not be joined');
      },
    );
  }

  private async askToJoin(connection: Connection, request: JoinRequest): Promise<OpenReply> {
    const { proveKey } = this.options;
    const proof = (await proveKey?.(await this.over(connection, (host) => host.keyChallenge()))) ?? null;
    return this.over(connection, (host) => host.join(proof === null ? request : { ...request, proof }));
  }

  /** Opens the store here: the lock was granted. */
  private async own(): Promise<void> {
    this.joining?.lose('it gave the store up');
    this.connection?.lose('it gave the store up');
    if (this.ended !== null) return;
    const opening = new AbortController();
    this.opening = opening;
    this.post({ type: 'opening' });
    try {
      const connection = await this.options.startOwner({
        isFirst: !this.hasConnected,
        used: this.used,
        signal: opening.signal,
        onEnd: (one) => this.drop(one),
      });
      if (this.opening !== opening) {
        connection.lose('it is not wanted any more');
        return;
      }
      this.opening = null;
      if (!connection.isLost) {
        this.use(connection);
        return;
      }
      this.election?.leave();
      this.proceed();
    } catch (error) {
      // One that was called off is followed by whatever called it off.
      if (this.opening !== opening) return;
      this.opening = null;
      // A worker that died while it opened the store is no answer, unless it does so again and again.
      const isDead = error instanceof ConnectionLost;
      if (!isDead) this.fail(error);
      else if (++this.deaths >= deathsMax) this.fail(this.workerDied());
      this.election?.leave();
      this.proceed();
    }
  }

  private cancelOpening(): void {
    const { opening } = this;
    this.opening = null;
    opening?.abort();
  }

  private use(connection: Connection): void {
    this.joining = null;
    this.connection = connection;
    this.hasConnected = true;
    this.liveness.heard();
    this.ownerless = 0;
    this.deaths = 0;
    if (connection.role === 'owner' && connection.reply?.persistent === false && !this.isAlone) {
      // A store in memory is this tab's own.
      this.isAlone = true;
      this.leaveOthers();
    }
    for (const listener of this.onConnect) listener(connection);
    const { waiters } = this;
    this.waiters = [];
    for (const { resolve } of waiters) resolve(connection);
    this.tellRole();
  }

  /** A connection ended. */
  private drop(connection: Connection): void {
    if (this.joining === connection) this.joining = null;
    else if (this.connection === connection) this.connection = null;
    else return;
    if (this.ended !== null) return;
    if (this.isAlone) {
      const error = this.workerDied();
      this.end(error);
      this.onDeath(error);
      return;
    }
    // Another tab may have more luck with it: to the end of the queue.
    if (connection.role === 'owner') this.election?.leave();
    this.tellRole();
    this.proceed();
  }

  /** The owner is about to close: what is under way gets its answers, and what comes goes to the next. */
  private retire(connection: Connection): void {
    if (this.connection !== connection) return;
    this.connection = null;
    const leave = () => {
      if (connection.isBusy || connection.isLost) return;
      // The owner waits for it. What it answers is of no interest, nor whether it is there to answer.
      connection.run((host) => host.close()).catch(() => undefined);
      connection.lose('its tab closed the store');
    };
    // An answer may be followed by another question about the same call.
    connection.onIdle = () => this.platform?.later(leave, 0);
    if (!connection.isBusy) leave();
    this.tellRole();
    this.proceed();
  }

  private workerDied(): WorkerDiedError {
    const { name } = this.options;
    return new WorkerDiedError(
      `The worker of the store '${name}' is gone. Calls under way may or may not have been carried out; open the store again.`,
      { store: name },
    );
  }

  private tellRole(): void {
    for (const listener of this.onRoleChange) listener(this.role);
  }

  /** Whoever waits is told why; the next who asks starts anew. */
  private fail(error: unknown): void {
    const { waiters } = this;
    this.waiters = [];
    this.isDormant = true;
    for (const { reject } of waiters) reject(error);
  }

  /** The page is about to run no code: it must not own the store, nor be the next in the queue. */
  suspend(): void {
    if (this.isSuspended || this.isAlone) return;
    this.isSuspended = true;
    this.cancelOpening();
    this.election?.leave();
    if (this.role === 'owner') this.connection?.lose('its page was frozen');
  }

  /** The page runs code again. */
  resume(): void {
    if (!this.isSuspended) return;
    this.isSuspended = false;
    this.liveness.heard();
    this.proceed();
    this.liveness.watch();
  }

  private awaited(): Awaited {
    if (this.ended !== null || this.isSuspended) return null;
    const connection = this.connection ?? this.joining;
    if (connection !== null) return connection.role === 'client' && connection.isBusy ? connection : null;
    if (this.waiters.length === 0) return null;
    return this.opening === null ? 'owner' : 'opening';
  }

  private seekAgain(): void {
    this.seek();
    if (this.options.canOwn || this.options.waitsForOwner) return;
    this.lookForOwner().catch((error: unknown) => this.fail(error));
  }

  private giveUpOnOwner(): void {
    const { canOwn, waitsForOwner } = this.options;
    (this.connection ?? this.joining)?.lose('it does not answer');
    if (canOwn) this.election?.steal();
    else if (!waitsForOwner) this.fail(this.noOwner('does not answer: it may be frozen'));
  }

  private async lookForOwner(): Promise<void> {
    const lock = ownerLock(this.options.name);
    const { held = [], pending = [] } = await this.platform!.locks.query();
    this.ownerless = [...held, ...pending].some(({ name }) => name === lock) ? 0 : this.ownerless + 1;
    if (this.ownerless >= 2 && this.connection === null) this.fail(this.noOwner('is not there'));
  }

  private noOwner(what: string): NoOwnerError {
    const { name } = this.options;
    return new NoOwnerError(
      `A tab that holds the store '${name}' ${what}, and this kind of worker can't hold it itself: open a page of this site that opens the store, or pass { ownerless: 'wait' } to open()`,
      { store: name },
    );
  }
}
