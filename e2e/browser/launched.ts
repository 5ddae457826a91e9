import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumFlags, chromiumPath } from './chromium.ts';

/** A browser that a test started on an address and nobody drives: what it does it tells the server that it loads its page from. */
export interface LaunchedBrowser {
  /** Settles when its first process ends, however it ends. */
  readonly gone: Promise<unknown>;
  /** SIGKILL to every process of it, in one call: a group of its own. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Which browser. */
export type BrowserKind = 'chromium' | 'firefox';

/** What a Firefox that was killed must not ask its user at the next start, and what it need not fetch. */
const firefoxPreferences: Readonly<Record<string, boolean | number | string>> = {
  'toolkit.startup.max_resumed_crashes': -1,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
};

/**
 * Starts a browser on a profile folder and an address, without a driver: nothing of a driver's has to be started, or be in its place, when it
 * is killed, so that it may be killed at any moment.
 */
export async function launch(kind: BrowserKind, profile: string, url: string): Promise<LaunchedBrowser> {
  await mkdir(profile, { recursive: true });
  if (kind === 'firefox') {
    const lines = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    await writeFile(join(profile, 'user.js'), lines.join('\n'));
  }
  const [command, args] =
    kind === 'chromium'
      ? [chromiumPath(), ['--headless', ...chromiumFlags, '--no-default-browser-check', `--user-data-dir=${profile}`, url]]
      : [process.env.CASSETTE_FIREFOX!, ['--headless', '--no-remote', '--profile', profile, url]];
  const child = spawn(command, args, {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  const gone = once(child, 'exit');
  return {
    gone,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
      await gone;
    },
  };
}
