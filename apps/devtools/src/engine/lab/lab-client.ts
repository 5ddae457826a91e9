// The page's side of the laboratory's worker: the newest question counts.

import type { LabKnobs, LabRun } from './lab-types.ts';

interface Answer {
  readonly id: number;
  readonly run?: LabRun;
  readonly error?: string;
}

/** Asks a worker of its own, which ends with {@link end}. */
export class LabClient {
  readonly #worker = new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module', name: 'cassette-lab' });
  readonly #told: (run: LabRun) => void;
  readonly #failed: (message: string) => void;
  #asked = 0;
  #isBusy = false;
  #next: LabKnobs | null = null;

  constructor(told: (run: LabRun) => void, failed: (message: string) => void) {
    this.#told = told;
    this.#failed = failed;
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    this.#worker.onerror = ({ message }) => failed(message || 'its worker did not load');
  }

  /** Asks for a run; of several that are asked for while one goes on, only the last is made. */
  ask(knobs: LabKnobs): void {
    if (this.#isBusy) {
      this.#next = knobs;
      return;
    }
    this.#isBusy = true;
    this.#worker.postMessage({ id: ++this.#asked, knobs });
  }

  /** Ends the worker. */
  end(): void {
    this.#worker.terminate();
  }

  #hear({ id, run, error }: Answer): void {
    if (id !== this.#asked) return;
    this.#isBusy = false;
    if (run !== undefined) this.#told(run);
    else this.#failed(error ?? 'it said nothing');
    const next = this.#next;
    this.#next = null;
    if (next !== null) this.ask(next);
  }
}
