import puppeteer, { type Browser } from 'puppeteer-core';
import { chromiumFlags, chromiumPath } from './chromium.ts';

/**
 * Starts Chromium on a profile folder through Puppeteer, which leaves its tabs as they are: Playwright has each of them take itself
 * for the one that is looked at, and such a tab is never frozen.
 */
export function startUnfocusedChromium(profile: string): Promise<Browser> {
  return puppeteer.launch({
    executablePath: chromiumPath(),
    headless: true,
    timeout: 120_000,
    protocolTimeout: 600_000,
    userDataDir: profile,
    args: [...chromiumFlags],
    // Playwright's runner ends its children itself; a handler of Puppeteer's own would answer twice.
    handleSIGTERM: false,
    handleSIGINT: false,
    handleSIGHUP: false,
  });
}
