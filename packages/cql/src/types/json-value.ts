import { InvalidRequestError } from '../errors.ts';

/** A number of a JSON text: as it is written, for no number of JavaScript holds them all. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether it has neither a fraction nor an exponent. */
  get isWhole(): boolean {
    return /^-?\d+$/.test(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** A value of a JSON text. Of names that come twice in an object the later one counts. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

/** How deep arrays and objects may be nested, as Cassandra's reader has it. */
const DEPTH_MAX = 1000;

/**
 * Reads a JSON text; what follows a whole value is not looked at, as Cassandra's reader has it. Takes time in proportion to the length
 * of the text. Throws InvalidRequestError that says where it is no JSON. Cassandra: JsonUtils#decodeJson.
 */
export function parseJson(text: string): JsonValue {
  return new JsonReader(text).read();
}

/** The same of a text that is one JSON value and nothing more, but for blanks: where values follow each other, none is to be lost. */
export function parseOneJson(text: string): JsonValue {
  return new JsonReader(text).readAlone();
}

/** A value in few characters, for messages. */
export function describeJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `a string: ${cut(value)}`;
  if (typeof value === 'boolean') return `a boolean: ${value}`;
  if (value instanceof JsonNumber) return `a number: ${cut(value.text)}`;
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * The values of a JSON object by the names of columns or fields: names in double quotes are taken as they are, others in lower case.
 * Cassandra: JsonUtils#handleCaseSensitivity.
 */
export function jsonByName(object: ReadonlyMap<string, JsonValue>): Map<string, JsonValue> {
  const named = new Map<string, JsonValue>(object);
  for (const [name, value] of object) {
    const quoted = name.startsWith('"') && name.endsWith('"');
    const known = quoted ? name.slice(1, -1) : name.toLowerCase();
    if (known === name) continue;
    named.delete(name);
    named.set(known, value);
  }
  return named;
}

/** Whether a value is an object. */
export function isJsonObject(value: JsonValue): value is ReadonlyMap<string, JsonValue> {
  return value instanceof Map;
}

const WORDS: readonly (readonly [string, null | boolean])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NAME_PART = /[\p{L}\p{N}_$.+-]/uy;
const PLAIN = /[^"\\\p{Cc}]+|[\u007f-\u009f]+/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): JsonValue {
    this.skipBlanks();
    const { text } = this;
    switch (text[this.at]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
      default:
        return this.wordOrNumber();
    }
  }

  /** Throws InvalidRequestError where there is more than one value. */
  readAlone(): JsonValue {
    const value = this.read();
    this.skipBlanks();
    if (this.at < this.text.length) throw this.wrong('there is more behind the value');
    return value;
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) throw this.wrong(`nested deeper than ${DEPTH_MAX} levels`);
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): ReadonlyMap<string, JsonValue> {
    const object = new Map<string, JsonValue>();
    if (this.accept('}')) return object;
    do {
      this.skipBlanks();
      if (this.text[this.at] !== '"') throw this.wrong('expected a name in double quotes');
      const name = this.string();
      if (!this.accept(':')) throw this.wrong("expected ':'");
      object.set(name, this.read());
    } while (this.accept(','));
    if (!this.accept('}')) throw this.wrong("expected ',' or '}'");
    return object;
  }

  private array(): readonly JsonValue[] {
    const array: JsonValue[] = [];
    if (this.accept(']')) return array;
    do array.push(this.read());
    while (this.accept(','));
    if (!this.accept(']')) throw this.wrong("expected ',' or ']'");
    return array;
  }

  private string(): string {
    const { text } = this;
    let value = '';
    this.at++;
    for (;;) {
      const plain = this.match(PLAIN);
      if (plain !== undefined) {
        value += plain;
        // DEL and the controls behind it need no backslash: they are runs of their own.
        continue;
      }
      const c = text[this.at];
      if (c === '"') {
        this.at++;
        return value;
      }
      if (c !== '\\') throw this.wrong(c === undefined ? 'this string is never closed' : 'a control character must be escaped');
      value += this.escape();
    }
  }

  private escape(): string {
    const c = this.text[this.at + 1] ?? '';
    if (c === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.wrong('expected four hexadecimal digits');
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPES, c)) throw this.wrong(`\\${c} is no escape`);
    this.at += 2;
    return ESCAPES[c];
  }

  private wordOrNumber(): JsonValue {
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      this.expectEnd();
      return value;
    }
    const number = this.match(NUMBER);
    if (number === undefined) throw this.wrong(this.at === this.text.length ? 'the text ends' : 'expected a value');
    this.expectEnd();
    this.expectRootEnd();
    return new JsonNumber(number);
  }

  /** Behind a word or a number nothing may follow that looks like more of it. */
  private expectEnd(): void {
    const from = this.at;
    if (this.match(NAME_PART) !== undefined) {
      this.at = from;
      throw this.wrong('expected a space or a comma');
    }
  }

  /** What follows a whole text is not looked at; but a number must have a blank behind it. Jackson: _verifyRootSpace. */
  private expectRootEnd(): void {
    if (this.depth === 0 && this.at < this.text.length && !' \t\r\n'.includes(this.text[this.at])) {
      throw this.wrong('expected a space behind a number');
    }
  }

  private accept(symbol: string): boolean {
    this.skipBlanks();
    if (this.text[this.at] !== symbol) return false;
    this.at++;
    return true;
  }

  private skipBlanks(): void {
    for (; ; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.at += found.length;
    return found;
  }

  private wrong(problem: string): InvalidRequestError {
    return new InvalidRequestError(
      `Could not decode JSON string: ${problem} at character ${this.at + 1}. (String was: ${cut(this.text)})`,
    );
  }
}
