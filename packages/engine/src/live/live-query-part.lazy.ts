import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const liveQueryPart = new LazyPart('live queries', () => import('./live-query.ts'));
