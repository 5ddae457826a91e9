import { type BrowserContext, chromium } from '@playwright/test';
import { chromiumFlags, chromiumPath } from './chromium.ts';

/** Chromium on a profile folder, for tests that need downloads or several tabs but no crash. */
export function openChromium(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    args: [...chromiumFlags],
    acceptDownloads: true,
    viewport: { width: 1280, height: 800 },
  });
}
