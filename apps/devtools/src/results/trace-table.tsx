import { describeActivity, type Trace, type TraceActivity } from '@cassette/client';
import { milliseconds, plural } from '../text/numbers.ts';

/** Microseconds that an activity took, where it tells; it ended at its `micros`. */
function spentOn(activity: TraceActivity): number {
  return 'spent' in activity ? Math.min(activity.spent, activity.micros) : 0;
}

const percent = (part: number, whole: number) => (whole <= 0 ? 0 : Math.min(100, (part / whole) * 100));

/** What was done for a statement, step by step, and when: as cqlsh tells it, with each step drawn where it lies in the whole. */
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
              <th scope="col">Timeline</th>
              <th scope="col">Activity</th>
            </tr>
          </thead>
          <tbody>
            {activities.map((activity, index) => {
              const spent = spentOn(activity);
              return (
                <tr key={index} class={`did-${activity.kind}`}>
                  <td>{activity.micros}</td>
                  <td class="lane" title={spent > 0 ? `${spent} µs, until ${activity.micros} µs` : `at ${activity.micros} µs`}>
                    <span
                      class={spent > 0 ? 'span' : 'moment'}
                      style={{
                        left: `${percent(activity.micros - spent, micros)}%`,
                        ...(spent > 0 && { width: `${percent(spent, micros)}%` }),
                      }}
                    />
                  </td>
                  <td>{describeActivity(activity)}</td>
                </tr>
              );
            })}
            {omitted > 0 && (
              <tr>
                <td>…</td>
                <td />
                <td>{plural(omitted, 'more activity', 'more activities')}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
