import { useEffect, useState } from 'preact/hooks';
import { sayError } from '../text/say-error.ts';

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
