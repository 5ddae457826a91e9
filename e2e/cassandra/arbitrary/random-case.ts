import type fc from 'fast-check';
import type { ScriptStep } from '../cql-script.ts';
import type { SSTableVersion } from '../judge.ts';
import { drawn } from './draw.ts';
import { drawScript } from './random-statements.ts';
import { drawTable, hasLists } from './random-table.ts';

/** A table and what is done to it. */
export interface RandomCase {
  readonly table: string;
  /** CREATE TYPE and CREATE TABLE. */
  readonly schemaCql: string;
  readonly steps: readonly ScriptStep[];
  /** Whether it has lists that are not frozen: their cell paths are time UUIDs that each server makes up. */
  readonly hasLists: boolean;
}

/** Random tables, named `name`, with up to `statementsMax` statements each that SSTables of `version` can hold. */
export function randomCase(name: string, statementsMax: number, version: SSTableVersion): fc.Arbitrary<RandomCase> {
  return drawn((draw) => {
    const table = drawTable(name, draw, version, { withLists: true });
    const steps = drawScript(table, draw, statementsMax);
    return { table: name, schemaCql: table.schemaCql, steps, hasLists: hasLists(table) };
  });
}
