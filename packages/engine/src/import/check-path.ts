import { ImportError } from './import-error.ts';

const PATH_MAX = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * The parts of an entry's path. Names come from strangers and end up in messages, and in other people's hands as folders: whatever could
 * lead out of a folder, or looks different elsewhere, is refused. Throws ImportError BAD_IMPORT_NAME.
 */
export function pathParts(name: string): readonly string[] {
  const refuse = (why: string) => {
    const shown = JSON.stringify(name.slice(0, 200));
    return new ImportError('BAD_IMPORT_NAME', `The entry ${shown} is refused: ${why}`, { entry: name.slice(0, 200) });
  };
  if (name === '' || name.length > PATH_MAX) throw refuse('its name has no length that a path has');
  if (CONTROL.test(name)) throw refuse('its name has control characters');
  if (name.includes('\\')) throw refuse('its name has a backslash, which is a separator on some systems');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw refuse('its path is absolute');
  const parts = name.split('/');
  if (parts.some((part) => part === '..' || part === '.')) throw refuse('its path leads elsewhere');
  if (parts.some((part) => part === '')) throw refuse('a part of its path is empty');
  return parts;
}

/** Refuses names that are the same, or are on systems that don't tell cases apart. Throws ImportError BAD_IMPORT_NAME. */
export function checkDistinct(names: Iterable<string>): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      const why = other === name ? 'is there twice' : `and ${JSON.stringify(other)} differ in case alone`;
      throw new ImportError(
        'BAD_IMPORT_NAME',
        `The entry ${JSON.stringify(name)} ${why}: which of them is meant can't be known`,
        {
          entry: name,
        },
      );
    }
    seen.set(folded, name);
  }
}
