// The worker that the crash laboratory runs in: an engine of its own, in memory, that no page waits for.

import { runLab } from './lab-run.ts';
import type { LabKnobs } from './lab-types.ts';

interface Scope {
  onmessage: ((event: MessageEvent<{ readonly id: number; readonly knobs: LabKnobs }>) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data: { id, knobs } }) => {
  runLab(knobs).then(
    (run) => scope.postMessage({ id, run }),
    (error: unknown) => scope.postMessage({ id, error: String((error as Error).message ?? error) }),
  );
};
