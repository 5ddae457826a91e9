import { describeActivity, type Trace } from '@cassette/client';
import { milliseconds, plural } from '../text/numbers.ts';

/** What was done for a statement, step by step, and when: as cqlsh tells it. */
export function TraceTable({ trace }: { trace: Trace }) {
  const { activities, micros, omitted } = trace;
  return (
    <section class="trace" aria-label="Trace">
      <h3>
        Trace <span class="muted">{milliseconds(micros / 1000)} in the worker</span>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <div class="scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">µs</th>
              <th scope="col">Activity</th>
            </tr>
          </thead>
          <tbody>
            {activities.map((activity, index) => (
              <tr key={index} class={`did-${activity.kind}`}>
                <td>{activity.micros}</td>
                <td>
                  {describeActivity(activity)}
                  <span class="when" style={{ width: `${micros === 0 ? 0 : (activity.micros / micros) * 100}%` }} />
                </td>
              </tr>
            ))}
            {omitted > 0 && (
              <tr>
                <td>…</td>
                <td>{plural(omitted, 'more activity', 'more activities')}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
