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
import type { LiveDatabase, LiveState } from './live-rows.ts';
import { type LiveQueryOptions, providedDatabase, useLiveRows } from './query-hook.ts';

export type { LiveDatabase, LiveOptions, LiveState } from './live-rows.ts';
export type { LiveQueryOptions } from './query-hook.ts';

const DatabaseContext = createContext<LiveDatabase | null | undefined>(undefined);

/** What a {@link CassetteProvider} is given. */
export interface CassetteProviderProps {
  /** The database of the components within; null while it is being opened. */
  readonly database: LiveDatabase | null;
  /** What may ask for it. */
  readonly children?: ReactNode;
}

/** Gives a database to all components within. */
export function CassetteProvider({ database, children }: CassetteProviderProps): ReactElement {
  return createElement(DatabaseContext.Provider, { value: database }, children);
}

/** The database of the nearest {@link CassetteProvider}, null while it is being opened. Throws Error where there is no provider. */
export function useDatabase<D extends LiveDatabase = LiveDatabase>(): D | null {
  return providedDatabase<D>(useContext(DatabaseContext));
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
  const rows = useLiveRows<RowOf<S>>(useMemo, useContext(DatabaseContext), query, params, options);
  return useSyncExternalStore(rows.subscribe, rows.getSnapshot, rows.getServerSnapshot);
}
