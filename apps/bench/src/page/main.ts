// The benchmark's page: runs by its buttons in any browser, and by `window.bench` for the runner.

import * as life from '../life/measure-life.ts';
import { aimsOf } from '../report/aims.ts';
import { printAims } from '../report/aims-report.ts';
import { printBrowserRun } from '../report/browser-report.ts';
import { drawPlots } from './plots.ts';
import { type BrowserOptions, runBenchmark } from './run-benchmark.ts';
import { runStall } from './run-stall.ts';

/** What the runner calls. */
export interface BenchWindow {
  bench: typeof runBenchmark;
  benchStall: typeof runStall;
  /** Steps of a store's life, which the runner puts together: between some of them it starts the browser anew. */
  benchLife: typeof life;
  clientUrl: string;
}

const clientUrl = new URL('client/index.js', document.baseURI).href;

const benchWindow = window as unknown as BenchWindow;
benchWindow.bench = (options, tell) => runBenchmark({ ...options, clientUrl }, tell);
benchWindow.benchStall = (options, tell) => runStall({ ...options, clientUrl }, tell);
benchWindow.benchLife = life;
benchWindow.clientUrl = clientUrl;

async function runInPage(options: Omit<BrowserOptions, 'clientUrl'>): Promise<void> {
  const output = document.querySelector('#output') as HTMLElement;
  const buttons = document.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    const run = await runBenchmark({ ...options, clientUrl }, (line) => {
      output.textContent = `${line} …`;
    });
    const aims = aimsOf({ browser: run, life: null, stall: [], engine: null, primitives: null, pairs: null, devtools: null });
    output.textContent = `${printAims(aims)}\n\n${printBrowserRun(run)}\n\n${run.userAgent}`;
    drawPlots(run, document.querySelector('#plots') as HTMLElement);
  } catch (error) {
    output.textContent = String(error);
    console.error(error);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

document.querySelector('#run')?.addEventListener('click', () => {
  void runInPage({ rounds: 5, milliseconds: 800, loadedRows: 50_000 });
});
document.querySelector('#quick')?.addEventListener('click', () => {
  void runInPage({ rounds: 2, milliseconds: 300, loadedRows: 10_000 });
});
