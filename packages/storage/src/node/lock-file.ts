// The lock of a directory: a file `lock` made with O_EXCL, JSON { pid, start, nonce }.
//
// A process that is killed leaves its file behind; the next one sees that the holder is gone and takes over. Two that do so
// at once must not both win: the second could remove the lock that the first has just made. So a stale lock is only ever
// removed by the holder of a second O_EXCL file, `lock.takeover`, which reads the lock again before it removes it.
//
// A full disk takes no content, but mostly still a name. There the lock stays empty and a second name of the same file says who
// has it: see name-tag.ts. So a store can be opened, read and exported where nothing more can be written.

import { randomUUID } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreLockedError } from '../errors.ts';
import { writeAll } from './fs-calls.ts';
import { addNameTag, nameTagsOf, removeStrayNameTags } from './name-tag.ts';
import { errnoOf } from './node-errors.ts';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** A file without readable content is being written right now, or its writer was killed in between; this long we wait to tell. */
const unreadableGraceMs = 2_000;
const waitMs = 25;
const attemptsMax = 200;

/** A lock that is held. */
export interface HeldLock {
  /** Removes the lock file, if it still is ours. */
  release(): void;
}

/** Takes the lock of `directory`; throws StoreLockedError while another process, or another object of this one, has it. */
export async function lockDirectory(directory: string): Promise<HeldLock> {
  const path = join(directory, 'lock');
  const guard = join(directory, 'lock.takeover');
  const text = JSON.stringify({ ...thisProcess(), nonce: randomUUID() });
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    if (tryCreate(path, text)) {
      removeStrayNameTags(path);
      return { release: () => removeIf(path, text) };
    }
    const holder = look(path);
    if (holder === undefined) continue;
    if (holder.state === 'running') throw lockedBy(directory, holder.pid);
    if (holder.state === 'stale') {
      if (tryCreate(guard, text)) {
        try {
          removeIf(path, holder.text);
        } finally {
          removeIf(guard, text);
        }
        continue;
      }
      clearStaleGuard(guard);
    }
    await sleep(waitMs);
  }
  throw lockedBy(directory, undefined);
}

interface Holder {
  readonly text: string;
  readonly pid: number | undefined;
  readonly state: 'running' | 'stale' | 'unclear';
}

/** Who holds a lock file; undefined when it is gone. */
function look(path: string): Holder | undefined {
  const text = readLock(path);
  if (text === undefined) return undefined;
  const identity = parse(text);
  if (identity !== undefined) return { text, pid: identity.pid, state: isRunning(identity) ? 'running' : 'stale' };
  const age = ageMs(path);
  if (age === undefined) return undefined;
  return { text, pid: undefined, state: age > unreadableGraceMs ? 'stale' : 'unclear' };
}

function parse(text: string): ProcessIdentity | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value)) return undefined;
  const { pid, start } = value;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && typeof start === 'string'
    ? { pid, start }
    : undefined;
}

/** A takeover that was itself killed: moved away by name first, so that of two cleaners one only removes what both saw. */
function clearStaleGuard(guard: string): void {
  const seen = look(guard);
  if (seen?.state !== 'stale') return;
  const aside = `${guard}.${randomUUID()}`;
  try {
    renameSync(guard, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readLock(aside);
  if (moved !== undefined && moved !== seen.text) tryCreate(guard, moved);
  unlinkLock(aside);
}

/** Creates the file with its content; false when there is one already. */
function tryCreate(path: string, text: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx');
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeAll(fd, new TextEncoder().encode(text), 0);
  } catch (error) {
    if (!tagged(fd, path, text, error)) {
      // An empty lock would keep everyone waiting for the grace time.
      unlinkIfThere(path);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
  return true;
}

/** Whether the text, which did not fit into the file, now is in a name of it. */
function tagged(fd: number, path: string, text: string, error: unknown): boolean {
  const errno = errnoOf(error);
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return false;
  ftruncateSync(fd, 0);
  return addNameTag(path, text);
}

function removeIf(path: string, text: string): void {
  if (readLock(path) === text) unlinkLock(path);
}

/** What a lock says: its content, or without any what its other name says; undefined where there is no lock. */
function readLock(path: string): string | undefined {
  const content = ifThere(() => readFileSync(path, 'utf8'));
  if (content !== '') return content;
  return nameTagsOf(path)[0]?.text ?? '';
}

/** Removes a lock, and then its other names: without it they mean nothing. */
function unlinkLock(path: string): void {
  const tags = nameTagsOf(path);
  unlinkIfThere(path);
  for (const tag of tags) unlinkIfThere(tag.path);
}

function unlinkIfThere(path: string): void {
  ifThere(() => unlinkSync(path));
}

function ageMs(path: string): number | undefined {
  return ifThere(() => Date.now() - statSync(path).mtimeMs);
}

function ifThere<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function lockedBy(directory: string, pid: number | undefined): StoreLockedError {
  const who = pid === undefined ? 'another process' : pid === thisProcess().pid ? 'this process itself' : `process ${pid}`;
  return new StoreLockedError(`The store in ${directory} is open in ${who}: a store has one writer; close it there first`, {
    directory,
    ...(pid === undefined ? {} : { pid }),
  });
}
