import { ConfigurationError } from '../errors.ts';

/** Options as text, without `class`. */
export type Options = Readonly<Record<string, string>>;

/** The error of an option that can't be. */
export function refused(option: string, message: string): ConfigurationError {
  return new ConfigurationError(message, undefined, { option });
}

/** A whole number as Java reads one, of 32 or 64 bits; the default where it is not given. Throws ConfigurationError, as Cassandra words it. */
export function wholeNumber(options: Options, option: string, otherwise: bigint, bits: 32 | 64 = 32): bigint {
  const text = options[option];
  if (text === undefined) return otherwise;
  const value = /^[+-]?\d{1,25}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : null;
  if (value === null || BigInt.asIntN(bits, value) !== value) {
    throw refused(option, `${text} is not a parsable int (base10) for ${option}`);
  }
  return value;
}

/** A number with a fraction as Java reads one; the default where it is not given. Throws ConfigurationError. */
export function fraction(options: Options, option: string, otherwise: number, kind: 'float' | 'int (base10)' = 'float'): number {
  const text = options[option];
  if (text === undefined) return otherwise;
  const value = javaDouble(text);
  if (value === null) throw refused(option, `${text} is not a parsable ${kind} for ${option}`);
  return value;
}

/** Refuses what is neither true nor false, in whatever case. Throws ConfigurationError with the message. */
export function checkBoolean(options: Options, option: string, message: (text: string) => string): void {
  const text = options[option];
  if (text !== undefined && !/^(true|false)$/i.test(text)) throw refused(option, message(text));
}

/** A number as `Double.parseDouble` reads it; null for other text. */
function javaDouble(text: string): number | null {
  const trimmed = text.trim();
  if (/^[+-]?(NaN|Infinity)$/.test(trimmed)) return Number(trimmed.replace(/^[+-]NaN$/, 'NaN'));
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/.test(trimmed) ? Number(trimmed.replace(/[fFdD]$/, '')) : null;
}

const prefixes = 'qryzafpnum KMGTPEZYRQ';

/**
 * A size such as `100MiB`, `2*2^20B`, `1.5 GB`: bytes, with a fraction. Throws RangeError for other text.
 * Cassandra: FBUtilities#parseHumanReadable.
 */
export function parseBytes(text: string): number {
  if (!text.endsWith('B')) throw new RangeError(`${text} does not end in unit B`);
  const match = /^(NaN|[+-]?Infinity|[+-]?\d+(?:\.\d+)?([eE][+-]?\d+)?)((?:\*2\^[+-]?\d+)?)\s*(.*)B$/s.exec(text);
  if (match === null) throw new RangeError(`${text} is no size`);
  const [, base, exponent, power, rest] = match;
  if (exponent !== undefined && power !== '') throw new RangeError(`${text} is no size`);
  const value = Number(base) * (power === '' ? 1 : 2 ** Number(power.slice(3)));
  if (rest === '') return value;
  const prefix = prefixes.indexOf(rest[0]) - prefixes.indexOf(' ');
  const isBinary = rest[1] === 'i';
  if (!prefixes.includes(rest[0]) || rest.length > (isBinary ? 2 : 1)) {
    throw new RangeError(`Unexpected characters in ${text}`);
  }
  return isBinary ? value * 1024 ** prefix : value * 1000 ** prefix;
}

/** A share such as `0.3` or `30%`. Throws RangeError for other text. Cassandra: FBUtilities#parsePercent. */
export function parsePercent(text: string): number {
  const trimmed = text.trim();
  const value = trimmed.endsWith('%') ? javaDouble(trimmed.slice(0, -1)) : javaDouble(trimmed);
  if (value === null) throw new RangeError(`For input string: "${text}"`);
  return trimmed.endsWith('%') ? value / 100 : value;
}
