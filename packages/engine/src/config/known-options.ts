import { CassetteError } from '@cassette/bytes';

/**
 * Throws CassetteError INVALID_OPTION, naming the option, for options that a call does not have: a word that is misspelt would else be as if
 * it had not been said. `call` is the call's name, for the message. None, or null, is fine.
 */
export function checkKnown(given: unknown, names: readonly string[], call: string): void {
  if (given === undefined || given === null) return;
  if (typeof given !== 'object') {
    throw new CassetteError('INVALID_OPTION', `The options of ${call} have to be an object`, { option: 'options' });
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new CassetteError('INVALID_OPTION', `${call} has no option ${name}; it has ${names.join(', ')}`, { option: name });
  }
}
