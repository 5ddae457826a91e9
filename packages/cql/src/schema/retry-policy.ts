import { ConfigurationError } from '../errors.ts';

/**
 * The value of `speculative_retry` or `additional_write_policy`, spelt as DESCRIBE prints it: `ALWAYS`, `NEVER`, `99p`, `50ms` or
 * `MIN(99p,50ms)`. Throws ConfigurationError for anything else. Cassandra: SpeculativeRetryPolicy#fromString.
 */
export function readRetryPolicy(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const simple = simplePolicy(text);
  if (simple !== null) return simple;
  const both = /^(min|max)\(([0-9.]+[a-z]+),([0-9.]+[a-z]+)\)$/i.exec(text.replaceAll(' ', ''));
  const parts = both === null ? [] : [both[2], both[3]].map(simplePolicy);
  if (both === null || parts.includes(null)) {
    throw new ConfigurationError(`Invalid value ${text} for option 'speculative_retry'`);
  }
  return `${both[1].toUpperCase()}(${parts.join(',')})`;
}

function simplePolicy(text: string): string | null {
  if (/^always$/i.test(text)) return 'ALWAYS';
  if (/^(never|none)$/i.test(text)) return 'NEVER';
  const match = /^([0-9.]+)(p|percentile|ms)$/i.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]);
  if (match === null || Number.isNaN(value)) return null;
  if (match[2].toLowerCase() === 'ms') return `${Math.trunc(value)}ms`;
  if (value <= 0 || value >= 100) {
    throw new ConfigurationError(
      `Invalid value ${text} for PERCENTILE option 'speculative_retry': must be between (0.0 and 100.0)`,
    );
  }
  return `${Number(value.toFixed(4))}p`;
}
