import { useId } from 'preact/hooks';
import { plural } from '../../text/numbers.ts';

const width = 440;
const height = 130;
const base = height - 22;

interface HistogramProps {
  readonly title: string;
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly label: (bound: number) => string;
  /** What is counted, in the singular. */
  readonly of: string;
  /** What one sees. */
  readonly text: string;
}

/** Buckets as bars, from the first to the last that has something. */
export function Histogram({ title, buckets, label, of, text }: HistogramProps) {
  const id = useId();
  const first = buckets.findIndex(([, n]) => n > 0);
  const last = buckets.findLastIndex(([, n]) => n > 0);
  const shown = first < 0 ? [] : buckets.slice(first, last + 1);
  const most = Math.max(1, ...shown.map(([, n]) => n));
  const step = width / Math.max(shown.length, 1);
  const say = ([bound, n]: readonly [number, number]) => `${Number.isFinite(bound) ? label(bound) : 'more'}: ${plural(n, of)}`;
  return (
    <figure class="picture">
      <figcaption>
        <h3>{title}</h3>
        <p>{text}</p>
      </figcaption>
      {shown.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id}>
          <title id={id}>{`${title}. ${shown
            .filter(([, n]) => n > 0)
            .map(say)
            .join('; ')}`}</title>
          {shown.map((bucket, i) => {
            const high = bucket[1] === 0 ? 0 : Math.max(2, (bucket[1] / most) * (base - 14));
            return (
              <rect
                key={bucket[0]}
                class="pile"
                x={i * step + 0.5}
                y={base - high}
                width={Math.max(1, Math.min(step - 1, 60))}
                height={high}
              >
                <title>{say(bucket)}</title>
              </rect>
            );
          })}
          <line class="axis" x1="0" x2={width} y1={base} y2={base} />
          <text class="tick" x="0" y={height - 6}>
            {Number.isFinite(shown[0][0]) ? label(shown[0][0]) : 'more'}
          </text>
          {shown.length > 1 && (
            <text class="tick" x={width} y={height - 6} text-anchor="end">
              {Number.isFinite(shown[shown.length - 1][0]) ? label(shown[shown.length - 1][0]) : 'more'}
            </text>
          )}
          <text class="tick" x="0" y="10">
            {plural(most, of)}
          </text>
        </svg>
      )}
    </figure>
  );
}
