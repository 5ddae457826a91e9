import uPlot from 'uplot';
import { colour } from '../../frame/theme.ts';
import type { Sample } from '../../store/samples.ts';
import type { PlotSpec } from './plot-list.ts';

/** A span of time, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What somebody does on a plot. */
export interface PlotActions {
  /** A part was chosen with the pointer, to be seen alone; null: all of it again. */
  zoomed(span: Span | null): void;
  /** The sample under the pointer; null when it leaves. */
  pointed(index: number | null): void;
}

/** How high each is, with its axis. Pixels. */
const height = 118;

/** Samples as uPlot takes them: times, then the values of each line. */
export function columnsOf(spec: PlotSpec, samples: readonly Sample[]): uPlot.AlignedData {
  // On a scale by tens nought has no place.
  const value = (v: number | null) => (spec.log && v !== null && v < 0.01 ? 0.01 : v);
  return [
    samples.map(({ at }) => at),
    ...spec.lines.map((line) => samples.map((one) => value(line.of(one)))),
  ] as uPlot.AlignedData;
}

/** Draws a plot into an element, with a cursor that all plots of `group` share. Colours are those of the element's theme now. */
export function drawPlot(
  spec: PlotSpec,
  samples: readonly Sample[],
  span: Span,
  into: HTMLElement,
  group: string,
  actions: PlotActions,
): uPlot {
  const ink = colour('--muted', into);
  const line = colour('--line', into);
  const axis = {
    stroke: ink,
    font: '11px system-ui, sans-serif',
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 3 },
  };
  const told = (_: uPlot, splits: number[]) => splits.map((v) => (v === null ? '' : spec.told(v)));
  const byTens = { distr: 3 as const, log: 10 as const, range: (_: uPlot, min: number, max: number) => tens(min, max) };
  const fromNought = { range: (_: uPlot, _min: number, max: number): [number, number] => [0, max > 0 ? max * 1.08 : 1] };
  const plot: uPlot = new uPlot(
    {
      width: Math.max(160, into.clientWidth),
      height,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: {
        y: false,
        sync: { key: group, setSeries: false },
        drag: { x: true, y: false, setScale: false },
        points: { size: 5 },
      },
      scales: {
        x: { time: true, range: (self) => rangeOf(plotSpans.get(self) ?? span) },
        y: spec.log ? byTens : fromNought,
      },
      series: [
        {},
        ...spec.lines.map(
          ({ label, colour: name, dashed }): uPlot.Series => ({
            label,
            stroke: colour(name, into),
            width: 1.5,
            ...(dashed === true && { dash: [3, 3] }),
            points: { show: false },
            spanGaps: false,
          }),
        ),
      ],
      axes: [
        {
          ...axis,
          size: 22,
          gap: 2,
          space: 60,
          values: (_, splits) => splits.map((at) => new Date(at * 1000).toTimeString().slice(0, 8)),
        },
        {
          ...axis,
          size: 62,
          gap: 3,
          space: 26,
          values: told,
          ...(spec.log && { splits: powersOfTen }),
        },
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 6) return;
            actions.zoomed({ from: self.posToVal(left, 'x'), to: self.posToVal(left + width, 'x') });
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        setCursor: [(self) => actions.pointed(self.cursor.idx ?? null)],
      },
    },
    columnsOf(spec, samples),
    into,
  );
  plot.over.addEventListener('dblclick', () => actions.zoomed(null));
  return plot;
}

const plotSpans = new WeakMap<uPlot, Span>();

function rangeOf({ from, to }: Span): [number, number] {
  return [from, to];
}

/** New samples, or another part of them. */
export function updatePlot(plot: uPlot, spec: PlotSpec, samples: readonly Sample[], span: Span): void {
  plotSpans.set(plot, span);
  plot.setData(columnsOf(spec, samples));
}

/** Of full tens around both; of the range of a plot without values, from a tenth to ten. */
function tens(min: number, max: number): [number, number] {
  if (!(max > 0)) return [0.1, 10];
  return [10 ** Math.floor(Math.log10(Math.max(0.01, Math.min(min, max)))), 10 ** Math.ceil(Math.log10(max * 1.01))];
}

function powersOfTen(_plot: uPlot, _axis: number, min: number, max: number): number[] {
  const all: number[] = [];
  for (let power = Math.round(Math.log10(min)); power <= Math.round(Math.log10(max)); power++) all.push(10 ** power);
  return all;
}
