import { readFileSync } from 'node:fs';
import process from 'node:process';
import { errnoOf } from './node-errors.ts';

/** Who holds a lock. A process id alone is not enough: ids are used again, soon after a restart of the machine most of all. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Boot id and start time in clock ticks since then, where the platform tells (Linux); else ''. */
  readonly start: string;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) };
}

/** Whether the process that wrote this identity still runs. In doubt (no start time known) an existing id counts as running. */
export function isRunning(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (errnoOf(error) !== 'EPERM') return false;
  }
  const start = startOf(identity.pid);
  return identity.start === '' || start === '' || identity.start === start;
}

function startOf(pid: number): string {
  const stat = readProc(`/proc/${pid}/stat`);
  const boot = readProc('/proc/sys/kernel/random/boot_id').trim();
  // The second field is the program's name in parentheses and may hold anything; the 22nd is the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[19];
  return ticks === undefined || boot === '' ? '' : `${boot}/${ticks}`;
}

/** Content of a file of procfs, '' where there is none (other platforms, a process that has just ended). */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ESRCH' || errno === 'EACCES' || errno === 'ENOTDIR') return '';
    throw error;
  }
}
