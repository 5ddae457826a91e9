// Scripts that were run, newest first, kept over reloads by this browser.

import { signal } from '@preact/signals';

const key = 'cassette-devtools-history';
const entriesMax = 50;
/** Longer scripts are run but not remembered: the browser gives this storage a few megabytes. */
const lengthMax = 20_000;

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === 'string') : [];
  } catch (error) {
    console.warn('The history of the console could not be read', error);
    return [];
  }
}

/** Newest first. */
export const scripts = signal<readonly string[]>(read());

/** Remembers a script; an older one with the same text goes. */
export function remember(script: string): void {
  const text = script.trim();
  if (text === '' || text.length > lengthMax) return;
  scripts.value = [text, ...scripts.value.filter((other) => other !== text)].slice(0, entriesMax);
  try {
    localStorage.setItem(key, JSON.stringify(scripts.value));
  } catch (error) {
    console.warn('The history of the console could not be kept', error);
  }
}
