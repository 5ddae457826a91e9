import { CqlSyntaxError } from '../errors.ts';
import type { BindMarker, BindMarkerInfo, Identifier } from './ast/index.ts';
import { tokenize } from './lexer.ts';
import { isUnreservedWord, type Token } from './tokens.ts';

/** How deep terms, selectors, types and parentheses may be nested, so that hostile text can't exhaust the stack. */
export const NESTING_MAX = 200;
/** How many operators and selections of an element or field may be chained within one term or selector: they nest to the left. */
export const CHAIN_MAX = 1000;

/**
 * The tokens of one text and a place among them: what all parts of the grammar share. It also numbers the bind markers as they come and
 * watches over nesting. Every method that refuses throws {@link CqlSyntaxError}.
 */
export class TokenCursor {
  readonly source: string;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  private chain = 0;
  private markers: BindMarkerInfo[] = [];

  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
  }

  /** The token `ahead` places further on; beyond the last it is the last, which is `end` or `error`. */
  peek(ahead = 0): Token {
    const i = this.index + ahead;
    return this.tokens[i < this.tokens.length ? i : this.tokens.length - 1]!;
  }

  /** Offset of the next token. */
  get pos(): number {
    return this.peek().start;
  }

  /** Offset behind the last token that was taken. */
  get lastEnd(): number {
    return this.index === 0 ? 0 : this.tokens[this.index - 1]!.end;
  }

  /** Whether the text is used up. */
  get atEnd(): boolean {
    return this.peek().type === 'end';
  }

  /** Takes the next token, whatever it is but an error. */
  next(): Token {
    const token = this.peek();
    if (token.type === 'error') this.failAt(token.start, token.text);
    if (token.type !== 'end') this.index++;
    return token;
  }

  /** Whether the keyword or symbol `text` comes, `ahead` places further on. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.type === 'word' || token.type === 'symbol');
  }

  /** Takes the keyword or symbol `text` if it comes. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.index++;
    return true;
  }

  /** Takes the keywords or symbols `texts` if they come in this order, or nothing. */
  acceptAll(...texts: string[]): boolean {
    if (!texts.every((text, i) => this.at(text, i))) return false;
    this.index += texts.length;
    return true;
  }

  /** Takes the keywords or symbols `texts` in this order. */
  expect(...texts: string[]): void {
    for (const text of texts) if (!this.accept(text)) this.fail(show(text));
  }

  /** Whether a name comes: an identifier, a quoted name, or a keyword that isn't reserved. */
  atName(ahead = 0): boolean {
    const { type, text } = this.peek(ahead);
    return type === 'identifier' || type === 'quotedName' || (type === 'word' && isUnreservedWord(text));
  }

  // ident, noncol_ident, fident, sident, ksName, cfName, idxName: IDENT | QUOTED_NAME | unreserved_keyword
  name(what: string): Identifier {
    if (!this.atName()) this.fail(what);
    return this.takeName();
  }

  // cident: EMPTY_QUOTED_NAME | ident
  columnName(): Identifier {
    if (!this.atColumnName()) this.fail('a column name');
    return this.takeName();
  }

  /** Whether a column's name comes; unlike other names it may be the empty one. */
  atColumnName(ahead = 0): boolean {
    return this.atName(ahead) || this.peek(ahead).type === 'emptyQuotedName';
  }

  /** Takes a token as a name: without quotes it is folded to lower case, as Cassandra does. */
  takeName(): Identifier {
    const { type, text, start, end } = this.next();
    // A keyword's text may be an alias of what was written, so the name comes from the source.
    return {
      name: type === 'quotedName' || type === 'emptyQuotedName' ? text : this.source.slice(start, end).toLowerCase(),
      pos: start,
    };
  }

  /** Whether a bind marker comes: `?`, or `:` and a name. */
  atMarker(): boolean {
    return this.at('?') || this.at(':');
  }

  // '?' | ':' noncol_ident
  marker(): BindMarker {
    const pos = this.pos;
    let name: string | null = null;
    if (!this.accept('?')) {
      this.expect(':');
      name = this.name('the name of a bind marker').name;
    }
    this.markers.push({ name, pos });
    return { kind: 'marker', index: this.markers.length - 1, name, pos };
  }

  /** The bind markers taken so far, in order. */
  get bindMarkers(): readonly BindMarkerInfo[] {
    return this.markers;
  }

  /** Begins a new statement: its bind markers are numbered from 0 again. */
  beginStatement(): void {
    this.markers = [];
  }

  /** Goes one level deeper; {@link leave} comes back. There is no way back after an error, as parsing ends with it. */
  enter(): void {
    if (this.depth === 0) this.chain = 0;
    if (++this.depth > NESTING_MAX) this.failAt(this.pos, `nested deeper than ${NESTING_MAX} levels`);
  }

  /** Comes back from {@link enter}. */
  leave(): void {
    this.depth--;
  }

  /** Counts one more operator of a chain. */
  link(): void {
    if (++this.chain > CHAIN_MAX) this.failAt(this.pos, `expression of more than ${CHAIN_MAX} operators`);
  }

  /** Refuses the next token: 'expected X, found Y'. */
  fail(expected: string): never {
    const token = this.peek();
    if (token.type === 'error') this.failAt(token.start, token.text);
    this.failAt(token.start, `expected ${expected}, found ${this.describe(token)}`);
  }

  /** Refuses the text at an offset. */
  failAt(pos: number, message: string): never {
    throw new CqlSyntaxError(message, this.source, pos);
  }

  /** A token as an error message names it. */
  private describe(token: Token): string {
    if (token.type === 'end') return 'the end of the text';
    const text = this.source.slice(token.start, Math.min(token.end, token.start + 40));
    return token.end - token.start > 40 ? `${text}…` : /^['"]/.test(text) ? text : `'${text}'`;
  }
}

/** Keywords as they are, symbols in quotes. */
function show(text: string): string {
  return /^[A-Z]/.test(text) ? text : `'${text}'`;
}
