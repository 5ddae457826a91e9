import { useEffect, useState } from 'preact/hooks';
import { plural } from '../../text/numbers.ts';
import { sayError } from '../../text/say-error.ts';
import { cancelInspecting, inspector } from '../inspected.ts';
import type { InspectedSSTable, VerifyFinding } from '../worker/inspector.ts';

/** Findings that are shown; a file that is damaged throughout has millions. */
const SHOWN = 500;

type State = 'idle' | 'running' | 'fine' | 'wrong' | 'stopped' | { readonly failed: string };

/** Checks every byte, as `sstableverify -e` and more, and tells what is wrong. */
export function VerifyTab({ sstable }: { sstable: InspectedSSTable }) {
  const [state, setState] = useState<State>('idle');
  const [share, setShare] = useState(0);
  const [findings, setFindings] = useState<readonly VerifyFinding[]>([]);
  const run = async () => {
    const found: VerifyFinding[] = [];
    setState('running');
    setShare(0);
    setFindings([]);
    try {
      const isFine = await inspector().verify(sstable.id, (finding, done) => {
        found.push(finding);
        setShare(done);
        if (found.length <= SHOWN) setFindings([...found]);
      });
      setShare(1);
      setState(isFine ? 'fine' : 'wrong');
    } catch (error) {
      setState((error as { code?: string }).code === 'CANCELLED' ? 'stopped' : { failed: sayError(error) });
    }
  };
  // Whoever goes elsewhere does not wait for the end of it.
  useEffect(() => cancelInspecting, []);
  const problems = findings.filter(({ severity }) => severity !== 'fine').length;
  return (
    <div class="verify">
      <p>
        Reads each component whole: checksums, order of keys and rows, indexes and filter against the data, statistics against
        what is there.
      </p>
      <div class="buttons">
        {state === 'running' ? (
          <button type="button" onClick={cancelInspecting}>
            Stop
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => void run()}>
            {state === 'idle' ? 'Verify' : 'Verify again'}
          </button>
        )}
        <span role="status">
          {state === 'running' && `${Math.floor(share * 100)} % …`}
          {state === 'fine' && <b class="good">All is well.</b>}
          {state === 'wrong' && <b class="warning">{plural(problems, 'finding')}.</b>}
          {state === 'stopped' && 'Stopped.'}
          {typeof state === 'object' && <b class="warning">{state.failed}</b>}
        </span>
      </div>
      {state === 'running' && <progress max={1} value={share} aria-label="How far verifying is" />}
      <ul class="findings">
        {findings.map((finding, index) => (
          <li key={index} class={finding.severity}>
            <span class="mark" aria-hidden="true">
              {finding.severity === 'fine' ? '✓' : '✕'}
            </span>{' '}
            {finding.severity !== 'fine' && <b>{finding.severity}: </b>}
            {finding.text}
          </li>
        ))}
      </ul>
      {findings.length >= SHOWN && <p class="muted">Only the first {SHOWN} are shown.</p>}
    </div>
  );
}
