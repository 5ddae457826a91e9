import type { Database } from '../database/index.ts';
import type { World } from './model/world.ts';

/** A change that was asked for, and what became of it. */
export interface Operation {
  readonly kind: string;
  /** For messages: a statement, or what else it was. */
  readonly what: string;
  /** Tables that nothing else may change meanwhile; those of statements may be changed by other statements. */
  readonly tables: readonly string[];
  readonly isExclusive: boolean;
  /** Crash points there had been when it was sent, and when it was acknowledged; infinite if it was not. */
  readonly sentAt: number;
  acknowledgedAt: number;
  state: 'pending' | 'acknowledged' | 'refused';
  /** What is there when all of it is. */
  readonly apply: (world: World) => World;
  /** Asks for it again, by the same timestamp; null where that would be another change. */
  readonly again: ((db: Database) => Promise<unknown>) | null;
}

/**
 * What may be there: a world, and changes of which each is there whole or not at all, unless it was acknowledged. They are made in their
 * order; those that meet at the same time go together in any.
 */
export class Possibilities {
  readonly base: World;
  readonly operations: readonly Operation[];
  private readonly worlds = new Map<number, World>();

  constructor(base: World, operations: readonly Operation[]) {
    this.base = base;
    this.operations = operations;
  }

  /** Each world with all operations that `must` and some of those that `may`, by their bits. */
  *of(
    must: (operation: Operation) => boolean,
    may: (operation: Operation) => boolean,
  ): Generator<{ mask: number; world: World }> {
    const { operations } = this;
    let needed = 0;
    const free: number[] = [];
    for (const [i, operation] of operations.entries()) {
      if (must(operation)) needed |= 1 << i;
      else if (may(operation)) free.push(i);
    }
    if (free.length > 12) throw new Error(`too many changes under way: ${free.length}`);
    // All first: what was flushed is most often whole.
    for (let subset = (1 << free.length) - 1; subset >= 0; subset--) {
      let mask = needed;
      for (const [bit, i] of free.entries()) if (subset & (1 << bit)) mask |= 1 << i;
      yield { mask, world: this.world(mask) };
    }
  }

  /** Those that a store may be in that shows these texts; empty: it can't be. */
  matching(
    found: ReadonlyMap<string, string>,
    seconds: number,
    must: (operation: Operation) => boolean,
    may: (operation: Operation) => boolean,
    onlyFirst: boolean,
  ): { mask: number; world: World }[] {
    const matches: { mask: number; world: World }[] = [];
    for (const one of this.of(must, may)) {
      if (differingTable(found, one.world, seconds) !== null) continue;
      matches.push(one);
      if (onlyFirst) break;
    }
    return matches;
  }

  private world(mask: number): World {
    let world = this.worlds.get(mask);
    if (world === undefined) {
      world = this.operations.reduce((before, { apply }, i) => (mask & (1 << i) ? apply(before) : before), this.base);
      this.worlds.set(mask, world);
    }
    return world;
  }
}

/** The first table that shows something else than the world has; null if none does. */
export function differingTable(found: ReadonlyMap<string, string>, world: World, seconds: number): string | null {
  for (const name of found.keys()) if (!world.names.includes(name)) return name;
  return world.names.find((name) => found.get(name) !== world.text(name, seconds)) ?? null;
}

/** For messages: how what was found differs from what was expected, table by table. */
export function differences(found: ReadonlyMap<string, string>, world: World, seconds: number): string {
  const lines: string[] = [];
  for (const name of new Set([...world.names, ...found.keys()])) {
    const expected = (world.names.includes(name) ? world.text(name, seconds) : 'no table').split('\n');
    const there = (found.get(name) ?? 'no table').split('\n');
    for (const line of expected) if (!there.includes(line)) lines.push(`${name}: missing ${line}`);
    for (const line of there) if (!expected.includes(line)) lines.push(`${name}: found ${line}`);
  }
  return lines.join('\n');
}
