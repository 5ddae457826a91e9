import { describeActivity, type RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { follow, go, linkTo } from '../frame/route.ts';
import type { ViewProps } from '../frame/views.ts';
import { sayError } from '../text/say-error.ts';
import { type Outcome, type Step, steps } from './steps.ts';

/** What came of each step that was done; kept while other views are looked at. */
const outcomes = signal<ReadonlyMap<number, Outcome>>(new Map());
const at = signal(0);

/** The life of a write, in steps that are really done. */
export function TourView({ database }: ViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const show = (index: number) => {
    at.value = index;
    // Who reads by ear hears where he is.
    requestAnimationFrame(() => heading.current?.focus());
  };
  const step = steps[at.value];
  return (
    <div class="tour">
      <nav aria-label="Steps of the tour">
        <h2>The life of a write</h2>
        <ol>
          {steps.map(({ title }, index) => (
            <li key={title} class={outcomes.value.has(index) ? 'done' : ''}>
              <button type="button" aria-current={index === at.value ? 'step' : undefined} onClick={() => show(index)}>
                {title}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <article>
        <h2 tabIndex={-1} ref={heading}>
          {step.title}
        </h2>
        {step.text.map((text) => (
          <p key={text}>{text}</p>
        ))}
        <Doing key={at.value} step={step} index={at.value} database={database} />
        <div class="buttons ways">
          <button type="button" disabled={at.value === 0} onClick={() => show(at.value - 1)}>
            ← Back
          </button>
          {at.value < steps.length - 1 ? (
            <button type="button" class={outcomes.value.has(at.value) ? 'primary' : ''} onClick={() => show(at.value + 1)}>
              Next: {steps[at.value + 1].title} →
            </button>
          ) : (
            <button type="button" onClick={() => go('console')}>
              To the console
            </button>
          )}
        </div>
      </article>
    </div>
  );
}

function Doing({ step, index, database }: { step: Step; index: number; database: RemoteDatabase }) {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const outcome = outcomes.value.get(index);
  const run = async () => {
    setRunning(true);
    setFailure(null);
    try {
      const came = await step.run(database);
      outcomes.value = new Map(outcomes.value).set(index, came);
    } catch (error) {
      setFailure(sayError(error));
    } finally {
      setRunning(false);
    }
  };
  return (
    <>
      {step.cql !== undefined && <pre>{step.cql}</pre>}
      <p class="buttons">
        <button
          type="button"
          class={outcome === undefined ? 'primary large' : 'large'}
          disabled={isRunning}
          onClick={() => void run()}
        >
          {isRunning ? 'Working …' : outcome === undefined ? step.action : `${step.action} again`}
        </button>
      </p>
      {failure !== null && (
        <p class="warning" role="alert">
          {index === 0 ? failure : `${failure} The steps before this one may not have been done.`}
        </p>
      )}
      <div role="status">{outcome !== undefined && <Came outcome={outcome} />}</div>
      {outcome !== undefined && step.view !== undefined && (
        <p>
          <a href={linkTo(step.view.id)} onClick={(event) => follow(event, step.view!.id)}>
            {step.view.title} →
          </a>
        </p>
      )}
    </>
  );
}

function Came({ outcome }: { outcome: Outcome }) {
  const { text, facts, trace, lines } = outcome;
  return (
    <section class="outcome" aria-label="What came of it">
      <p>{text}</p>
      {trace && (
        <ol class="activities">
          {trace.activities.map((activity, i) => (
            <li key={i}>
              <span class="micros">{activity.micros} µs</span> {describeActivity(activity)}
            </li>
          ))}
        </ol>
      )}
      {facts !== undefined && facts.length > 0 && (
        <dl>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {lines !== undefined && <pre>{lines.join('\n')}</pre>}
    </section>
  );
}
