import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { workloads, workloadTitles } from '../measure/workload.ts';
import type { BrowserRun } from '../report/browser-run.ts';

/** Distinct on light and on dark ground. Cassette has the first. */
const colours = ['#d9480f', '#1c7ed6', '#0b7285', '#2b8a3e', '#5c940d', '#9c36b5', '#e67700', '#868e96', '#c2255c'];

/** Draws a plot a workload: rows a second of each round, a line a peer, on a logarithmic scale. What was drawn before is removed. */
export function drawPlots(run: BrowserRun, into: HTMLElement): void {
  into.replaceChildren();
  const peers = [...new Set(run.samples.map(({ peer }) => peer))];
  for (const workload of workloads) {
    const lines = run.samples.filter((one) => one.workload === workload && one.rounds.length > 0);
    if (lines.length === 0) continue;
    const rounds = Array.from({ length: run.rounds }, (_, i) => i + 1);
    const rates = lines.map((line) => line.rounds.map(({ rows, milliseconds }) => (rows / milliseconds) * 1000));
    const series = lines.map(({ peer }): uPlot.Series => {
      const stroke = colours[peers.indexOf(peer) % colours.length];
      return { label: peer, stroke, width: peer === 'Cassette' ? 3 : 1.5, value: (_, v) => told(v), points: { show: true } };
    });
    const axis = { stroke: getComputedStyle(into).color, grid: { stroke: '#8884', width: 1 } };
    const options: uPlot.Options = {
      title: workloadTitles[workload],
      width: Math.min(760, into.clientWidth || 760),
      height: 280,
      scales: { x: { time: false }, y: { distr: 3 } },
      series: [{ label: 'round' }, ...series],
      axes: [
        { ...axis, label: 'round', incrs: [1] },
        { ...axis, label: 'rows a second', size: 80, values: (_, splits) => splits.map((v) => (v === null ? '' : told(v))) },
      ],
    };
    new uPlot(options, [rounds, ...rates], into);
  }
}

function told(value: number | null): string {
  return value === null ? '' : value.toLocaleString('en', { maximumFractionDigits: 0 });
}
