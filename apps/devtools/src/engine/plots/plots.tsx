import { effect, signal, untracked } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { colourChanges } from '../../frame/theme.ts';
import type { Sample } from '../../store/samples.ts';
import { samples } from '../../store/watch.ts';
import { drawPlot, type Span, updatePlot } from './draw-plot.ts';
import { type PlotSpec, plots } from './plot-list.ts';

/** Minutes that are shown when nobody chose a part. */
const minutes = signal(5);
/** A part that was chosen; null: the last minutes. */
const chosen = signal<Span | null>(null);
/** What is shown while it stands still; null while it goes on. */
const held = signal<readonly Sample[] | null>(null);
/** The sample under the pointer. */
const pointed = signal<number | null>(null);

const shownSamples = () => held.value ?? samples.value;

function shownSpan(all: readonly Sample[]): Span {
  if (chosen.value !== null) return chosen.value;
  const to = all.at(-1)?.at ?? Date.now() / 1000;
  return { from: to - minutes.value * 60, to };
}

function zoom(span: Span | null): void {
  // What is looked at does not go away under the eyes.
  if (span !== null) held.value ??= samples.peek();
  else held.value = null;
  chosen.value = span;
}

/** Figures over the last five minutes, a sample a second; one cursor for all of them. */
export function Plots() {
  const group = useId();
  const isHeld = held.value !== null;
  return (
    <section class="plots" aria-label="Plots">
      <header>
        <h2>Over time</h2>
        <div class="buttons">
          <div class="switch">
            {[1, 5].map((one) => (
              <button
                type="button"
                key={one}
                aria-pressed={chosen.value === null && minutes.value === one}
                onClick={() => {
                  minutes.value = one;
                  chosen.value = null;
                }}
              >
                {one} min
              </button>
            ))}
          </div>
          <button
            type="button"
            class="toggle"
            aria-pressed={isHeld}
            title="The plots stand still; the engine goes on, and so does what is recorded of it"
            onClick={() => {
              held.value = isHeld ? null : samples.peek();
              if (isHeld) chosen.value = null;
            }}
          >
            Pause
          </button>
          {chosen.value !== null && (
            <button type="button" onClick={() => zoom(null)}>
              All of it
            </button>
          )}
        </div>
      </header>
      <div class="plot-grid">
        {plots.map((spec, place) => (
          <Plot key={spec.id} spec={spec} group={group} place={place} />
        ))}
      </div>
    </section>
  );
}

/** Between the drawing of one plot and of the next. Milliseconds. */
const staggerMs = 25;

function Plot({ spec, group, place }: { spec: PlotSpec; group: string; place: number }) {
  const into = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = into.current!;
    let plot: uPlot | null = null;
    const remove = () => {
      plot?.destroy();
      plot = null;
    };
    const stop = effect(() => {
      // Colours are painted: others need another plot.
      void colourChanges.value;
      remove();
      untracked(() => {
        const all = shownSamples();
        plot = drawPlot(spec, all, shownSpan(all), element, group, {
          zoomed: zoom,
          pointed: (index) => {
            pointed.value = index;
          },
        });
      });
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = effect(() => {
      const all = shownSamples();
      const span = shownSpan(all);
      // One after the other, so that five plots are no long task.
      clearTimeout(timer);
      timer = setTimeout(() => plot !== null && updatePlot(plot, spec, all, span), place * staggerMs);
    });
    const observer = new ResizeObserver(() => {
      const width = Math.max(160, element.clientWidth);
      if (plot !== null && plot.width !== width) plot.setSize({ width, height: plot.height });
    });
    observer.observe(element);
    return () => {
      stop();
      follow();
      clearTimeout(timer);
      observer.disconnect();
      remove();
    };
  }, [spec, group, place]);
  return (
    <figure class="plot">
      <figcaption>
        <h3 title={spec.hint}>{spec.title}</h3>
        <Legend spec={spec} />
      </figcaption>
      <div class="plot-canvas" ref={into} aria-hidden="true" />
    </figure>
  );
}

/** What the lines are, with the values under the pointer, or else the newest. */
function Legend({ spec }: { spec: PlotSpec }) {
  const all = shownSamples();
  const sample = (pointed.value === null ? undefined : all[pointed.value]) ?? all.at(-1);
  return (
    <dl class="legend">
      {spec.lines.map((line) => {
        const value = sample === undefined ? null : line.of(sample);
        return (
          <div key={line.label}>
            <dt>
              <i class={line.dashed ? 'key dashed' : 'key'} style={{ color: `var(${line.colour})` }} />
              {line.label}
            </dt>
            <dd>{value === null ? '–' : spec.told(value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
