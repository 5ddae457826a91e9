import { StorageFullError } from '@cassette/storage';
import type { CompactionPlan } from '../merge-policy/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';

/**
 * The plan, if its outputs fit beside its inputs: they may be as large as those together. If not, the largest inputs are left out,
 * as far as the plan allows it and two are left; where that doesn't help either, StorageFullError. Where the platform tells no quota it is tried.
 * Cassandra: CompactionTask#buildCompactionCandidatesForAvailableDiskSpace.
 */
export async function checkSpace(state: EngineState, table: TableState, plan: CompactionPlan): Promise<CompactionPlan> {
  const { storage } = state;
  const { usage, quota } = await storage.estimate();
  if (usage === undefined || quota === undefined) return plan;
  const free = quota - usage;
  const sizes = new Map(table.sstables.map(({ record }) => [record.generation, record.bytes]));
  const needed = (inputs: readonly number[]) => inputs.reduce((sum, generation) => sum + (sizes.get(generation) ?? 0), 0);
  let inputs = [...plan.inputs];
  const { mayShrink = true } = plan;
  for (;;) {
    const spare = typeof mayShrink === 'boolean' ? (mayShrink ? inputs : []) : inputs.filter((one) => mayShrink.includes(one));
    if (needed(inputs) <= free || inputs.length <= 2 || spare.length < 2) break;
    const largest = spare.reduce((a, b) => ((sizes.get(b) ?? 0) > (sizes.get(a) ?? 0) ? b : a));
    inputs = inputs.filter((generation) => generation !== largest);
  }
  if (needed(inputs) > free) {
    const message = `Compacting ${table.table} needs up to ${needed(inputs)} bytes, and ${Math.max(0, free)} are free: make room on the device`;
    throw new StorageFullError(message, { needed: needed(inputs), free });
  }
  return inputs.length === plan.inputs.length ? plan : { ...plan, inputs };
}
