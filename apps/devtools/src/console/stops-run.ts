/**
 * Whether a key calls off what runs in the console: Escape, and Ctrl+C as in a terminal. `selected`: the text that is selected, which Ctrl+C
 * copies instead.
 */
export function stopsRun({ key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>, selected: string): boolean {
  return key === 'Escape' || (ctrlKey && key === 'c' && selected === '');
}
