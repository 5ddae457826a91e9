/**
 * What a terminal would do instead of showing it (C0, DEL and C1: escape sequences begin with one of these), and what turns text around:
 * names, values and messages come from anybody's files.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text in which control characters other than the tab and the end of a line are written as JSON writes them: `\u001b`. JSON stays the same JSON. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
