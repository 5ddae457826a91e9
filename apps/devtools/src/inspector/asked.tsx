import { useEffect, useState } from 'preact/hooks';
import { sayError } from '../text/say-error.ts';

/** What was asked for: not there yet, there, or why not. */
export type Asked<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'failed'; readonly text: string };

/** Asks once for each set of `keys`; an answer that comes too late is dropped. */
export function useAsked<T>(ask: () => Promise<T>, keys: readonly unknown[]): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ state: 'waiting' });
  useEffect(() => {
    let isWanted = true;
    setAsked({ state: 'waiting' });
    ask().then(
      (value) => isWanted && setAsked({ state: 'there', value }),
      (error: unknown) => isWanted && setAsked({ state: 'failed', text: sayError(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, keys);
  return asked;
}

/** Instead of what is not there: that it is read, or why it can't be. */
export function NotThere({ asked }: { asked: Exclude<Asked<unknown>, { state: 'there' }> }) {
  if (asked.state === 'waiting') return <p class="muted padded">Reading …</p>;
  return (
    <p class="warning padded" role="alert">
      {asked.text}
    </p>
  );
}
