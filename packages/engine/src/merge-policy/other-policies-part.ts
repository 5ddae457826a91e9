import { LazyPart } from '@cassette/bytes';
import * as module from './other-policies.ts';

/** The policies but that of size-tiered. Here they are there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const otherPolicies: LazyPart<typeof module> = new LazyPart('compaction strategies', () => Promise.resolve(module));
otherPolicies.provide(module);
