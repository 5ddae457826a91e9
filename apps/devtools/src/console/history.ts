// Scripts that were run in a store, newest first, kept over reloads by this browser.

import { signal } from '@preact/signals';

const prefix = 'cassette-devtools-history';
const entriesMax = 200;
/** Characters of all of them together: the browser gives this storage a few megabytes, for all stores. */
const lengthMax = 200_000;
/** Longer scripts are run but not remembered. */
const entryMax = 20_000;

let key = prefix;

/** Newest first. */
export const scripts = signal<readonly string[]>([]);

function read(from: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(from) ?? '[]');
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === 'string') : [];
  } catch (error) {
    console.warn('The history of the console could not be read', error);
    return [];
  }
}

/** From now on it is the history of this store. What was kept before stores had their own is everybody's beginning. */
export function openHistory(store: string): void {
  key = `${prefix}:${store}`;
  const own = read(key);
  scripts.value = own.length > 0 ? own : read(prefix);
}

/** Remembers a script; an older one with the same text goes. */
export function remember(script: string): void {
  const text = script.trim();
  if (text === '' || text.length > entryMax) return;
  let room = lengthMax;
  keep(
    [text, ...scripts.value.filter((other) => other !== text)].slice(0, entriesMax).filter((entry) => {
      room -= entry.length;
      return room >= 0;
    }),
  );
}

/** Forgets what was kept of a store that is deleted; `to`: it goes on under that name. */
export function moveHistory(store: string, to: string | null): void {
  try {
    const kept = localStorage.getItem(`${prefix}:${store}`);
    if (to !== null && kept !== null) localStorage.setItem(`${prefix}:${to}`, kept);
    localStorage.removeItem(`${prefix}:${store}`);
  } catch (error) {
    console.warn('The history of the console could not be changed', error);
  }
}

/** Forgets all of this store. */
export function forgetAll(): void {
  keep([]);
}

function keep(entries: readonly string[]): void {
  scripts.value = entries;
  try {
    localStorage.setItem(key, JSON.stringify(entries));
  } catch (error) {
    console.warn('The history of the console could not be kept', error);
  }
}
