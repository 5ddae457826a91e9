import type { CassetteError } from '@cassette/client';

/** What an error says to a person: its message, and its code where it has one. */
export function sayError(error: unknown): string {
  const { code, message } = error as CassetteError;
  return code ? `${message} (${code})` : String(message ?? error);
}
