import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { bytes, count, plural } from '../../text/numbers.ts';
import { LabClient } from './lab-client.ts';
import { LabDisk } from './lab-disk.tsx';
import type { DiskOperation, Fault, LabKnobs, LabRun, Temper } from './lab-types.ts';

const tempers: Readonly<Record<Temper, string>> = {
  seed: 'as the seed says',
  lose: 'nothing unflushed stays',
  keep: 'all stays: only the program died',
  prefix: 'up to some write, the last one torn',
  chaos: 'each lost, kept or torn, in any order',
};

const faults: Readonly<Record<Fault, string>> = {
  none: 'none',
  write: 'a write fails',
  flush: 'a flush fails',
  full: 'the disk is full for a while',
};

/** Which colour an operation has in the strip. */
const looks: Readonly<Record<string, string>> = { write: 'write', flush: 'sync', sync: 'sync', commit: 'commit' };

/** A store in memory whose power is cut where one likes: what the disk keeps, what recovery makes of it. */
export default function LabPanel() {
  const [knobs, setKnobs] = useState<LabKnobs>({ seed: 7, temper: 'chaos', fault: 'none', crashAt: 168 });
  const [run, setRun] = useState<LabRun | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const client = useRef<LabClient | null>(null);
  useEffect(() => {
    const made = new LabClient(
      (answer) => {
        setFailure(null);
        setRun(answer);
      },
      (message) => setFailure(message),
    );
    client.current = made;
    return () => made.end();
  }, []);
  useEffect(() => client.current?.ask(knobs), [knobs]);
  const change = (changes: Partial<LabKnobs>) => setKnobs({ ...knobs, ...changes });
  return (
    <div class="lab-inside">
      <Knobs knobs={knobs} change={change} />
      {failure !== null && (
        <p class="warning" role="alert">
          The laboratory stopped: {failure}
        </p>
      )}
      {run === null ? <p class="muted">Running …</p> : <Result run={run} knobs={knobs} change={change} />}
    </div>
  );
}

interface KnobsProps {
  readonly knobs: LabKnobs;
  change(changes: Partial<LabKnobs>): void;
}

function Knobs({ knobs, change }: KnobsProps) {
  const id = useId();
  return (
    <div class="knobs">
      <div class="knob">
        <label for={`${id}-seed`}>Seed</label>
        <span class="with-button">
          <input
            id={`${id}-seed`}
            type="number"
            min={0}
            max={999_999}
            value={knobs.seed}
            onChange={(event) =>
              change({ seed: Math.max(0, Math.min(999_999, Math.round(event.currentTarget.valueAsNumber || 0))) })
            }
          />
          <button type="button" onClick={() => change({ seed: (knobs.seed + 1) % 1_000_000 })}>
            Next
          </button>
        </span>
      </div>
      <div class="knob">
        <label for={`${id}-temper`}>Of what was not flushed</label>
        <select
          id={`${id}-temper`}
          value={knobs.temper}
          onChange={(event) => change({ temper: event.currentTarget.value as Temper })}
        >
          {Object.entries(tempers).map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div class="knob">
        <label for={`${id}-fault`}>Fault before</label>
        <select
          id={`${id}-fault`}
          value={knobs.fault}
          onChange={(event) => change({ fault: event.currentTarget.value as Fault })}
        >
          {Object.entries(faults).map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Result({ run, knobs, change }: { run: LabRun } & KnobsProps) {
  const id = useId();
  const { operations, files, report, check, temper } = run;
  const at = Math.min(knobs.crashAt, operations.length);
  const operation = operations[Math.min(run.knobs.crashAt, operations.length)];
  const isWhole = check.complaints.length === 0;
  return (
    <>
      <div class="crash-point">
        <label for={`${id}-point`}>
          The power goes in operation <b>{count(at)}</b> of {count(operations.length)}
        </label>
        <Strip operations={operations} at={at} />
        <input
          id={`${id}-point`}
          type="range"
          min={0}
          max={operations.length}
          value={at}
          aria-valuetext={operation === undefined ? 'after all operations' : describe(operation)}
          onInput={(event) => change({ crashAt: event.currentTarget.valueAsNumber })}
        />
        <p>
          {operation === undefined ? (
            'After all of them.'
          ) : (
            <>
              {describe(operation)} <span class="muted">({operation.during})</span>
            </>
          )}
        </p>
      </div>
      <LabDisk files={files} />
      <ol class="story" aria-live="polite">
        <li class="bad">
          <b>Power cut.</b> What was not flushed: {tempers[temper]}.
        </li>
        <li>
          <b>{plural(report.mutationsReplayed, 'mutation')} replayed</b> from {plural(report.segments.length, 'log segment')}
          {report.segments.length > 0 && ` (${report.segments.map(({ file, mutations }) => `${file}: ${mutations}`).join(', ')})`}
          .
        </li>
        {report.tornTails.map(({ file, offset, size }) => (
          <li key={file}>
            <b>Torn tail trimmed</b>: <code>{file}</code> at {count(offset)}, {bytes(size)}.
          </li>
        ))}
        {report.litterSwept.length > 0 && (
          <li>
            <b>{plural(report.litterSwept.length, 'file')} swept away</b> that nothing named:{' '}
            {report.litterSwept.slice(0, 3).map(shortName).join(', ')}
            {report.litterSwept.length > 3 && ' …'}.
          </li>
        )}
        {report.corruption.map((one) => (
          <li class="bad" key={one}>
            <b>Damaged</b>: {one}
          </li>
        ))}
        <li class={isWhole ? 'good' : 'bad'}>
          <b>
            {count(check.there)} of {count(check.acknowledged)} acknowledged rows are there
          </b>
          .{' '}
          {check.unanswered > 0 &&
            `${plural(check.unanswered, 'write')} had no answer yet: ${count(check.unansweredThere)} of them there all the same, the rest as if never asked for.`}
          {check.complaints.map((one) => (
            <span key={one}> {one}.</span>
          ))}
        </li>
        <li class="muted">
          The same seed gives the same disk everywhere: <code>{run.fingerprint}</code>
        </li>
      </ol>
    </>
  );
}

/** Without the table's id, which is the same for all. */
function shortName(file: string): string {
  return file.replace(/^[0-9a-f]{32}-/, '');
}

const kinds: Readonly<Record<string, string>> = {
  write: 'Write',
  truncate: 'Truncation',
  flush: 'Flush',
  sync: 'Sync of the folder',
  create: 'Creation',
  remove: 'Removal',
  rename: 'Renaming',
  commit: 'Commit of the catalog',
};

function describe({ kind, file, bytes: size }: DiskOperation): string {
  const about =
    kind === 'commit' || kind === 'sync' || file === ''
      ? ''
      : kind === 'write'
        ? ` of ${bytes(size)} to ${shortName(file)}`
        : ` of ${shortName(file)}`;
  return `${kinds[kind] ?? kind}${about}`;
}

const stripHeight = 26;

/** All operations, one beside the other. */
function Strip({ operations, at }: { operations: readonly DiskOperation[]; at: number }) {
  const width = Math.max(1, operations.length);
  return (
    <svg class="strip" viewBox={`0 0 ${width} ${stripHeight}`} preserveAspectRatio="none" aria-hidden="true">
      {operations.map(({ kind, bytes: size }, index) => {
        const height = kind === 'write' ? Math.min(stripHeight - 4, 4 + Math.log2(1 + size)) : stripHeight - 8;
        const place = `${index}`;
        return (
          <rect
            key={place}
            x={index + 0.1}
            y={stripHeight - height}
            width="0.8"
            height={height}
            class={`${looks[kind] ?? 'name'}${index > at ? ' never' : ''}`}
          />
        );
      })}
      <rect x={Math.min(width - 0.5, at)} y="0" width="1" height={stripHeight} class="cut" />
    </svg>
  );
}
