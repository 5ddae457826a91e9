import type { Change, ChangeFeed, Database } from '@cassette/engine';

/** Which changes a tab asks for; `since` is where it is. */
export interface ChangesRequest {
  readonly since?: string;
  readonly tables?: readonly string[];
  /** Whether to wait where there are none. */
  readonly follow: boolean;
}

/** Changes with encoded values, and where to go on. */
export interface ChangesReply {
  readonly changes: readonly Change[];
  readonly position: string;
}

/** One tab's reading of changes, kept between its questions. */
export class ServedChanges {
  private readonly feed: ChangeFeed;
  private position: string | undefined;
  private isClosed = false;

  /** Throws what `Database.changeFeed` throws. */
  constructor(database: Database, request: ChangesRequest) {
    this.feed = database.changeFeed(request);
    this.position = request.since;
  }

  /** Whether a question goes on where the one before it ended. */
  isAt({ since }: ChangesRequest): boolean {
    return since === this.position;
  }

  /** The next changes; none only where nobody wants to wait for them, null once `close` was called. */
  async next({ follow }: ChangesRequest): Promise<ChangesReply | null> {
    try {
      for (;;) {
        const changes = await this.feed.next();
        const position = this.feed.reached;
        // The first answer is one without changes too: from then on the place is known that 'now' was.
        const isFirst = this.position === undefined || this.position === 'now';
        if (changes.length > 0 || !follow || isFirst) {
          this.position = position;
          return { changes, position };
        }
        await this.feed.changed();
      }
    } catch (error) {
      // Its ClosedError would say of the store that it closes, and send the tab, which has what it wanted, to look for another owner.
      if (this.isClosed) return null;
      throw error;
    }
  }

  close(): void {
    this.isClosed = true;
    this.feed.close();
  }
}
