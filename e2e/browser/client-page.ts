import type { Page } from '@playwright/test';
import { openChromium } from './chromium-profile.ts';
import { startFirefox } from './firefox.ts';

/** What pages/page.js puts on the window. */
declare const window: { readonly cassette?: unknown };

/** What a test does in a page, whether Playwright or Puppeteer drives it. */
export type ClientPage = Pick<Page, 'evaluate'>;

/** Chromium on a profile folder, at a page of that address that has the client, until `use` is done. */
export async function inChromium<T>(profile: string, url: string, use: (page: ClientPage) => Promise<T>): Promise<T> {
  const context = await openChromium(profile);
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => window.cassette !== undefined);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** The same in Firefox. */
export async function inFirefox<T>(profile: string, url: string, use: (page: ClientPage) => Promise<T>): Promise<T> {
  const firefox = await startFirefox(profile);
  try {
    const page = await firefox.newPage();
    await page.goto(url);
    await page.waitForFunction(() => window.cassette !== undefined);
    // Puppeteer's `evaluate` takes what Playwright's does, but for its types.
    return await use({ evaluate: page.evaluate.bind(page) as unknown as Page['evaluate'] });
  } finally {
    await firefox.close();
  }
}
