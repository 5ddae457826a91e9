import { LazyPart } from '@cassette/bytes';
import * as module from './overlapping-tombstones.ts';

/** What `provide_overlapping_tombstones` needs. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const overlappingTombstones: LazyPart<typeof module> = new LazyPart('provide_overlapping_tombstones', () =>
  Promise.resolve(module),
);
overlappingTombstones.provide(module);
