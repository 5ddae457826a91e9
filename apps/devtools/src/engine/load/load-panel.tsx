import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { tellFailure } from '../../frame/notice.tsx';
import { bytes, count, milliseconds, plural } from '../../text/numbers.ts';
import {
  type DurabilityChoice,
  defaultLoad,
  durabilities,
  type KeyChoice,
  type LoadOptions,
  limits,
  loadKeyspace,
  loadTable,
  type NumberKnob,
  type Strategy,
  strategies,
} from './load-options.ts';
import { type LoadRun, loadOf } from './load-run.ts';

const options = signal<LoadOptions>(defaultLoad);

function set(changes: Partial<LoadOptions>): void {
  options.value = { ...options.peek(), ...changes };
}

/** Keeps the engine busy: knobs, start and stop, and what is reached. */
export function LoadPanel({ database }: { database: RemoteDatabase }) {
  const run = loadOf(database);
  const { kind } = run.state.value;
  const isRunning = kind === 'running';
  const now = options.value;
  const start = () => run.start(options.peek()).catch((error: unknown) => tellFailure('The load could not be started', error));
  const clear = () => run.clear().catch((error: unknown) => tellFailure('The tables of the load could not be dropped', error));
  return (
    <section class="load" aria-label="Load generator">
      <header>
        <h2>Load generator</h2>
        <div class="buttons">
          {isRunning ? (
            <button type="button" class="primary" onClick={() => void run.stop()}>
              Stop
            </button>
          ) : (
            <button type="button" class="primary" disabled={kind === 'stopping'} onClick={() => void start()}>
              Start
            </button>
          )}
          <button
            type="button"
            disabled={kind === 'stopping'}
            title={`Drops the generator's own tables in the keyspace ${loadKeyspace}`}
            onClick={() => void clear()}
          >
            Clear
          </button>
        </div>
      </header>
      <Reached run={run} />
      <div class="knobs">
        <Choice
          name="Compaction"
          value={now.strategy}
          titles={titlesOf(strategies)}
          isFixed={isRunning}
          onChoice={(strategy: Strategy) => set({ strategy })}
        />
        <Choice
          name="Durable"
          value={now.durability}
          titles={titlesOf(durabilities)}
          isFixed={isRunning}
          onChoice={(durability: DurabilityChoice) => set({ durability })}
        />
        <Choice
          name="Keys"
          value={now.keys}
          titles={{ uniform: 'uniform', zipf: 'zipf: few are hot', series: 'time series: new ones' }}
          isFixed={isRunning}
          onChoice={(keys: KeyChoice) => set({ keys })}
        />
        <Knob knob="keyCount" name="Number of keys" isFixed={isRunning || now.keys === 'series'} />
        <Knob knob="writers" name="Writers" isFixed={isRunning} />
        <Knob knob="rowsPerCall" name="Rows a call" hint="1: each row by execute; more: by executeMany" isFixed={isRunning} />
        <Knob knob="rate" name="Rows a second" hint="0: flat out" isFixed={isRunning} />
        <Knob knob="rowSize" name="Characters a row" isFixed={isRunning} />
        <Knob knob="updates" name="Updates, %" isFixed={isRunning} />
        <Knob knob="deletes" name="Deletes, %" isFixed={isRunning} />
        <Knob knob="expiring" name="With TTL, %" isFixed={isRunning} />
        <Knob knob="ttl" name="TTL, seconds" isFixed={isRunning || now.expiring === 0} />
        <Knob knob="readers" name="Readers beside" hint="Each reads one row after the other" isFixed={isRunning} />
        <Knob knob="minutes" name="Ends after, minutes" hint="0: never" isFixed={isRunning} />
      </div>
      <p class="muted">
        Writes to <code>{loadTable(now.strategy)}</code>, in this store: about {bytes(now.rowSize + 40)} a row
        {now.rowsPerCall > 1 ? `, ${plural(now.rowsPerCall, 'row')} in each call` : ', a call for each'}.
      </p>
    </section>
  );
}

function titlesOf<K extends string>(all: Readonly<Record<K, { readonly title: string }>>): Readonly<Record<K, string>> {
  return Object.fromEntries(Object.entries<{ readonly title: string }>(all).map(([key, { title }]) => [key, title])) as Record<
    K,
    string
  >;
}

function Reached({ run }: { run: LoadRun }) {
  const state = run.state.value;
  const figures = run.figures.value;
  return (
    <div class="reached">
      {figures !== null && (
        <dl>
          <Figure name="rows/s" value={count(figures.rowsPerSecond)} />
          <Figure name="p50 a call" value={figures.latency === null ? '–' : milliseconds(figures.latency.p50 / 1000)} />
          <Figure name="p99 a call" value={figures.latency === null ? '–' : milliseconds(figures.latency.p99 / 1000)} />
          <Figure name="reads/s" value={count(figures.readsPerSecond)} />
          <Figure name="acknowledged" value={count(figures.rows)} />
          <Figure name="under way" value={count(figures.underWay)} />
        </dl>
      )}
      <p role="status" class={state.kind === 'ended' && state.isError ? 'warning' : 'muted'}>
        {state.kind === 'idle' && figures === null && 'Stands still. Start it, and watch the picture.'}
        {state.kind === 'idle' && figures !== null && 'Stopped.'}
        {state.kind === 'running' && 'Writing.'}
        {state.kind === 'stopping' && 'Stopping: the calls under way are waited for.'}
        {state.kind === 'ended' && `Stopped: ${state.why}.`}
      </p>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Labelled({ name, hint, children }: { name: string; hint?: string; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="knob" title={hint}>
      <label for={id}>{name}</label>
      {children(id)}
    </div>
  );
}

interface ChoiceProps<K extends string> {
  readonly name: string;
  readonly value: K;
  readonly titles: Readonly<Record<K, string>>;
  readonly isFixed: boolean;
  onChoice(value: K): void;
}

function Choice<K extends string>({ name, value, titles, isFixed, onChoice }: ChoiceProps<K>) {
  return (
    <Labelled name={name}>
      {(id) => (
        <select id={id} value={value} disabled={isFixed} onChange={(event) => onChoice(event.currentTarget.value as K)}>
          {Object.entries<string>(titles).map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Knob({ knob, name, hint, isFixed }: { knob: NumberKnob; name: string; hint?: string; isFixed: boolean }) {
  const [min, max] = limits[knob];
  return (
    <Labelled name={name} {...(hint !== undefined && { hint })}>
      {(id) => (
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={min}
          max={max}
          step={1}
          disabled={isFixed}
          value={options.value[knob]}
          onChange={(event) => {
            const { valueAsNumber } = event.currentTarget;
            const value = Number.isFinite(valueAsNumber)
              ? Math.max(min, Math.min(max, Math.round(valueAsNumber)))
              : defaultLoad[knob];
            event.currentTarget.value = String(value);
            set({ [knob]: value });
          }}
        />
      )}
    </Labelled>
  );
}
