import type fc from 'fast-check';
import type { ScriptStep } from '../cql-script.ts';
import type { SSTableVersion } from '../judge.ts';
import { drawCounters } from './counter-case.ts';
import { type Draw, drawn } from './draw.ts';
import { clockFrom, drawScript } from './random-statements.ts';
import { drawTable } from './random-table.ts';

/** A table that Cassandra alone writes to. */
export interface ForeignCase {
  readonly table: string;
  /** CREATE TYPE and CREATE TABLE. */
  readonly schemaCql: string;
  readonly steps: readonly ScriptStep[];
}

/** Past 2038: what oa and da can tell, and nb can't. */
const clockFar = 2_300_000_000;

/** Twenty years, in seconds: the longest that there is. */
const TTL_LONGEST = 630_720_000;

/**
 * Random tables with statements that Cassette does not execute so that its files are the same: counters (each store has an id of its own),
 * compactions (which alone write Zstandard, Deflate and the slow LZ4), and in oa and da times past 2038.
 */
export function foreignCase(name: string, statementsMax: number, version: SSTableVersion): fc.Arbitrary<ForeignCase> {
  return drawn((draw) => {
    const isCompacted = draw.chance(60);
    const { schemaCql, steps } = draw.chance(30)
      ? drawCounters(name, draw, statementsMax)
      : drawRows(name, draw, statementsMax, version);
    return { table: name, schemaCql, steps: [...steps, isCompacted ? { compact: name } : { flush: name }] };
  });
}

function drawRows(name: string, draw: Draw, statementsMax: number, version: SSTableVersion) {
  const isFar = version !== 'nb' && draw.chance(60);
  const table = { ...drawTable(name, draw, version, { withLists: true }), ...(isFar && { ttlMax: TTL_LONGEST }) };
  return {
    schemaCql: table.schemaCql,
    steps: drawScript(table, draw, statementsMax, isFar && draw.chance(60) ? clockFar : clockFrom),
  };
}
