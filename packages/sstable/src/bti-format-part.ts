import { LazyPart } from '@cassette/bytes';
import * as module from './bti-format.ts';

/**
 * The trie-indexed format, BTI. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead, and loads it
 * with the first SSTable that has it.
 */
export const btiFormat: LazyPart<typeof module> = new LazyPart('the BTI format', () => Promise.resolve(module));
btiFormat.provide(module);
