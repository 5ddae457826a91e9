import type { Draw } from '../../arbitrary/draw.ts';
import { MARK } from './statement-text.ts';

const pieces = new RegExp(`'(?:[^']|'')*'|"(?:[^"]|"")*"|${MARK}[^${MARK}]*${MARK}|0x[0-9a-f]*|[\\w.]+|\\s+|.`, 'gsu');

const others = [
  ...['0', '1', '-1', '1.5', "'a'", 'true', 'null', '0x00', '[]', '{}', '(1, 2)', '{1: 2}', '1h', 'NaN', '?'],
  ...[
    '=',
    '<',
    '>',
    '!=',
    '+',
    '-',
    ',',
    ';',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '.',
    ':',
    '*',
    '%',
    '"',
    "'",
    '--',
    '/*',
    '$$',
    '\\',
    'é',
  ],
  ...[
    'FROM',
    'WHERE',
    'AND',
    'IN',
    'CONTAINS',
    'KEY',
    'TOKEN',
    'NULL',
    'IF',
    'SET',
    'TTL',
    'LIMIT',
    'ORDER',
    'BY',
    'count',
    'x',
    'k',
    '"X"',
  ],
];

/** A valid statement made wrong, as a rule: words left out, doubled, exchanged, or others put in. */
export function wronged(text: string, draw: Draw): string {
  let words: readonly string[] = text.match(pieces) ?? [];
  for (let n = draw.int(1, 2); n > 0; n--) {
    const at = draw.int(0, words.length - 1);
    const kind = draw.int(0, 6);
    if (kind === 0) words = words.toSpliced(at, 1);
    else if (kind === 1) words = words.toSpliced(at, 0, words[at]);
    else if (kind === 2) words = words.with(at, draw.pick(words));
    else if (kind === 3) words = words.toSpliced(at, 0, ` ${draw.pick(others)} `);
    else if (kind === 4) words = words.with(at, draw.pick(others));
    else if (kind === 5) words = words.slice(0, at);
    else {
      const word = words[at];
      const cut = draw.int(0, word.length);
      words = words.with(at, word.startsWith(MARK) ? '?' : word.slice(0, cut) + word.slice(cut + 1));
    }
    if (words.length === 0) return '';
  }
  // A comment that ends with the text is an error to Cassandra alone, half a character is none,
  // and a number that is too large for a double is an error to Cassandra alone, too, and so are -null and -0x0, or are not.
  // And what operators make of literals has no type where a descending clustering asks for it.
  const wrong = words.join('');
  if (operations(wrong) > operations(text)) return text;
  // Text in parentheses before a value is the name of a class, which is a syntax error where it names none.
  if (/\('(?:[^']|'')*'\)\s*(?!AND|IF|USING|ALLOW|LIMIT|PER|ORDER|GROUP|FROM)[\w'"([{?]/.test(wrong)) return text;
  return /--|\/[/*]|\p{Surrogate}|E\+?0*[1-9]\d{2,}|-\s*(?:null|0x)/iu.test(wrong) ? text : wrong;
}

/** How many operators stand between literals. */
function operations(text: string): number {
  const plain = text.replaceAll(/'(?:[^']|'')*'|[0-9a-f]{8}-[-0-9a-f]{27}/g, "''");
  return plain.match(/[\w.')\]}?]\s*[-+*/%]\s*[\w.'(?[{-]/g)?.length ?? 0;
}
