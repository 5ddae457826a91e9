import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const changeFeeds = new LazyPart('changes', () => import('./change-feed.ts'));
