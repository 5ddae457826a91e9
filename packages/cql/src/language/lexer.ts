import { keywordOf, type Token } from './tokens.ts';

// The words of CQL (Cassandra: Lexer.g). A minus belongs to a number that follows it without a space, so `a -1` is two
// tokens and `a - 1` is three, as there. The one difference: a line comment may end with the text, where Cassandra wants a line feed.
//
//   identifier  letter (letter | digit | _)*                      quoted name   "…" with "" for "
//   string      '…' with '' for '   |  $$…$$                      blob          0x hex*
//   integer     -? digit+                                         float         -? digit+ (. digit*)? (e [+-]? digit+)?  | -? NaN | -? Infinity
//   uuid        8-4-4-4-12 hex digits                             duration      1y2mo3w4d5h6m7s8ms9us10ns  | ISO 8601: P1Y2M3DT4H5M6S, P1W, P0001-02-03T04:05:06
//   comment     -- or // to the end of the line  |  /* … */

const UUID = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/y;
const IDENTIFIER = /[A-Za-z][A-Za-z0-9_]*/y;
const BLOB = /0[xX][0-9a-fA-F]*/y;
const INTEGER = /-?[0-9]+/y;
const FRACTION = /(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?/y;
const UNIT = String.raw`(?:[mM][oO]|[mM][sS]|[uU\u00b5][sS]|[nN][sS]|[yYwWdDhHmMsS])`;
const UNITS_DURATION = new RegExp(`-?[0-9]+${UNIT}(?:[0-9]+${UNIT})*`, 'y');
const ISO_TIME = 'T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+S)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)';
const ISO_PERIOD = '(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)';
const ISO_DURATION = new RegExp(
  `-?P(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}|${ISO_PERIOD}(?:${ISO_TIME})?|${ISO_TIME}|[0-9]+W)`,
  'y',
);
const NEGATIVE_WORD = /-(?:nan|infinity)/iy;
const SYMBOL = /\+=|-=|<=|>=|!=|\.\.|[()[\]{}<>=+\-*/%,;:.?]/y;

/** Splits a text into tokens; the last one is `end`, or `error` where the text stops being CQL. Takes linear time. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipBlanks(source, at);
    const token = readToken(source, at);
    tokens.push(token);
    if (token.type === 'end' || token.type === 'error') return tokens;
    at = token.end;
  }
}

/** The offset of the next token: behind blanks and comments. An open comment is left for {@link readToken} to complain of. */
function skipBlanks(source: string, at: number): number {
  for (;;) {
    const c = source.charCodeAt(at);
    if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) at++;
    else if (source.startsWith('--', at) || source.startsWith('//', at)) {
      while (at < source.length && source.charCodeAt(at) !== 0x0a && source.charCodeAt(at) !== 0x0d) at++;
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      if (end < 0) return at;
      at = end + 2;
    } else return at;
  }
}

function readToken(source: string, at: number): Token {
  if (at >= source.length) return { type: 'end', text: '', start: source.length, end: source.length };
  const c = source[at]!;
  if (c === "'") return readQuoted(source, at, "'", 'string');
  if (c === '"') return readQuoted(source, at, '"', 'quotedName');
  if (source.startsWith('$$', at)) return readDollars(source, at);
  if (source.startsWith('/*', at)) return broken(source, at, 'this comment is never closed: expected */');
  return readNumberOrUuid(source, at, c) ?? readWord(source, at) ?? readSymbol(source, at);
}

/** A string or quoted name: the quote is doubled inside. */
function readQuoted(source: string, at: number, quote: string, type: 'string' | 'quotedName'): Token {
  let text = '';
  let from = at + 1;
  for (;;) {
    const close = source.indexOf(quote, from);
    if (close < 0)
      return broken(source, at, `this ${type === 'string' ? 'string' : 'quoted name'} is never closed: expected ${quote}`);
    text += source.slice(from, close);
    if (source[close + 1] !== quote) {
      const empty = type === 'quotedName' && text === '';
      return { type: empty ? 'emptyQuotedName' : type, text, start: at, end: close + 1 };
    }
    text += quote;
    from = close + 2;
  }
}

function readDollars(source: string, at: number): Token {
  const close = source.indexOf('$$', at + 2);
  if (close < 0) return broken(source, at, 'this string is never closed: expected $$');
  return { type: 'string', text: source.slice(at + 2, close), start: at, end: close + 2 };
}

/** Everything that begins with a digit, or with a minus and belongs to a constant; and UUIDs, which may begin with a letter. */
function readNumberOrUuid(source: string, at: number, c: string): Token | undefined {
  const uuid = match(UUID, source, at);
  if (uuid) return { type: 'uuid', text: uuid, start: at, end: at + uuid.length };
  if (c === '-') {
    const word = match(NEGATIVE_WORD, source, at);
    if (word) return { type: 'float', text: word.length === 4 ? '-NaN' : '-Infinity', start: at, end: at + word.length };
    const iso = match(ISO_DURATION, source, at);
    if (iso) return { type: 'duration', text: iso, start: at, end: at + iso.length };
  }
  const blob = c === '0' ? match(BLOB, source, at) : undefined;
  if (blob) return { type: 'blob', text: blob, start: at, end: at + blob.length };
  const integer = match(INTEGER, source, at);
  if (integer === undefined) return undefined;
  const duration = match(UNITS_DURATION, source, at);
  if (duration) return { type: 'duration', text: duration, start: at, end: at + duration.length };
  // `1..2` is a range of two integers, `1...2` one of a float and an integer.
  const end = at + integer.length;
  if (source.startsWith('..', end) && source[end + 2] !== '.') return { type: 'integer', text: integer, start: at, end };
  const fraction = match(FRACTION, source, end) ?? '';
  const text = integer + fraction;
  // Cassandra's lexer takes digits and a hex letter for a UUID and then finds that it isn't one: `a=1AND b=2` is refused.
  if (/^[0-9a-fA-F]{1,7}$/.test(text) && /[a-fA-F]/.test(source[at + text.length] ?? '')) {
    return broken(source, at, `expected a space behind the number ${text}`);
  }
  // And digits before a u or an n for a duration of microseconds or nanoseconds: `1UPDATE` is refused, `1SELECT` is a second.
  if (fraction === '' && /[uUnN\u00b5]/.test(source[end] ?? '')) {
    return broken(source, at, `expected a space behind the number ${text}`);
  }
  return { type: fraction === '' ? 'integer' : 'float', text, start: at, end: at + text.length };
}

/** Keywords, identifiers, and the constants that look like them: true, NaN, P1D. */
function readWord(source: string, at: number): Token | undefined {
  const text = match(IDENTIFIER, source, at);
  if (text === undefined) return undefined;
  const end = at + text.length;
  const iso = source[at] === 'P' ? match(ISO_DURATION, source, at) : undefined;
  if (iso !== undefined && iso.length >= text.length) return { type: 'duration', text: iso, start: at, end: at + iso.length };
  // Cassandra knows the beginning of an index expression as one token, in small letters and without a space.
  if (text === 'expr' && source[end] === '(') return { type: 'symbol', text: 'expr(', start: at, end: end + 1 };
  const word = keywordOf(text);
  if (word === undefined) return { type: 'identifier', text, start: at, end };
  if (word === 'TRUE' || word === 'FALSE') return { type: 'boolean', text: word.toLowerCase(), start: at, end };
  if (word === 'NAN') return { type: 'float', text: 'NaN', start: at, end };
  if (word === 'INFINITY') return { type: 'float', text: 'Infinity', start: at, end };
  return { type: 'word', text: word, start: at, end };
}

function readSymbol(source: string, at: number): Token {
  const text = match(SYMBOL, source, at);
  if (text === undefined)
    return broken(source, at, `'${String.fromCodePoint(source.codePointAt(at)!)}' begins nothing that CQL knows`);
  return { type: 'symbol', text, start: at, end: at + text.length };
}

function broken(source: string, at: number, message: string): Token {
  return { type: 'error', text: message, start: at, end: source.length };
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  const text = pattern.exec(source)?.[0];
  return text === '' ? undefined : text;
}
