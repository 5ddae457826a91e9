import { LazyPart } from '@cassette/bytes';
import * as module from './alterations.ts';

/** ALTER TABLE and ALTER TYPE. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const alterations: LazyPart<typeof module> = new LazyPart('ALTER', () => Promise.resolve(module));
alterations.provide(module);
