import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const merging = new LazyPart('compaction', () => import('./merging.ts'));
