// Light or dark: as the system says, or as the visitor says here.

import { effect, signal } from '@preact/signals';

/** What the visitor chose; `auto` is what the system says. */
export type Theme = 'auto' | 'light' | 'dark';

const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const key = 'cassette-devtools-theme';

/** Storage may be refused: then the choice lasts as long as the page. */
function stored(): Theme {
  try {
    const found = localStorage.getItem(key) as Theme;
    return themes.includes(found) ? found : 'auto';
  } catch (error) {
    console.info('The theme is not remembered:', error);
    return 'auto';
  }
}

/** The choice. */
export const theme = signal<Theme>(stored());

/** Grows when colours change: who draws on a canvas draws again. */
export const colourChanges = signal(0);

/** Shows the theme on an element that all is in, and keeps to it. */
export function applyTheme(root: HTMLElement): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const changed = () => {
    colourChanges.value = colourChanges.peek() + 1;
  };
  dark.addEventListener('change', changed);
  const stop = effect(() => {
    // Told in the style sheet, not here: for browsers without light-dark() it is translated, which knows no inline styles.
    root.dataset['theme'] = theme.value;
    changed();
  });
  return () => {
    stop();
    dark.removeEventListener('change', changed);
  };
}

/** Chooses the next theme. */
export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.peek()) + 1) % themes.length];
  try {
    localStorage.setItem(key, theme.value);
  } catch (error) {
    console.info('The theme is not remembered:', error);
  }
}

/**
 * A colour of the style sheet, as a canvas takes it: `--accent` → `rgb(184, 70, 15)`. `near`: an element of the page, whose theme counts.
 */
export function colour(name: string, near: Element): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
