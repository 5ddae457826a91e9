// Values as cqlsh's COPY TO writes them. It shortens floats and doubles unless it is told otherwise, and so does this.

import type { ColumnSpec } from '@cassette/client';
import type { CopyOptions } from './copy-options.ts';
import { dateTimeWriter } from './date-time-format.ts';

type CqlType = ColumnSpec['type'];
/** Writes a value; `quoted` where it stands in a collection. */
type Writer = (value: unknown, quoted: boolean) => string;

/** What of the options is about values. */
export type ValueOptions = Pick<
  CopyOptions,
  'nullText' | 'dateTimeFormat' | 'decimalSeparator' | 'thousandsSeparator' | 'booleans' | 'floatPrecision' | 'doublePrecision'
>;

/** Writes cells of a type as text; null is the null text. */
export function cellWriter(type: CqlType, options: ValueOptions): (cell: Uint8Array | null) => string {
  const write = writerOf(type, options);
  return (cell) => {
    if (cell === null) return options.nullText;
    return cell.length === 0 ? '' : write(type.decode(cell, 0, cell.length), false);
  };
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

function writerOf(type: CqlType, options: ValueOptions): Writer {
  const name = thawed(type.cqlName());
  const inner = type.subTypes.map((one) => writerOf(one, options));
  const kind = /^(list|set|map|tuple|vector)</.exec(name)?.[1];
  if (kind === 'map') {
    return (value) =>
      `{${Array.from(value as Map<unknown, unknown>, ([k, v]) => `${inside(inner[0], k)}: ${inside(inner[1], v)}`).join(', ')}}`;
  }
  if (kind === 'tuple') return (value) => `(${(value as unknown[]).map((one, i) => inside(inner[i], one)).join(', ')})`;
  if (kind !== undefined) {
    const [open, close] = kind === 'set' ? '{}' : '[]';
    return (value) => open + Array.from(value as Iterable<unknown>, (one) => inside(inner[0], one)).join(', ') + close;
  }
  if (inner.length > 0) return fieldsWriter(inner);
  return scalarWriter(name, options) ?? ((value) => String(value));
}

function thawed(name: string): string {
  return name.startsWith('frozen<') ? name.slice('frozen<'.length, -1) : name;
}

function inside(write: Writer, value: unknown): string {
  return value === null || value === undefined ? 'null' : write(value, true);
}

/** A user type: fields by name, in their order. */
function fieldsWriter(inner: readonly Writer[]): Writer {
  const plain = (name: string) => (/^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  return (value) => {
    const fields = Object.entries(value as Record<string, unknown>);
    return `{${fields.map(([name, one], i) => `${plain(name)}: ${inside(inner[i], one)}`).join(', ')}}`;
  };
}

function scalarWriter(name: string, options: ValueOptions): Writer | null {
  const { thousandsSeparator, decimalSeparator, booleans } = options;
  switch (name) {
    case 'text':
    case 'ascii':
      return (value, quoted) => (quoted ? quote(String(value)) : String(value));
    case 'inet':
    case 'date':
    case 'time':
      return (value, quoted) => (quoted ? quote(String(value)) : String(value));
    case 'timestamp': {
      const write = dateTimeWriter(options.dateTimeFormat ?? '%Y-%m-%d %H:%M:%S.%f%z');
      return (value, quoted) => {
        const text = write((value as Date).getTime());
        return quoted ? quote(text) : text;
      };
    }
    case 'boolean':
      return (value) => (value === true ? booleans[0] : booleans[1]);
    case 'float':
      return (value) => floating(value as number, options.floatPrecision, options);
    case 'double':
      return (value) => floating(value as number, options.doublePrecision, options);
    case 'decimal':
      return (value) => {
        const text = String(value);
        return decimalSeparator === '.' ? text : text.replace('.', decimalSeparator);
      };
    case 'int':
    case 'bigint':
    case 'smallint':
    case 'tinyint':
    case 'varint':
    case 'counter':
      return thousandsSeparator === '' ? (value) => String(value) : (value) => grouped(String(value), thousandsSeparator);
    case 'blob':
      return (value) => hex(value);
    default:
      return null;
  }
}

function hex(value: unknown): string {
  let text = '0x';
  for (const byte of value as Uint8Array) text += byte.toString(16).padStart(2, '0');
  return text;
}

function grouped(digits: string, separator: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, separator);
}

/** As Python's `%g`, with `precision` digits behind the point of numbers that are not very large or small. */
function floating(value: number, precision: number, { decimalSeparator, thousandsSeparator }: ValueOptions): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (thousandsSeparator !== '') {
    const [whole, fraction = ''] = value.toFixed(Math.min(precision, 20)).split('.');
    const rest = fraction.replace(/0+$/, '');
    return grouped(whole, thousandsSeparator) + (rest === '' ? '' : decimalSeparator + rest);
  }
  const exponent = Math.abs(value) > Number.EPSILON ? Math.trunc(Math.log10(Math.abs(value))) : Number.NEGATIVE_INFINITY;
  const digits = exponent >= -4 && exponent < precision ? precision + exponent + 1 : precision;
  const text = general(value, Math.max(1, Math.min(digits, 100)));
  return decimalSeparator === '.' ? text : text.replace('.', decimalSeparator);
}

/** `%.{digits}g`: without zeros at the end, exponents of two digits at least. */
function general(value: number, digits: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, power] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) {
    const fixed = value.toFixed(Math.min(100, Math.max(0, digits - 1 - exponent)));
    return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  }
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
