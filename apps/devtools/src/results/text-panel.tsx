import { useMemo, useState } from 'preact/hooks';
import { highlighted } from '../console/highlighted.tsx';

/** Longer texts go without colours. */
const colouredMax = 100_000;

/** What is said in words, or in CQL. */
export function TextPanel({ text, isCql }: { text: string; isCql: boolean }) {
  const [said, setSaid] = useState('Copy');
  const shown = useMemo(() => (isCql && text.length <= colouredMax ? highlighted(text) : text), [text, isCql]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      (error: Error) => setSaid(`Not copied: ${error.message}`),
    );
  return (
    <div class="text-panel">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre class={isCql ? 'cql-text' : ''} tabIndex={0} role="status">
        {shown}
      </pre>
      {navigator.clipboard !== undefined && (
        <button type="button" class="quiet" onClick={() => void copy()}>
          {said}
        </button>
      )}
    </div>
  );
}
