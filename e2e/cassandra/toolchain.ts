import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Java and Maven as found on this machine, by the paths they are started with. */
export interface Toolchain {
  readonly ok: true;
  readonly java: string;
  readonly javaMajor: number;
  readonly mvn: string;
}

/** Why the judge cannot run here, as a sentence to show beside a skipped test. */
export interface NoToolchain {
  readonly ok: false;
  readonly why: string;
}

const JAVA_LEAST = 17;

/** Looks for Java 17 or newer (JAVA_HOME first, then the path) and for Maven. Starts both once, to ask their versions. */
export function findToolchain(): Toolchain | NoToolchain {
  const home = process.env['JAVA_HOME'];
  const ofHome = home ? join(home, 'bin', 'java') : undefined;
  const java = ofHome && existsSync(ofHome) ? ofHome : 'java';
  const version = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(`${version.stderr}${version.stdout}`)?.[1] ?? 0);
  if (version.status !== 0 || major === 0) return { ok: false, why: 'Apache Cassandra needs Java 17; no java was found' };
  if (major < JAVA_LEAST) return { ok: false, why: `Apache Cassandra needs Java 17; ${java} is version ${major}` };
  const maven = spawnSync('mvn', ['-v'], { encoding: 'utf8' });
  if (maven.status !== 0) return { ok: false, why: 'Apache Cassandra is fetched with Maven; no mvn was found' };
  return { ok: true, java, javaMajor: major, mvn: 'mvn' };
}
