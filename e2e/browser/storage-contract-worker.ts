// Runs the promises of `Storage` over OPFS, inside the worker of a real browser, and posts what became of each.

import { destroyOpfs, OpfsStorage } from '@cassette/storage/browser';
import { checkSecondWriter, storageContractCases } from '@cassette/storage/testing';

/** How one case went: its name, and what it threw. */
export interface CaseOutcome {
  readonly name: string;
  readonly error: string | null;
}

async function outcomeOf(name: string, run: () => Promise<void>): Promise<CaseOutcome> {
  try {
    await run();
    return { name, error: null };
  } catch (error) {
    return { name, error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) };
  }
}

async function runAll(): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const [index, contractCase] of storageContractCases.entries()) {
    const store = `contract ${index}`;
    outcomes.push(await outcomeOf(contractCase.name, () => contractCase.run(new OpfsStorage(store))));
    outcomes.push(await outcomeOf(`${contractCase.name}: nothing is left open`, () => destroyOpfs(store)));
  }
  const wait = { lockWaitMs: 200 };
  outcomes.push(
    await outcomeOf('a second writer is refused', () =>
      checkSecondWriter(new OpfsStorage('second', wait), new OpfsStorage('second', wait)),
    ),
  );
  return outcomes;
}

runAll().then(
  (outcomes) => postMessage(outcomes),
  (error: unknown) => postMessage([{ name: 'the run', error: String(error) }]),
);
