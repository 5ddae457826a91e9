// Where the statements of a script begin and end. A script may come in pieces: a file of any length is never held as a whole.

/** A statement of a script, without what ends it. */
export interface ScriptStatement {
  /** `cql` is the engine's; `command` is one of cqlsh's own, which this page carries out. */
  readonly kind: 'cql' | 'command';
  readonly text: string;
  /** Where it begins in the whole script. UTF-16 units. */
  readonly from: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** First words of what cqlsh itself carries out. */
const commandWords: ReadonlySet<string> = new Set(
  (
    'CAPTURE CLEAR CLS CONSISTENCY COPY DEBUG EXIT EXPAND HELP HISTORY LOGIN PAGING QUIT SERIAL SHOW SOURCE TRACING UNICODE ELAPSED ' +
    '?'
  ).split(' '),
);
/** Of these COPY alone goes on until its semicolon; DESCRIBE is the engine's and ends with its line as well. */
const endsWithLine = (word: string) => (commandWords.has(word) && word !== 'COPY') || word === 'DESCRIBE' || word === 'DESC';

/** Whether a statement that begins so is one of cqlsh's own commands. */
export function isCommandWord(word: string): boolean {
  return commandWords.has(word.toUpperCase());
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const wordRest = /[A-Za-z0-9_\u0080-\uffff]*/y;

/** Splits a script that comes in pieces, as cqlsh does. */
export class ScriptSplitter {
  private buffer = '';
  /** Of the buffer's first character in the script. */
  private origin = 0;
  private at = 0;
  /** Where the statement begins that is being read; -1 between statements. */
  private begin = -1;
  /** Behind its last token. */
  private end = 0;
  private firstWord = '';
  private lastWord = '';
  private inBatch = false;
  private line = 1;
  /** Where the line begins, in the script. */
  private lineStart = 0;
  /** Up to where lines are counted, in the script. */
  private counted = 0;

  /** The statements that are whole by now. */
  push(text: string): ScriptStatement[] {
    this.forget();
    this.buffer += text;
    return this.read(false);
  }

  /** The last statement needs nothing that ends it. */
  finish(): ScriptStatement[] {
    const found = this.read(true);
    const last = this.take();
    if (last !== null) found.push(last);
    return found;
  }

  /** What was read and taken is not kept. */
  private forget(): void {
    const until = this.begin < 0 ? this.at : this.begin;
    this.count(this.origin + until);
    this.buffer = this.buffer.slice(until);
    this.origin += until;
    this.at -= until;
    this.end -= until;
    if (this.begin >= 0) this.begin = 0;
  }

  private read(isLast: boolean): ScriptStatement[] {
    const found: ScriptStatement[] = [];
    const push = () => {
      const taken = this.take();
      if (taken !== null) found.push(taken);
    };
    while (this.at < this.buffer.length) {
      const c = this.buffer[this.at];
      if (c === '\n' && this.begin >= 0 && endsWithLine(this.firstWord)) {
        push();
        this.at++;
        continue;
      }
      if (c === ' ' || c === '\n' || c === '\r' || c === '\t' || c === '\ufeff') {
        this.at++;
        continue;
      }
      const end = this.tokenEnd(c, isLast);
      if (end < 0) break;
      if (end === 0) continue;
      if (c === ';') {
        this.at = end;
        if (!this.inBatch) push();
        continue;
      }
      this.token(c, end);
    }
    return found;
  }

  private token(c: string, end: number): void {
    if (this.begin < 0) {
      this.begin = this.at;
      this.firstWord = '';
      this.lastWord = '';
    }
    if (wordStart.test(c) || c === '?') {
      const word = this.buffer.slice(this.at, end).toUpperCase();
      if (this.at === this.begin) this.firstWord = word;
      if (word === 'BATCH') {
        if (this.lastWord === 'APPLY') this.inBatch = false;
        else if (this.firstWord === 'BEGIN') this.inBatch = true;
      }
      this.lastWord = word;
    } else this.lastWord = '';
    this.at = end;
    this.end = end;
  }

  /** Behind the token at `at`; 0 where a comment was skipped; -1 where more text has to come first. */
  private tokenEnd(c: string, isLast: boolean): number {
    const { buffer, at } = this;
    const next = buffer[at + 1];
    if (next === undefined && !isLast) return -1;
    if ((c === '-' && next === '-') || (c === '/' && next === '/')) {
      const end = buffer.indexOf('\n', at);
      if (end < 0 && !isLast) return -1;
      this.at = end < 0 ? buffer.length : end;
      return 0;
    }
    if (c === '/' && next === '*') {
      const end = buffer.indexOf('*/', at + 2);
      if (end < 0) return isLast ? buffer.length : -1;
      this.at = end + 2;
      return 0;
    }
    if (c === "'" || c === '"') return this.quotedEnd(c, isLast);
    if (c === '$' && next === '$') {
      const end = buffer.indexOf('$$', at + 2);
      return end >= 0 ? end + 2 : isLast ? buffer.length : -1;
    }
    if (!wordStart.test(c)) return at + 1;
    wordRest.lastIndex = at;
    const end = at + (wordRest.exec(buffer)?.[0].length ?? 1);
    return end === buffer.length && !isLast ? -1 : end;
  }

  private quotedEnd(quote: string, isLast: boolean): number {
    const { buffer } = this;
    for (let from = this.at + 1; ; ) {
      const close = buffer.indexOf(quote, from);
      if (close < 0) return isLast ? buffer.length : -1;
      if (close + 1 === buffer.length && !isLast) return -1;
      if (buffer[close + 1] !== quote) return close + 1;
      from = close + 2;
    }
  }

  private take(): ScriptStatement | null {
    if (this.begin < 0) return null;
    const from = this.origin + this.begin;
    this.count(from);
    const statement: ScriptStatement = {
      kind: isCommandWord(this.firstWord) ? 'command' : 'cql',
      text: this.buffer.slice(this.begin, this.end),
      from,
      line: this.line,
      column: from - this.lineStart + 1,
    };
    this.begin = -1;
    this.inBatch = false;
    return statement;
  }

  private count(until: number): void {
    for (;;) {
      const at = this.buffer.indexOf('\n', this.counted - this.origin);
      if (at < 0 || at + this.origin >= until) break;
      this.line++;
      this.lineStart = at + this.origin + 1;
      this.counted = this.lineStart;
    }
    this.counted = Math.max(this.counted, until);
  }
}

/** The statements of a script that is there as a whole. */
export function splitScript(script: string): ScriptStatement[] {
  const splitter = new ScriptSplitter();
  return [...splitter.push(script), ...splitter.finish()];
}
