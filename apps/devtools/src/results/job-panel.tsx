import { useEffect, useId, useReducer, useRef, useState } from 'preact/hooks';
import type { FileJob, JobState } from '../console/files/file-job.ts';
import { bytes, count, milliseconds, plural } from '../text/numbers.ts';

/** Characters that are shown of text that was pasted. */
const shownMax = 20_000;

const titles = { source: 'Running the file', from: 'Copying into', to: 'Copying out of' } as const;

/** SOURCE or COPY: what it asks for, how far it is, what it says. */
export function JobPanel({ job }: { job: FileJob }) {
  const state = job.state.value;
  return (
    <section class="job" aria-label={`${titles[job.verb]} ${job.subject}`}>
      {state.kind === 'asks' ? <Asks job={job} state={state} /> : <Progress job={job} state={state} />}
      <Said job={job} />
    </section>
  );
}

function Asks({ job, state }: { job: FileJob; state: Extract<JobState, { kind: 'asks' }> }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [text, setText] = useState('');
  const id = useId();
  const { name, accept } = state;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way beside the button
    <div
      class={`drop${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        job.take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {name === null ? (
        <>
          <label for={id}>
            Rows for <b>{job.subject}</b>, as they would come from STDIN:
          </label>
          <textarea
            id={id}
            rows={6}
            spellcheck={false}
            value={text.length > shownMax ? '' : text}
            placeholder={text.length > shownMax ? `${count(text.length)} characters were pasted.` : ''}
            onInput={(event) => setText(event.currentTarget.value)}
            onPaste={(event) => {
              // A browser lays out every line of what is pasted, for minutes where it is a large file.
              const pasted = event.clipboardData?.getData('text/plain') ?? '';
              if (pasted.length <= shownMax) return;
              event.preventDefault();
              setText(pasted);
            }}
          />
        </>
      ) : (
        <p>
          A page may read only what you hand it: choose <b>{name}</b>, or drop it here.
        </p>
      )}
      <div class="buttons">
        {name === null && (
          <button type="button" class="primary" disabled={text === ''} onClick={() => job.take([new Blob([text])])}>
            Take this text
          </button>
        )}
        <button type="button" class={name === null ? '' : 'primary'} onClick={() => input.current?.click()}>
          Choose a file …
        </button>
        <button type="button" onClick={job.cancel}>
          Cancel
        </button>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={accept}
        aria-label={`File for ${job.subject}`}
        onChange={(event) => job.take([...(event.currentTarget.files ?? [])])}
      />
    </div>
  );
}

const endings = { done: 'Done', cancelled: 'Called off', failed: 'Failed', running: 'Under way' } as const;

function Progress({ job, state }: { job: FileJob; state: Exclude<JobState, { kind: 'asks' }> }) {
  const [, redraw] = useReducer((n: number, _: null) => n + 1, 0);
  useEffect(() => {
    if (state.kind !== 'running') return undefined;
    const timer = setInterval(() => redraw(null), 250);
    return () => clearInterval(timer);
  }, [state.kind]);
  const { done, refused, bytes: read, bytesTotal } = job.figures.value;
  const taken = job.milliseconds;
  const unit = job.verb === 'source' ? 'statement' : 'row';
  const rate = taken > 0 ? (done / taken) * 1000 : 0;
  return (
    <>
      <p role="status" class={`ending of-${state.kind}`}>
        <b>{endings[state.kind]}.</b> {plural(done, unit)}
        {refused > 0 && <span class="warning">, {count(refused)} refused</span>}
        <span class="muted">
          {' '}
          of {job.subject} in {milliseconds(taken)}, {bytes(read)}
          {job.verb === 'to' ? ' written' : ' read'}
          {rate > 0 && `, ${count(rate)} ${unit}s/s`}
        </span>
      </p>
      {state.kind === 'running' && (
        <div class="buttons">
          <progress
            aria-label={`${titles[job.verb]} ${job.subject}`}
            {...(bytesTotal !== null && bytesTotal > 0 ? { value: read, max: bytesTotal } : {})}
          />
          <button type="button" onClick={job.cancel}>
            Cancel
          </button>
        </div>
      )}
      {state.kind === 'cancelled' && job.verb === 'from' && <p class="muted">What was written until then stays.</p>}
      {state.kind === 'failed' && (
        <div class="failure" role="alert">
          <p>
            <b>{state.failure.name}</b> <code>{state.failure.code}</code>
          </p>
          <pre>{state.failure.message}</pre>
        </div>
      )}
    </>
  );
}

function Said({ job }: { job: FileJob }) {
  const lines = job.lines.value;
  const text = job.text.value;
  return (
    <>
      {lines.length > 0 && (
        <ul class="said">
          {lines.map((line, i) => (
            <li key={i}>{line.slice(0, 500)}</li>
          ))}
        </ul>
      )}
      {text !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <pre class="stdout" tabIndex={0}>
          {text}
          {job.textLeftOut.value > 0 && `\n… ${count(job.textLeftOut.value)} characters more: TO 'file.csv' takes them all`}
        </pre>
      )}
    </>
  );
}
