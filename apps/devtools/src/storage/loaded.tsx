import type { CassetteError } from '@cassette/client';
import { useEffect, useState } from 'preact/hooks';

/** What an error says to a person. */
export function sayError(error: unknown): string {
  const { code, message } = error as CassetteError;
  return code ? `${message} (${code})` : String(message ?? error);
}

/** What was read last, or why it could not be; `null` before the first answer. Reads again when a key changes, and keeps what it had until then. */
export function useLoaded<T>(
  load: () => Promise<T>,
  keys: readonly unknown[],
): { readonly value: T | null; readonly failure: string | null } {
  const [state, setState] = useState<{ readonly value: T | null; readonly failure: string | null }>({
    value: null,
    failure: null,
  });
  useEffect(() => {
    let isWanted = true;
    load().then(
      (value) => isWanted && setState({ value, failure: null }),
      (error: unknown) => isWanted && setState({ value: null, failure: sayError(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, keys);
  return state;
}

/** Why something could not be read. */
export function Failure({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p class="warning" role="alert">
      {text}
    </p>
  );
}
