// Commands that are answered at once, in cqlsh's words.

import type { RemoteDatabase } from '@cassette/client';
import type { Signal } from '@preact/signals';
import { version } from '../../../../../packages/client/package.json';
import { scripts } from '../history.ts';
import { consistency, expanded, pageRows, pageRowsDefault, paging, serialConsistency, tracing } from '../settings.ts';
import type { Command, CopyCommand, Switch } from './command.ts';
import { help } from './help.ts';

/** Commands that need no file. */
export type QuickCommand = Exclude<Command, CopyCommand | { readonly kind: 'source' } | { readonly kind: 'clear' }>;

/** Carries a command out, and says so. */
export function runCommand(command: QuickCommand, database: RemoteDatabase): string {
  switch (command.kind) {
    case 'switch':
      return turn(switches[command.what], command.on);
    case 'paging':
      return turnPaging(command.to);
    case 'consistency':
      return sayLevel(command.serial, command.level);
    case 'show':
      return show(command.what, database);
    case 'help':
      return help(command.topics);
    case 'history':
      return [...scripts.value].reverse().join('\n\n') || 'Nothing was run yet.';
    case 'exit':
      return 'A page is left by closing it: what was acknowledged is kept.';
    case 'login':
      return 'A store has no users: whoever can open this page can open its stores. Nothing was sent anywhere.';
    case 'unsupported':
      return command.why;
  }
}

interface Switchable {
  readonly value: Signal<boolean>;
  readonly name: string;
  readonly command: string;
}

const switches: Readonly<Record<Switch, Switchable>> = {
  expand: { value: expanded, name: 'Expanded output', command: 'EXPAND' },
  tracing: { value: tracing, name: 'Tracing', command: 'TRACING' },
};

function turn({ value, name, command }: Switchable, on: boolean | null): string {
  const word = (is: boolean) => (is ? 'enabled' : 'disabled');
  const other = `Use ${command} ${value.value ? 'OFF' : 'ON'} to ${value.value ? 'disable' : 'enable'}.`;
  if (on === null) return `${name} is currently ${word(value.value)}. ${other}`;
  if (on === value.value) return `${name} is already ${word(on)}. ${other}`;
  value.value = on;
  return on ? `Now ${name} is enabled` : `Disabled ${name}.`;
}

function turnPaging(to: number | 'on' | 'off' | null): string {
  const size = () => `Page size: ${pageRows.value}`;
  if (typeof to === 'number') {
    pageRows.value = to;
    paging.value = true;
    return `Now Query paging is enabled\n${size()}`;
  }
  const answer = turn({ value: paging, name: 'Query paging', command: 'PAGING' }, to === null ? null : to === 'on');
  if (to === 'off') pageRows.value = pageRowsDefault;
  return paging.value ? `${answer}\n${size()}` : answer;
}

function sayLevel(serial: boolean, level: string | null): string {
  const value = serial ? serialConsistency : consistency;
  const name = serial ? 'serial consistency level' : 'consistency level';
  if (level === null) return `Current ${name} is ${value.value}.`;
  value.value = level;
  const why = 'The store is one node that is always there: every level is met.';
  return `${name[0].toUpperCase()}${name.slice(1)} set to ${level}.\n${why}`;
}

function show(what: 'version' | 'host' | 'session' | 'replicas', { name, persistent }: RemoteDatabase): string {
  switch (what) {
    case 'version':
      return `[Cassette ${version} | SSTables of Cassandra 5.0: nb, oa, da | CQL spec 3.4.7]`;
    case 'host':
      return `Connected to the store '${name}', ${persistent ? "in this browser's private file system" : 'in memory only'}.`;
    case 'session':
      return 'Traces are not stored: TRACING ON shows each below its result.';
    case 'replicas':
      return 'There is one: this browser.';
  }
}
