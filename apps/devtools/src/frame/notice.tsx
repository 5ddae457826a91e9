import type { CassetteError } from '@cassette/client';
import { signal } from '@preact/signals';

interface Notice {
  readonly what: string;
  readonly error: string;
}

const notice = signal<Notice | null>(null);

/** Tells what went wrong outside of the console. Never swallowed: the console of the browser has it as well. */
export function tellFailure(what: string, error: unknown): void {
  console.error(what, error);
  const { code, message } = error as CassetteError;
  notice.value = { what, error: code ? `${code}: ${message}` : String(message ?? error) };
}

/** The last failure, until it is dismissed. */
export function NoticeBar() {
  if (notice.value === null) return null;
  const { what, error } = notice.value;
  return (
    <div class="notice" role="alert">
      <b>{what}.</b> <span>{error}</span>
      <button
        type="button"
        class="quiet"
        aria-label="Dismiss"
        onClick={() => {
          notice.value = null;
        }}
      >
        ✕
      </button>
    </div>
  );
}
