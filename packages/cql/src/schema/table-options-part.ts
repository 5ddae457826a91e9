import { LazyPart } from '@cassette/bytes';
import * as module from './table-options.ts';

/** What WITH says of a table. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const tableOptions: LazyPart<typeof module> = new LazyPart('table options', () => Promise.resolve(module));
tableOptions.provide(module);
