import { InvalidRequestError, type Place } from '@cassette/cql';
import { invalidOption } from '../config/check-config.ts';
import type { Environment, PreparedStatement } from '../prepared/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import type { LiveQuery, LiveQueryHost, LiveQuerySink, LiveSelect } from './live-query.ts';
import { liveQueryPart } from './live-query-part.ts';
import { SUBSCRIPTION_ROWS_MAX } from './subscription-limits.ts';

/** A query that somebody lives with; `close` ends it. */
export type LiveQueryHandle = Pick<LiveQuery, 'close'>;

/** The live queries of a database. */
export class LiveQueries {
  private readonly host: LiveQueryHost;
  private readonly environment: Environment;
  private readonly open = new Set<LiveQuery>();

  constructor(engine: WriteEngine, scheduler: Scheduler, environment: Environment) {
    this.environment = environment;
    this.host = {
      source: engine,
      scheduler,
      watch: engine.watch,
      sliceMilliseconds: engine.config.sliceMilliseconds,
      nowInMillis: () => environment.nowInMillis(),
      unopened: (table) => engine.unopened(table),
    };
  }

  /** How many there are. */
  get size(): number {
    return this.open.size;
  }

  /**
   * Begins one. `prepare` finds the statement in the schema as it is; what it throws, and InvalidRequestError for what is no SELECT, goes to
   * the sink. Throws CassetteError INVALID_OPTION.
   */
  add(
    prepare: () => PreparedStatement,
    params: Parameters<PreparedStatement['values']>[0],
    sink: LiveQuerySink,
    maxRows: number = SUBSCRIPTION_ROWS_MAX,
  ): LiveQueryHandle {
    if (!Number.isSafeInteger(maxRows) || maxRows < 1)
      throw invalidOption('maxRows', 'a whole number of rows, at least 1', maxRows);
    const { open, environment } = this;
    const query: LiveQuery = new liveQueryPart.module.LiveQuery(
      this.host,
      () => selectOf(prepare(), params, environment),
      {
        updated: (update) => sink.updated(update),
        failed: (error, ended) => {
          if (ended) open.delete(query);
          sink.failed(error, ended);
        },
      },
      maxRows,
    );
    open.add(query);
    query.start();
    return {
      close: () => {
        open.delete(query);
        query.close();
      },
    };
  }

  /** Ends all: the database closes. */
  close(): void {
    for (const query of this.open) query.close();
    this.open.clear();
  }
}

function selectOf(
  prepared: PreparedStatement,
  params: Parameters<PreparedStatement['values']>[0],
  environment: Environment,
): LiveSelect {
  const { plan } = prepared;
  if (plan === null || !('kind' in plan) || plan.kind !== 'select') {
    const place: Place = { source: prepared.source, position: prepared.statement.pos };
    throw new InvalidRequestError('subscribe takes a SELECT', place);
  }
  const values = prepared.values(params);
  return { plan, binding: () => ({ values, environment, nowInSeconds: environment.nowInSeconds() }) };
}
