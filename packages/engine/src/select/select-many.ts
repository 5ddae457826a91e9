import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError, pointedAt } from '@cassette/cql';
import type { Binding } from '../prepared/binding.ts';
import { ResultBuilder, type ResultSet } from '../result/index.ts';
import { checkAborted, type Scheduler } from '../scheduler/index.ts';
import { PointSelect, type PointSource } from './point-select.ts';
import { executeSelect, type ReadSource, type SelectOptions } from './select-executor.ts';
import type { SelectPlan } from './select-plan.ts';

/** Answers between two looks at the clock. */
const LOOKS = 16;

/**
 * Answers a SELECT for many values, one after the other: the rows of all answers in one result, which `ResultSet.split` takes apart. Others
 * have their turn between answers. An error names the values that it is about, counted from 0, in its message and as `data.row`.
 */
export async function executeSelectMany(
  source: ReadSource,
  scheduler: Scheduler,
  plan: SelectPlan,
  bindings: Iterable<Binding>,
  options: Pick<SelectOptions, 'sliceMilliseconds' | 'tracer' | 'signal'>,
): Promise<ResultSet> {
  const point = source.readPoint === undefined || options.tracer ? null : PointSelect.of(plan);
  const builder = point === null ? new ResultBuilder(plan.columns) : point.takeBuilder();
  const counts: number[] = [];
  let sliceEnd = scheduler.now() + options.sliceMilliseconds;
  try {
    for (const binding of bindings) {
      const before = builder.rowLength;
      if (point === null || !point.answer(source as PointSource, binding, builder)) {
        builder.append(await executeSelect(source, scheduler, plan, binding, options));
      }
      counts.push(builder.rowLength - before);
      if (counts.length % LOOKS !== 0 || scheduler.now() < sliceEnd) continue;
      await scheduler.yield();
      source.checkOpen();
      checkAborted('The call', options.signal);
      sliceEnd = scheduler.now() + options.sliceMilliseconds;
    }
  } catch (error) {
    throw inRow(pointedAt(error, plan.where), counts.length);
  }
  const joined = builder.finish().joinedOf(Int32Array.from(counts));
  point?.giveBack(builder);
  return joined;
}

/** The error with the number of the values that it is about. */
function inRow(error: unknown, row: number): unknown {
  if (error instanceof InvalidRequestError) {
    return new InvalidRequestError(`Row ${row}: ${error.reason}`, error.place, { ...error.data, row });
  }
  if (error instanceof CassetteError) Object.assign(error.data, { row });
  return error;
}
