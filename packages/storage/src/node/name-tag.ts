// A text that belongs to an empty file, kept in the name of a hard link to it: `lock.tag.<text in base64url>`. A name needs no
// block of a disk that is full, mostly. A link and its file have one inode, which is not used again as long as either is there, so
// that a tag that outlived its file is never taken for another's.

import { Buffer } from 'node:buffer';
import { type BigIntStats, linkSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from './node-errors.ts';

/** How the names of all tags begin. */
export const nameTagPrefix = 'lock.tag.';

/** A tag of a file. */
export interface NameTag {
  readonly path: string;
  readonly text: string;
}

/** Gives a file a tag. False where the file system has no room for the name either, or no hard links. */
export function addNameTag(path: string, text: string): boolean {
  const name = nameTagPrefix + Buffer.from(text).toString('base64url');
  try {
    linkSync(path, join(dirname(path), name));
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

/** The tags of a file: none where it is not there. */
export function nameTagsOf(path: string): NameTag[] {
  const file = statIfThere(path);
  if (file === undefined || file.nlink < 2n) return [];
  return allTags(path).filter((tag) => statIfThere(tag.path)?.ino === file.ino);
}

/** Removes the tags in a file's directory that are of no file but themselves, which a process that was killed left behind. */
export function removeStrayNameTags(path: string): void {
  for (const tag of allTags(path)) {
    if (statIfThere(tag.path)?.nlink !== 1n) continue;
    try {
      unlinkSync(tag.path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

function allTags(path: string): NameTag[] {
  const directory = dirname(path);
  const names = readdirSync(directory).filter((name) => name.startsWith(nameTagPrefix));
  return names.map((name) => ({
    path: join(directory, name),
    text: Buffer.from(name.slice(nameTagPrefix.length), 'base64url').toString(),
  }));
}

function statIfThere(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
