import type { Remote } from 'comlink';
import type { CallTarget } from '../wire/calls.ts';
import type { OpenReply } from '../wire/protocol.ts';
import type { WorkerHost } from '../worker/worker-host.ts';

/** A connection ended under a call: nobody knows whether the call was carried out. Inside of the client only. */
export class ConnectionLost extends Error {
  /** How it ended, as part of a sentence. */
  readonly how: string;

  constructor(how: string) {
    super(`The connection is gone (${how})`);
    this.how = how;
  }
}

/** What a tab is for its store. */
export type TabRole = 'owner' | 'client';

/** A way to the worker that holds a store, until it ends. */
export class Connection {
  readonly role: TabRole;
  readonly host: Remote<WorkerHost>;
  /** The same for calls of statements. */
  readonly calls: CallTarget;
  /** Set before anybody else sees the connection. */
  reply: OpenReply | null = null;
  private readonly dispose: () => void;
  private readonly onEnd: (connection: Connection) => void;
  /** Rejects of the calls under way: Comlink would leave them waiting for ever. */
  private readonly pending = new Set<(error: ConnectionLost) => void>();
  private lost: ConnectionLost | null = null;
  /** Called when nothing is under way, if anybody waits for that. */
  onIdle: () => void = () => undefined;
  /** The lock of the worker behind it. */
  alive = '';

  /** `dispose` ends what is behind it: the worker, or the link. `calls`: how calls of statements go there, where there is a shorter way. */
  constructor(
    role: TabRole,
    host: Remote<WorkerHost>,
    dispose: () => void,
    onEnd: (connection: Connection) => void,
    calls: CallTarget = host,
  ) {
    this.role = role;
    this.host = host;
    this.calls = calls;
    this.dispose = dispose;
    this.onEnd = onEnd;
  }

  get isLost(): boolean {
    return this.lost !== null;
  }

  /** Whether answers are being waited for. */
  get isBusy(): boolean {
    return this.pending.size > 0;
  }

  /** Runs a call; rejects with ConnectionLost when the connection ends under it. */
  run<T>(call: (host: Remote<WorkerHost>) => Promise<T>): Promise<T> {
    if (this.lost !== null) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      const outcome = call(this.host);
      this.pending.add(reject);
      outcome.then(resolve, reject).finally(() => {
        this.pending.delete(reject);
        if (this.pending.size === 0) this.onIdle();
      });
    });
  }

  /** Ends it; calls under way are rejected. Nothing of what the other side still says is heard. */
  lose(how: string): void {
    if (this.lost !== null) return;
    this.lost = new ConnectionLost(how);
    this.dispose();
    for (const reject of this.pending) reject(this.lost);
    this.pending.clear();
    this.onEnd(this);
  }
}
