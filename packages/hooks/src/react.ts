import type { ParamsOf, RowOf } from '@cassette/client';
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react';
import { type LiveDatabase, type LiveOptions, LiveRows, type LiveState } from './live-rows.ts';
import { paramsKey } from './params-key.ts';

export type { LiveDatabase, LiveOptions, LiveState } from './live-rows.ts';

const DatabaseContext = createContext<LiveDatabase | null | undefined>(undefined);

/** What a {@link CassetteProvider} is given. */
export interface CassetteProviderProps {
  /** The database of the components within; null while it is being opened. */
  readonly database: LiveDatabase | null;
  readonly children?: ReactNode;
}

/** Gives a database to all components within. */
export function CassetteProvider({ database, children }: CassetteProviderProps): ReactElement {
  return createElement(DatabaseContext.Provider, { value: database }, children);
}

/** The database of the nearest {@link CassetteProvider}, null while it is being opened. Throws Error where there is no provider. */
export function useDatabase<D extends LiveDatabase = LiveDatabase>(): D | null {
  const database = useContext(DatabaseContext);
  if (database === undefined) throw new Error('There is no <CassetteProvider> around this component');
  return database as D | null;
}

/** How {@link useLiveQuery} asks. */
export interface LiveQueryOptions extends LiveOptions {
  /** The database, where it is not that of the provider; null: none yet. */
  readonly database?: LiveDatabase | null;
  /** Ask for nothing now: parameters may be missing still. */
  readonly skip?: boolean;
}

/**
 * The rows of a SELECT, and a new rendering whenever they are others, whoever writes in whichever tab. Parameters count by their values:
 * they may be made anew with each rendering. With other parameters it loads anew.
 */
export function useLiveQuery<S extends string>(
  query: S,
  params?: ParamsOf<S> | null,
  options: LiveQueryOptions = {},
): LiveState<RowOf<S>> {
  const provided = useContext(DatabaseContext);
  const { database = provided, skip = false, keyspace, maxRows } = options;
  if (database === undefined)
    throw new Error('useLiveQuery needs a <CassetteProvider> around the component, or options.database');
  const asked = skip ? null : database;
  const key = paramsKey(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: parameters of the same key are the same, however often they are made
  const rows = useMemo(
    () => new LiveRows<RowOf<S>>(asked, query, params, { keyspace, maxRows }),
    [asked, query, key, keyspace, maxRows],
  );
  return useSyncExternalStore(rows.subscribe, rows.getSnapshot, rows.getServerSnapshot);
}
