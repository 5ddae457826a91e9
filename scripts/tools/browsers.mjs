// Finds the browsers that tests drive: one that is there, else Playwright's own, else the system's package manager's.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture, run } from './run.mjs';
import { bin, root } from './workspace.mjs';

/** What Chromium is started with where there is neither a display nor a network. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const candidates = {
  chromium: {
    env: 'CASSETTE_CHROMIUM',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
    paths: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    apt: ['chromium'],
  },
  firefox: {
    env: 'CASSETTE_FIREFOX',
    commands: ['firefox-esr', 'firefox'],
    paths: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    apt: ['firefox-esr'],
  },
  // The driver of WebKitGTK, which brings a browser; the display is for that.
  webkit: {
    env: 'CASSETTE_WEBKIT',
    commands: ['WebKitWebDriver'],
    paths: [],
    apt: ['webkit2gtk-driver', 'xvfb'],
    asked: '--help',
  },
};

async function which(command) {
  const found = await capture(process.platform === 'win32' ? 'where' : 'which', [command]);
  return found.code === 0 ? found.stdout.split('\n')[0].trim() : '';
}

async function works(path, asked = '--version') {
  if (!path || !existsSync(path)) return false;
  return (await capture(path, [asked])).code === 0;
}

async function installed(browser) {
  for (const path of [process.env[browser.env], ...browser.paths]) if (await works(path, browser.asked)) return path;
  for (const command of browser.commands) {
    const path = await which(command);
    if (await works(path, browser.asked)) return path;
  }
  return '';
}

async function playwrights(name) {
  if (name !== 'chromium') return ''; // Playwright's Firefox and WebKit are builds of its own that other drivers can't drive.
  const { chromium } = await import('@playwright/test');
  if (await works(chromium.executablePath())) return chromium.executablePath();
  console.log('No Chromium here yet: asking Playwright for its own …');
  const code = await run(bin('playwright'), ['install', 'chromium'], { cwd: root, timeout: 300_000, stdio: 'ignore' });
  return code === 0 && (await works(chromium.executablePath())) ? chromium.executablePath() : '';
}

async function fromPackageManager(browser) {
  if (process.platform !== 'linux' || !(await which('apt-get'))) return '';
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = async (...args) => {
    const [command, ...rest] = [...asRoot, 'apt-get', ...args];
    return (await capture(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })).code;
  };
  console.log(`Installing ${browser.apt.join(', ')} with apt-get …`);
  if ((await apt('update')) !== 0) return '';
  if ((await apt('install', '-y', '--no-install-recommends', ...browser.apt)) !== 0) return '';
  return installed(browser);
}

/**
 * The executable of a browser, installing it if need be.
 * @param {'chromium' | 'firefox' | 'webkit'} name
 * @returns {Promise<{ path: string } | { path: null, why: string }>}
 */
export async function findBrowser(name) {
  const browser = candidates[name];
  const path = (await installed(browser)) || (await playwrights(name)) || (await fromPackageManager(browser));
  if (path) return { path };
  return {
    path: null,
    why: `no ${name}: none of ${browser.commands.join(', ')} is installed, and neither Playwright nor apt-get could bring one. Install one, or set ${browser.env} to its path.`,
  };
}

/** Where the e2e suites are. */
export const e2e = join(root, 'e2e');
