import { LazyPart } from '@cassette/bytes';
import * as module from './rare-compressors.ts';

/**
 * All compressors but LZ4 as Cassandra has it by default. Here they are there at once; what is built for pages takes the .lazy.ts beside this
 * file instead, and loads them with the first SSTable or table that has one.
 */
export const rareCompressors: LazyPart<typeof module> = new LazyPart('compressors', () => Promise.resolve(module));
rareCompressors.provide(module);
