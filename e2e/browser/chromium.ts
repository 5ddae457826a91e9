import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';

/** A Chromium that a test started itself, on a profile that outlives it, so that the test may kill it. */
export interface KillableChromium {
  readonly context: BrowserContext;
  /** A new page at that address. */
  open(url: string): Promise<Page>;
  /** SIGKILL to every process of it, as a crash of the whole browser. Resolves when they are gone. */
  kill(): Promise<void>;
  /** Closes it as a user would. */
  close(): Promise<void>;
}

const flags = (process.env.CASSETTE_CHROMIUM_ARGS ?? '--no-sandbox').split(' ').filter((flag) => flag !== '');

/** The browser that the runner found. */
export function chromiumPath(): string {
  const path = process.env.CASSETTE_CHROMIUM;
  if (!path) throw new Error('CASSETTE_CHROMIUM is not set: run the suite with npm test -- e2e');
  return path;
}

/** Flags for Playwright's own launch calls. */
export const chromiumFlags = flags;

/** Starts Chromium on a profile folder, in a process group of its own. */
export async function startChromium(profile: string): Promise<KillableChromium> {
  const child = spawn(
    chromiumPath(),
    [
      '--headless',
      ...flags,
      '--no-default-browser-check',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const gone = once(child, 'exit');
  const endpoint = await devtoolsEndpoint(child);
  const browser: Browser = await chromium.connectOverCDP(endpoint, { timeout: 120_000 });
  const context = browser.contexts()[0];
  return {
    context,
    async open(url) {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
      await page.goto(url);
      return page;
    },
    async kill() {
      process.kill(-child.pid!, 'SIGKILL');
      await gone;
      await browser.close();
    },
    async close() {
      const session = await browser.newBrowserCDPSession();
      // The answer may be lost with the connection: the exit of the process is what counts.
      const closing = session.send('Browser.close').then(
        () => 'closed',
        () => 'connection gone',
      );
      await gone;
      await closing;
    },
  };
}

function devtoolsEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(said);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code} before it could be driven:\n${said}`)));
  });
}
