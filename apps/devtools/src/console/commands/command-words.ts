import { CommandError } from './command.ts';

/** A piece of a command. */
export interface CommandWord {
  readonly type: 'word' | 'string' | 'name' | 'symbol' | 'end';
  /** Without quotes. */
  readonly text: string;
  readonly start: number;
}

const pattern =
  /\s+|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([A-Za-z0-9_+\-.:\\/|~%]+?(?=[\s(),;='"]|$))|([\s\S])/gy;

/** Reads a command from its beginning to its end. */
export class CommandWords {
  private readonly words: CommandWord[] = [];
  private at = 0;

  /** `namesHaveDots`: a dot is a word of its own, as in `keyspace.table`. */
  constructor(text: string, namesHaveDots = false) {
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      const [, string, name, word, symbol] = found;
      const start = found.index;
      if (string !== undefined) this.words.push({ type: 'string', text: string.replaceAll("''", "'"), start });
      else if (name !== undefined) this.words.push({ type: 'name', text: name.replaceAll('""', '"'), start });
      else if (word !== undefined) this.addWord(word, start, namesHaveDots);
      else if (symbol !== undefined) this.words.push({ type: 'symbol', text: symbol, start });
    }
    this.words.push({ type: 'end', text: '', start: text.trimEnd().length });
  }

  private addWord(word: string, start: number, namesHaveDots: boolean): void {
    if (!namesHaveDots || !/^[A-Za-z]\w*\.|\.$|^\./.test(word)) {
      this.words.push({ type: 'word', text: word, start });
      return;
    }
    let at = start;
    for (const part of word.split(/(\.)/)) {
      if (part !== '') this.words.push({ type: part === '.' ? 'symbol' : 'word', text: part, start: at });
      at += part.length;
    }
  }

  /** The next piece. */
  get next(): CommandWord {
    return this.words[this.at];
  }

  /** The next piece, which is passed. */
  take(): CommandWord {
    const word = this.next;
    if (word.type !== 'end') this.at++;
    return word;
  }

  /** Passes a word or symbol if it is the next. */
  accept(...texts: readonly string[]): boolean {
    const { type, text } = this.next;
    if ((type !== 'word' && type !== 'symbol') || !texts.includes(text.toUpperCase())) return false;
    this.at++;
    return true;
  }

  /** Passes a name: in quotes as it is, else in lower case. Throws CommandError. */
  name(what: string): string {
    const word = this.next;
    if (word.type === 'name') return this.take().text;
    if (word.type === 'word' && /^[A-Za-z]\w*$/.test(word.text)) return this.take().text.toLowerCase();
    throw this.expected(what);
  }

  /** Throws CommandError where there is more. */
  finish(): void {
    if (this.next.type !== 'end') throw this.expected('the end of the command');
  }

  /** That something else is there than should be. */
  expected(what: string): CommandError {
    const { type, text, start } = this.next;
    return new CommandError(`expected ${what}${type === 'end' ? '' : `, but found ${JSON.stringify(text.slice(0, 60))}`}`, start);
  }
}
