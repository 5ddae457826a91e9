import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, encodeLiteral, type LiteralScanner, nativeTypes } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';

/** How constants of a column become bytes without becoming values first. */
const Form = { OTHER: 0, TEXT: 1, ASCII: 2, BLOB: 3, INT: 4, LONG: 5, TIMESTAMP: 6, DOUBLE: 7 } as const;

const forms: ReadonlyMap<CqlType, number> = new Map<CqlType, number>([
  [nativeTypes.text, Form.TEXT],
  [nativeTypes.ascii, Form.ASCII],
  [nativeTypes.blob, Form.BLOB],
  [nativeTypes.int, Form.INT],
  [nativeTypes.bigint, Form.LONG],
  [nativeTypes.timestamp, Form.TIMESTAMP],
  [nativeTypes.double, Form.DOUBLE],
]);

/** What {@link ScannedEncoder} has of a column. */
export interface ScannedColumn {
  readonly spec: ColumnSpec;
  readonly form: number;
}

/** How constants of that column are encoded. */
export function scannedColumn(spec: ColumnSpec): ScannedColumn {
  return { spec, form: forms.get(spec.type) ?? Form.OTHER };
}

/**
 * Appends a constant that was scanned, as a value of a column; the bytes are those of `encodeLiteral`. False, or an InvalidRequestError, for
 * what is none, or means more than its bytes ('now'): `out` is then of no use.
 */
export function encodeScanned(scanner: LiteralScanner, text: string, { spec, form }: ScannedColumn, out: ByteWriter): boolean {
  switch (scanner.kind) {
    case 'string':
      if (form === Form.TIMESTAMP && scanner.valueTo - scanner.valueFrom === 3 && /^now$/i.test(wordsOf(scanner, text)))
        return false;
      if ((form === Form.TEXT || form === Form.ASCII) && !scanner.isEscaped && putAscii(scanner, text, out)) return true;
      break;
    case 'integer': {
      const { whole } = scanner;
      if (Number.isNaN(whole)) break;
      if (form === Form.LONG || form === Form.TIMESTAMP) out.i64Number(whole);
      else if (form === Form.INT && (whole | 0) === whole) out.i32(whole);
      else if (form === Form.DOUBLE) out.f64(whole);
      else break;
      return true;
    }
    case 'float': {
      const value = Number(wordsOf(scanner, text));
      // The parser refuses what is too large for a double; NaN and the infinities come as words.
      if (!Number.isFinite(value)) {
        if (isNumeral(scanner, text)) return false;
        break;
      }
      if (form !== Form.DOUBLE) break;
      out.f64(value);
      return true;
    }
    case 'blob':
      if (form === Form.BLOB) return putHex(scanner, text, out);
      break;
  }
  encodeLiteral(scanner.literal(text), spec.type, out, spec.name);
  return true;
}

function wordsOf({ valueFrom, valueTo }: LiteralScanner, text: string): string {
  return text.slice(valueFrom, valueTo);
}

function isNumeral({ valueFrom }: LiteralScanner, text: string): boolean {
  return text.charCodeAt(valueFrom) < 0x40;
}

/** Appends a string of ASCII characters; appends nothing where there are others. */
function putAscii({ valueFrom, valueTo }: LiteralScanner, text: string, out: ByteWriter): boolean {
  out.ensure(valueTo - valueFrom);
  const target = out.buffer;
  let at = out.length;
  for (let i = valueFrom; i < valueTo; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return false;
    target[at++] = code;
  }
  out.length = at;
  return true;
}

/** Appends the bytes of `0x` and hexadecimal digits; false where their number is odd. */
function putHex({ from, to }: LiteralScanner, text: string, out: ByteWriter): boolean {
  if ((to - from) % 2 !== 0) return false;
  out.ensure((to - from) / 2);
  const target = out.buffer;
  let at = out.length;
  for (let i = from + 2; i < to; i += 2) target[at++] = (digitAt(text, i) << 4) | digitAt(text, i + 1);
  out.length = at;
  return true;
}

/** The value of a hexadecimal digit: 0 to 9 end in theirs, letters of both cases have a bit that adds nine. */
function digitAt(text: string, i: number): number {
  const c = text.charCodeAt(i);
  return (c & 15) + (c >> 6) * 9;
}
