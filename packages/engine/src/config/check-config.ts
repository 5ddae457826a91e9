import { CassetteError } from '@cassette/bytes';
import { durabilityForms, isDurability } from './durability.ts';
import { defaultWriteEngineConfig, type WriteEngineConfig } from './write-engine-config.ts';

type Rule = readonly [what: string, test: (value: unknown) => boolean];

const isCount = (value: unknown, least: number) => typeof value === 'number' && value >= least;
const SIZE: Rule = ['a number of bytes, at least 1', (value) => isCount(value, 1)];
const MILLISECONDS: Rule = ['a number of milliseconds, at least 0', (value) => isCount(value, 0)];

const rules: Readonly<Record<keyof WriteEngineConfig, Rule>> = {
  durability: [durabilityForms, isDurability],
  memtableFlushThreshold: SIZE,
  memtableHardLimit: SIZE,
  walSegmentSizeMax: SIZE,
  waitingWritesMax: ['a number of writes, at least 0', (value) => isCount(value, 0)],
  mutationSizeMax: SIZE,
  sliceMilliseconds: MILLISECONDS,
  flushRetryMilliseconds: MILLISECONDS,
  flushOnClose: ['a boolean', (value) => typeof value === 'boolean'],
  compaction: ['{ enabled?: boolean, sliceMilliseconds?: milliseconds, at least 0 }', isCompaction],
  keepDeletionsUntilConfirmed: [
    "'always', 'once-exported' or 'never'",
    (value) => value === 'always' || value === 'once-exported' || value === 'never',
  ],
  cdcTotalSpace: ['a number of bytes, at least 0', (value) => isCount(value, 0)],
  slowQueryThreshold: MILLISECONDS,
};

/**
 * What was given, and the defaults for what was not. Throws CassetteError INVALID_OPTION, naming the option, for options that
 * there are not and for values that can't be: from a page they come through no compiler.
 */
export function checkedConfig(given: unknown): WriteEngineConfig {
  if (given === undefined) return defaultWriteEngineConfig;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalidOption('config', 'an object', given);
  const checked: Record<string, unknown> = { ...defaultWriteEngineConfig };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) {
      const message = `There is no option config.${name}; there are ${Object.keys(rules).join(', ')}`;
      throw new CassetteError('INVALID_OPTION', message, { option: `config.${name}` });
    }
    if (value === undefined) continue;
    const [what, test] = rules[name as keyof WriteEngineConfig];
    if (!test(value)) throw invalidOption(`config.${name}`, what, value);
    checked[name] = value;
  }
  return checked as unknown as WriteEngineConfig;
}

/** The error for an option that can't be: CassetteError INVALID_OPTION. `what`: what it has to be, in words. */
export function invalidOption(option: string, what: string, value: unknown): CassetteError {
  return new CassetteError('INVALID_OPTION', `${option} has to be ${what}, not ${named(value)}`, { option });
}

/** Throws CassetteError INVALID_OPTION for `tables` that are no array: the letters of a text would be taken for names. */
export function checkTableNames(tables: unknown): void {
  if (tables !== undefined && !Array.isArray(tables)) throw invalidOption('tables', 'an array of names', tables);
}

/** A value as a message names it: short, and without running code of its own. */
export function named(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

function isCompaction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { enabled = true, sliceMilliseconds = 0, ...others } = value as Record<string, unknown>;
  return typeof enabled === 'boolean' && isCount(sliceMilliseconds, 0) && Object.keys(others).length === 0;
}
