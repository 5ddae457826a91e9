import { type LiveDatabase, type LiveOptions, LiveRows } from './live-rows.ts';
import { paramsKey } from './params-key.ts';

/** How a live query is asked. */
export interface LiveQueryOptions extends LiveOptions {
  /** The database, where it is not that of the provider; null: none yet. */
  readonly database?: LiveDatabase | null;
  /** Ask for nothing now: parameters may be missing still. */
  readonly skip?: boolean;
}

/** React's `useMemo`, or Preact's. */
type UseMemo = <T>(make: () => T, inputs: readonly unknown[]) => T;

/** The provider's database, undefined where there is no provider. Throws Error then. */
export function providedDatabase<D extends LiveDatabase>(database: LiveDatabase | null | undefined): D | null {
  if (database === undefined) throw new Error('There is no <CassetteProvider> around this component');
  return database as D | null;
}

/**
 * The rows of a query as something to look at: the same object until query, options, database or the values of the parameters are others.
 * `provided` is the provider's database, undefined where there is no provider; Error where the options have none either.
 */
export function useLiveRows<R>(
  useMemo: UseMemo,
  provided: LiveDatabase | null | undefined,
  query: string,
  params: object | null | undefined,
  { database = provided, skip = false, keyspace, maxRows }: LiveQueryOptions,
): LiveRows<R> {
  if (database === undefined)
    throw new Error('useLiveQuery needs a <CassetteProvider> around the component, or options.database');
  const asked = skip ? null : database;
  // Parameters of the same key are the same, however often they are made.
  const inputs = [asked, query, paramsKey(params), keyspace, maxRows];
  // Nothing comes where nothing is asked; without a database it is still to come.
  return useMemo(() => new LiveRows<R>(asked, query, params, { keyspace, maxRows }, !skip), [...inputs, skip]);
}
