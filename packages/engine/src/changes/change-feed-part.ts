import { LazyPart } from '@cassette/bytes';
import * as module from './change-feed.ts';

/** What reads changes from the log. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const changeFeeds: LazyPart<typeof module> = new LazyPart('changes', () => Promise.resolve(module));
changeFeeds.provide(module);
