// The statement around the cursor as words, for completion: quick, and content with statements that are not finished.

/** A word of a statement. */
export interface Word {
  /** `name` is a word in double quotes. */
  readonly type: 'word' | 'name' | 'string' | 'number' | 'symbol';
  /** Without quotes; words as they are written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /\s+|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|('(?:[^']|'')*(?:'|$)|\$\$[\s\S]*?(?:\$\$|$))|("(?:[^"]|"")*(?:"|$))|([A-Za-z_][\w]*)|(-?\d[\w.]*)|([\s\S])/g;

/** Splits a text into words. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const found of text.matchAll(pattern)) {
    const [whole, string, name, word, number, symbol] = found;
    const [start, end] = [found.index, found.index + whole.length];
    if (string !== undefined) words.push({ type: 'string', text: whole, start, end });
    else if (name !== undefined) words.push({ type: 'name', text: whole.slice(1, -1).replaceAll('""', '"'), start, end });
    else if (word !== undefined) words.push({ type: 'word', text: whole, start, end });
    else if (number !== undefined) words.push({ type: 'number', text: whole, start, end });
    else if (symbol !== undefined) words.push({ type: 'symbol', text: whole, start, end });
  }
  return words;
}

/** Whether the end of a text lies in a string or a comment, where nothing is completed. */
export function isOpen(text: string): boolean {
  let last = '';
  for (const found of text.matchAll(pattern)) last = found[0];
  if (last.startsWith('--') || last.startsWith('//')) return true;
  if (last.startsWith('/*')) return !last.endsWith('*/') || last.length < 4;
  if (last.startsWith('$$')) return !last.endsWith('$$') || last.length < 4;
  return last.startsWith("'") && (last.length === 1 || !/[^']('')*'$/.test(last.slice(1)));
}

/** The name that a word stands for in the schema. */
export function nameOf({ type, text }: Word): string {
  return type === 'name' ? text : text.toLowerCase();
}
