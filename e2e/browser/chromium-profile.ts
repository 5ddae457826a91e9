import { type BrowserContext, chromium } from '@playwright/test';
import { chromiumFlags, chromiumPath } from './chromium.ts';

/**
 * Chromium on a profile folder, for tests that need downloads or several tabs but no crash. `serviceWorkers`: those who answer a page's
 * requests themselves block them.
 */
export function openChromium(profile: string, serviceWorkers: 'allow' | 'block' = 'allow'): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    args: [...chromiumFlags],
    acceptDownloads: true,
    serviceWorkers,
    viewport: { width: 1280, height: 800 },
  });
}
