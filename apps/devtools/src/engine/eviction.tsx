import { type PersistenceAnswer, requestPersistence } from '@cassette/client';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { tellFailure } from '../frame/notice.tsx';

/** Null until the browser has said. */
const exempt = signal<boolean | null>(null);
const answer = signal<PersistenceAnswer | null>(null);

/** A browser may ask its user, who may take his time. */
const patienceMs = 30_000;

async function ask(): Promise<void> {
  answer.value = await requestPersistence(patienceMs);
  exempt.value = await navigator.storage.persisted();
}

/** Whether the browser may take the store away when the device runs full, and what can be done about it. */
export function Eviction() {
  useEffect(() => {
    navigator.storage.persisted().then(
      (said) => {
        exempt.value = said;
      },
      (error) => tellFailure('The browser does not say whether it keeps the store', error),
    );
  }, []);
  if (exempt.value !== false) return null;
  return (
    <li>
      The browser may evict this store when the device runs full.{' '}
      {answer.value === null ? (
        <button
          type="button"
          class="link"
          onClick={() => void ask().catch((error) => tellFailure('The browser could not be asked', error))}
        >
          Ask it to keep it
        </button>
      ) : (
        <span class="muted">Asked to keep it, it did not agree: export what matters.</span>
      )}
    </li>
  );
}
