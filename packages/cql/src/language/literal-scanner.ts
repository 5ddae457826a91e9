import type { Literal } from './ast/index.ts';

const QUOTE = 0x27;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const DOLLAR = 0x24;
/** Digits of a whole number that a double holds whatever they are. */
const EXACT_DIGITS = 15;
const UUID_LENGTH = 36;
const UUID = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/y;
const WORD = /(?:true|false|null|nan|infinity)(?![A-Za-z0-9_])/iy;

/**
 * Finds where a constant ends, and what it is, without the lexer: for texts of which everything else is known. It takes what stands between
 * blanks, commas and parentheses, and leaves durations, `-NaN` and whatever is no constant to the lexer; what it takes is the lexer's very
 * token. Reused: an answer is valid until the next.
 */
export class LiteralScanner {
  /** What was found: the kind of the constant, or `null`. */
  kind: Literal['kind'] | 'null' = 'null';
  /** Where it begins and ends in the text, quotes included. */
  from = 0;
  to = 0;
  /** What it is between its quotes; of others the same. */
  valueFrom = 0;
  valueTo = 0;
  /** Whether a string has doubled quotes in it. */
  isEscaped = false;
  /** The number, where it is a whole one of at most 15 digits; NaN else. */
  whole = Number.NaN;

  /** Whether a constant begins at `at` that it takes. */
  scan(text: string, at: number): boolean {
    this.from = at;
    this.valueFrom = at;
    this.isEscaped = false;
    this.whole = Number.NaN;
    const c = text.charCodeAt(at);
    if (c === QUOTE) return this.quoted(text, at);
    if (isDigit(c) || c === MINUS) return this.number(text, at, c) || this.uuid(text, at);
    if (c === DOLLAR) return this.dollars(text, at);
    return this.uuid(text, at) || this.word(text, at);
  }

  /** What the parser makes of it: not for `null`. */
  literal(text: string): Literal {
    const { kind, from: pos } = this;
    const value = text.slice(this.valueFrom, this.valueTo);
    switch (kind) {
      case 'string':
        return { kind, value: this.isEscaped ? value.replaceAll("''", "'") : value, pos };
      case 'boolean':
        return { kind, value: value.length === 4, pos };
      case 'float': {
        const first = value[0].toLowerCase();
        return { kind, text: first === 'n' ? 'NaN' : first === 'i' ? 'Infinity' : value, pos };
      }
      default:
        return { kind: kind as 'integer' | 'uuid' | 'blob', text: value, pos };
    }
  }

  private quoted(text: string, at: number): boolean {
    let close = text.indexOf("'", at + 1);
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
      this.isEscaped = true;
      close = text.indexOf("'", close + 2);
    }
    if (close < 0) return false;
    this.valueFrom = at + 1;
    return this.found('string', text, close, close + 1);
  }

  private dollars(text: string, at: number): boolean {
    if (text.charCodeAt(at + 1) !== DOLLAR) return false;
    const close = text.indexOf('$$', at + 2);
    if (close < 0) return false;
    this.valueFrom = at + 2;
    return this.found('string', text, close, close + 2);
  }

  private number(text: string, at: number, first: number): boolean {
    const digitsFrom = first === MINUS ? at + 1 : at;
    let i = digitsFrom;
    let value = 0;
    let c = text.charCodeAt(i);
    if (c === ZERO && (text.charCodeAt(i + 1) | 0x20) === 0x78) return first !== MINUS && this.blob(text, i + 2);
    for (; isDigit(c); c = text.charCodeAt(++i)) value = value * 10 + (c - ZERO);
    if (i === digitsFrom) return false;
    if (endsToken(text, i)) {
      if (i - digitsFrom <= EXACT_DIGITS) this.whole = first === MINUS ? -value : value;
      return this.found('integer', text, i, i);
    }
    if (c === DOT) {
      do c = text.charCodeAt(++i);
      while (isDigit(c));
    }
    if ((c | 0x20) === 0x65) {
      c = text.charCodeAt(++i);
      if (c === MINUS || c === 0x2b) c = text.charCodeAt(++i);
      if (!isDigit(c)) return false;
      while (isDigit(text.charCodeAt(i))) i++;
    }
    return this.found('float', text, i, i);
  }

  private blob(text: string, from: number): boolean {
    let i = from;
    // The longest constants by far: a table takes half the time that comparisons take.
    for (let c = text.charCodeAt(i); c < 0x80 && HEX[c] !== 0; c = text.charCodeAt(i)) i++;
    return this.found('blob', text, i, i);
  }

  private uuid(text: string, at: number): boolean {
    if (text.charCodeAt(at + 8) !== MINUS) return false;
    UUID.lastIndex = at;
    return UUID.test(text) && this.found('uuid', text, at + UUID_LENGTH, at + UUID_LENGTH);
  }

  private word(text: string, at: number): boolean {
    WORD.lastIndex = at;
    if (!WORD.test(text)) return false;
    const to = WORD.lastIndex;
    const c = text.charCodeAt(at) | 0x20;
    const isNull = c === 0x6e && to - at === 4;
    return this.found(isNull ? 'null' : c === 0x74 || c === 0x66 ? 'boolean' : 'float', text, to, to);
  }

  private found(kind: Literal['kind'] | 'null', text: string, valueTo: number, to: number): boolean {
    this.kind = kind;
    this.valueTo = valueTo;
    this.to = to;
    return endsToken(text, to);
  }
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** By ASCII character, whether it is a hexadecimal digit. */
const HEX = Uint8Array.from({ length: 0x80 }, (_, c) => (/[0-9a-fA-F]/.test(String.fromCharCode(c)) ? 1 : 0));

/** Whether what ends before `at` is a token by itself: a blank, a comma, a closing parenthesis, a semicolon or the end comes. */
function endsToken(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const c = text.charCodeAt(at);
  return c === 0x2c || c === 0x29 || c === 0x20 || c === 0x3b || c === 0x0a || c === 0x0d || c === 0x09;
}
