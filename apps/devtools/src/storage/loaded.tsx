import { useEffect, useRef, useState } from 'preact/hooks';
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

/**
 * A value that changes often, as it is to be looked at: at once when it is the first, then every `milliseconds` at most, and in the end as it
 * is. For what costs much to read again.
 */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  const newest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  newest.current = value;
  useEffect(() => {
    if (Object.is(value, settled)) return;
    if (settled === undefined) setSettled(() => value);
    else {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        setSettled(() => newest.current);
      }, milliseconds);
    }
  }, [value, settled]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return settled;
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
