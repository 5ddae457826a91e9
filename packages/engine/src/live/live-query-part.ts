import { LazyPart } from '@cassette/bytes';
import * as module from './live-query.ts';

/** What keeps the answer of a SELECT up to date. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const liveQueryPart: LazyPart<typeof module> = new LazyPart('live queries', () => Promise.resolve(module));
liveQueryPart.provide(module);
