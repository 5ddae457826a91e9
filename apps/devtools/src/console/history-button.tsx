import { useEffect, useRef, useState } from 'preact/hooks';
import { forgetAll, scripts } from './history.ts';

/** Entries that are listed at once: what is further back is searched for. */
const listedMax = 60;

/** A button that lists what was run, newest first, and searches it. */
export function HistoryButton({ choose }: { choose: (script: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [sought, setSought] = useState('');
  useEffect(() => {
    if (!open) return undefined;
    // In a shadow root the document sees the element that holds it: the path tells what is inside.
    const away = (event: Event) => {
      if (box.current !== null && !event.composedPath().includes(box.current)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    box.current?.querySelector('input')?.focus();
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
    };
  }, [open]);
  const words = sought.toLowerCase().split(/\s+/);
  const found = scripts.value.filter((script) => words.every((word) => script.toLowerCase().includes(word)));
  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  /** The arrows walk over the list. */
  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || box.current === null) return undefined;
    event.preventDefault();
    const stops = [...box.current.querySelectorAll<HTMLElement>('input, ol button')];
    const at = stops.indexOf(event.target as HTMLElement);
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
    return undefined;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list wherever the focus is in it
    <div class="history" ref={box} onKeyDown={walk}>
      <button
        type="button"
        aria-expanded={open}
        disabled={scripts.value.length === 0}
        title="↑ in the first line of the editor and ↓ in the last walk through it"
        onClick={() => {
          setSought('');
          setOpen(!open);
        }}
      >
        History
      </button>
      {open && (
        <div class="popover">
          <input
            type="search"
            placeholder="Search what was run"
            aria-label="Search what was run"
            value={sought}
            onInput={(event) => setSought(event.currentTarget.value)}
          />
          <ol aria-label="What was run">
            {found.slice(0, listedMax).map((script) => (
              <li key={script}>
                <button
                  type="button"
                  onClick={() => {
                    setOpen(false);
                    choose(script);
                  }}
                >
                  {script.slice(0, 600)}
                </button>
              </li>
            ))}
          </ol>
          <p class="muted">
            {found.length === 0
              ? 'Nothing like that was run here.'
              : `${Math.min(found.length, listedMax)} of ${scripts.value.length}`}
            <button
              type="button"
              class="quiet"
              onClick={() => {
                forgetAll();
                close();
              }}
            >
              Forget all
            </button>
          </p>
        </div>
      )}
    </div>
  );
}
