import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JudgeError } from './errors.ts';
import type { Toolchain } from './toolchain.ts';

/** What a JVM of the judge is started with. */
export interface Build {
  readonly java: string;
  /** Every option up to the main class: flags, class data archive, class path. */
  readonly jvmArgs: readonly string[];
}

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILDS_KEPT = 2;
const LOCK_POLL_MS = 200;

/** Where the judge builds itself: `$CASSETTE_CACHE/cassandra`, by default `.cassette-cache/cassandra` at the repository's root. */
export function cacheFolder(): string {
  return join(process.env['CASSETTE_CACHE'] ?? join(HERE, '..', '..', '.cassette-cache'), 'cassandra');
}

/**
 * Compiles the Java sources with Maven, which fetches Cassandra itself on first use, and records a class data sharing archive.
 * A build lies in a folder named by the hash of its sources: changed sources are another folder, and a JVM that still runs from the old
 * one is left alone. One builder at a time, across processes.
 *
 * @throws JudgeError BUILD_FAILED with Maven's output
 */
export async function ensureBuilt(tools: Toolchain): Promise<Build> {
  const cache = cacheFolder();
  const folder = join(cache, `build-${sourceHash(tools)}`);
  if (!existsSync(join(folder, 'ready'))) {
    await mkdir(cache, { recursive: true });
    await withLock(join(cache, 'lock'), async () => {
      if (existsSync(join(folder, 'ready'))) return;
      await rm(folder, { recursive: true, force: true });
      await run(tools.mvn, ['-q', '-B', '-f', join(HERE, 'pom.xml'), `-Djudge.build=${folder}`, 'package']);
      const args = await jvmArgs(tools, folder, `-XX:ArchiveClassesAtExit=${join(folder, 'judge.jsa')}`);
      await run(tools.java, [...args, 'cassette.judge.Main', 'warm']);
      await writeFile(join(folder, 'ready'), '');
      await forgetOldBuilds(cache);
    });
  }
  return { java: tools.java, jvmArgs: await jvmArgs(tools, folder, `-XX:SharedArchiveFile=${join(folder, 'judge.jsa')}`) };
}

async function jvmArgs(tools: Toolchain, folder: string, archive: string): Promise<string[]> {
  const classPath = (await readFile(join(folder, 'classpath.txt'), 'utf8')).trim();
  return [
    `@${join(HERE, 'jvm.options')}`,
    // Cassandra installs a security manager, which newer versions of Java refuse unless asked.
    ...(tools.javaMajor > 17 ? ['-Djava.security.manager=allow'] : []),
    archive,
    // The JVM's own warnings go to stdout by default, where they would break the protocol.
    '-Xlog:disable',
    '-Xlog:all=error:stderr',
    '-Xmx1g',
    '-cp',
    `${join(folder, 'judge.jar')}:${classPath}`,
  ];
}

function sourceHash(tools: Toolchain): string {
  const hash = createHash('sha256').update(`java ${tools.javaMajor}\n`);
  const sources = readdirSync(join(HERE, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [join(HERE, 'pom.xml'), join(HERE, 'jvm.options'), ...sources.sort()]) {
    hash.update(`${relative(HERE, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function forgetOldBuilds(cache: string): Promise<void> {
  const builds = await Promise.all(
    (await readdir(cache))
      .filter((name) => name.startsWith('build-'))
      .map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  builds.sort((a, b) => b.at - a.at);
  for (const old of builds.slice(BUILDS_KEPT)) await rm(join(cache, old.name), { recursive: true, force: true });
}

/** A lock file that holds its owner's process id; one whose owner is gone is taken over. */
async function withLock(path: string, action: () => Promise<void>): Promise<void> {
  while (!(await take(path))) {
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner > 0 && !isAlive(owner)) {
      // By renaming, so that of many waiting processes one removes it, and not the next owner's lock.
      await rename(path, `${path}.stale-${process.pid}`).then(
        () => rm(`${path}.stale-${process.pid}`, { force: true }),
        () => undefined,
      );
    } else {
      await sleep(LOCK_POLL_MS);
    }
  }
  try {
    await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new JudgeError('BUILD_FAILED', `${command} ended with ${status}:\n${output.slice(-4000)}`);
}
