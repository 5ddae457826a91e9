import type { Call, Found, Operation, Writer } from './operations.ts';

/** What a part of an operation does to what its writer holds: there whole or not at all. */
export type Effect<State> = (state: State) => void;

/** What a writer's rows look like from outside, by name. A text that begins with `?` is of a row that may be gone by now. */
export type View = ReadonlyMap<string, string>;

/**
 * A writer whose operations are carried out one after the other, on rows that nobody else writes. So what a store holds of it is what its first
 * so many operations left: all that were acknowledged, and perhaps more of those that were given.
 */
export abstract class SequentialWriter<State> implements Writer {
  readonly name: string;
  readonly width = 1;
  readonly window: number;
  private state: State;
  private readonly given: { readonly n: number; readonly effects: readonly Effect<State>[]; isDone: boolean }[] = [];
  private nextNumber = 0;

  constructor(name: string, initial: State, window: number) {
    this.name = name;
    this.state = initial;
    this.window = window;
  }

  /** What operation `n` calls, and what it leaves, part by part. */
  protected abstract operation(n: number): { readonly call: Call; readonly effects: readonly Effect<State>[] };
  /** What a store that holds `state` shows. */
  protected abstract view(state: State): View;
  /** What a store shows of this writer. */
  protected abstract seen(found: Found): View;
  /** Begins again with the operation behind `count` effects: for those whose operations depend on what was done. */
  protected resume(_state: State): void {
    // Most make their operations of numbers that no other has had.
  }

  get open(): number {
    return this.given.filter(({ isDone }) => !isDone).length;
  }

  next(): Operation {
    const n = this.nextNumber++;
    const { call, effects } = this.operation(n);
    this.given.push({ n, effects, isDone: false });
    return { n, ...call };
  }

  acknowledge(n: number): void {
    const operation = this.given.find((one) => one.n === n);
    if (operation === undefined) throw new Error(`${this.name} never gave operation ${n}`);
    operation.isDone = true;
  }

  settle(found: Found): string | null {
    const seen = this.seen(found);
    const state = structuredClone(this.state);
    const lastDone = this.given.findLastIndex(({ isDone }) => isDone);
    for (const { effects } of this.given.slice(0, lastDone + 1)) for (const effect of effects) effect(state);
    const first = difference(this.view(state), seen);
    const unsure = this.given.slice(lastDone + 1).flatMap(({ effects }) => effects);
    let wrong = first;
    for (const effect of unsure) {
      if (wrong === null) break;
      effect(state);
      wrong = difference(this.view(state), seen);
    }
    if (wrong !== null) {
      return `${this.name}: no state after ${lastDone + 1} acknowledged and up to ${unsure.length} more operations is there; after those acknowledged: ${first}; after all: ${wrong}`;
    }
    this.state = state;
    this.given.length = 0;
    this.resume(state);
    return null;
  }
}

/** The first names whose texts are others; null where there are none. */
function difference(expected: View, seen: View): string | null {
  const wrong: string[] = [];
  for (const [name, text] of expected) {
    const is = seen.get(name);
    if (text.startsWith('?') ? is !== undefined && is !== text.slice(1) : is !== text)
      wrong.push(`${name} is ${is}, not ${text}`);
  }
  for (const name of seen.keys()) if (!expected.has(name)) wrong.push(`${name} is there`);
  return wrong.length === 0 ? null : `${wrong.slice(0, 4).join('; ')} (${wrong.length} in all)`;
}
