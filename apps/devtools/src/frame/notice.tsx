import type { CassetteError } from '@cassette/client';
import { signal } from '@preact/signals';
import { hasNewerBuild } from '../offline/keep-offline.ts';

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

/** That there is a newer build of the page, until it is dismissed; what was acknowledged to this one is in the store. */
export function NewerBuild() {
  if (!hasNewerBuild.value) return null;
  return (
    <div class="notice news" role="status">
      <b>A newer build of this page is here.</b> <span>Loading the page again shows it.</span>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
      <button
        type="button"
        class="quiet"
        aria-label="Dismiss"
        onClick={() => {
          hasNewerBuild.value = false;
        }}
      >
        ✕
      </button>
    </div>
  );
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
