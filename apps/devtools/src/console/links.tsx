// Scripts as links: who opens one finds the script in the editor, and nothing has run.

import { computed, effect, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { linkTo, route } from '../frame/route.ts';

/** Characters that a link may bring, and that are made a link of: browsers and mail programs cut longer ones. */
const linkMax = 30_000;

/** What a link brought; null where the page was not opened by one. */
export const linkedScript = computed(() => {
  const { view, params } = route.value;
  const cql = view === 'console' ? params.get('cql') : null;
  return cql === null ? null : cql.slice(0, linkMax);
});

/** What the notice says of the script that the address has: it was put into the editor, or stayed outside of it. */
const notice = signal<{ readonly text: string; readonly isIn: boolean } | null>(null);

/** Scripts that were put into the editor once: whoever comes back to such an address keeps what he wrote since. */
const broughtOnce = new Set<string>();

/** Keeps the editor to what links bring, each once; what is returned ends that. */
export function followLinks(editor: { text(): string; setText(text: string, cursor: 'start'): void }): () => void {
  return effect(() => {
    const text = linkedScript.value;
    if (text === null) {
      notice.value = null;
    } else if (!broughtOnce.has(text)) {
      broughtOnce.add(text);
      editor.setText(text, 'start');
      notice.value = { text, isIn: true };
    } else if (editor.text() !== text) {
      notice.value = { text, isIn: false };
    }
  });
}

/** Says what came with a link. `put` replaces what stands in the editor. */
export function LinkedNotice({ put }: { put: (text: string) => void }) {
  const now = notice.value;
  if (now === null) return null;
  return (
    <div class="linked" role="status">
      {now.isIn ? (
        <span>
          <b>This script came with a link.</b> Nothing of it has run: read it first.
        </span>
      ) : (
        <span>
          <b>The address has a script</b> that is not what stands in the editor.{' '}
          <button
            type="button"
            onClick={() => {
              put(now.text);
              notice.value = { text: now.text, isIn: true };
            }}
          >
            Put it there
          </button>
        </span>
      )}
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

/** A button that makes a link of the script. */
export function LinkButton({ text }: { text: () => string }) {
  const box = useRef<HTMLDivElement>(null);
  const [link, setLink] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [isOwnPage, setOwnPage] = useState(true);
  // Inside of another app the address is the app's, and says nothing to this page.
  useEffect(() => setOwnPage(box.current?.getRootNode() === document), []);
  useEffect(() => {
    if (link === null) return undefined;
    box.current?.querySelector('input')?.select();
    const away = (event: Event) => {
      if (box.current !== null && !event.composedPath().includes(box.current)) setLink(null);
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
    };
  }, [link]);
  const make = async () => {
    const cql = text();
    if (cql.length > linkMax) {
      setLink('');
      setSaid(`A link takes up to ${linkMax} characters, and this script has ${cql.length}: share it as a file for SOURCE.`);
      return;
    }
    const made = location.href.replace(/#.*$/s, '') + linkTo('console', { cql });
    setLink(made);
    setSaid('');
    try {
      await navigator.clipboard.writeText(made);
      setSaid('Copied. Who opens it finds the script in the editor; it does not run by itself, and no data goes along.');
    } catch (error) {
      setSaid(`Copy it from here: ${(error as Error).message}`);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it wherever the focus is in it
    <div
      class="history link"
      ref={box}
      hidden={!isOwnPage}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || link === null) return;
        setLink(null);
        box.current?.querySelector('button')?.focus();
      }}
    >
      <button type="button" aria-expanded={link !== null} title="Copy a link to this script" onClick={() => void make()}>
        Link
      </button>
      {link !== null && (
        <div class="popover">
          {link !== '' && <input readOnly value={link} aria-label="Link to this script" />}
          <p class="muted" role="status">
            {said}
          </p>
        </div>
      )}
    </div>
  );
}
