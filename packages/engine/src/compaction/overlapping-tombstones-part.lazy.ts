import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const overlappingTombstones = new LazyPart('provide_overlapping_tombstones', () => import('./overlapping-tombstones.ts'));
