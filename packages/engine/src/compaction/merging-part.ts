import { LazyPart } from '@cassette/bytes';
import * as module from './merging.ts';

/** What merges SSTables. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const merging: LazyPart<typeof module> = new LazyPart('compaction', () => Promise.resolve(module));
merging.provide(module);
