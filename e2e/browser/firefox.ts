import puppeteer, { type Browser } from 'puppeteer-core';

/** Why Firefox can't be driven here, or null where it can. */
export const firefoxMissing: string | null = process.env.CASSETTE_FIREFOX
  ? null
  : (process.env.CASSETTE_FIREFOX_MISSING ?? 'CASSETTE_FIREFOX is not set');

/** Starts Firefox on a profile folder, through WebDriver BiDi. */
export function startFirefox(profile: string): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.CASSETTE_FIREFOX!,
    headless: true,
    userDataDir: profile,
    // Playwright's runner ends its children itself; a handler of Puppeteer's own would answer twice.
    handleSIGTERM: false,
    handleSIGINT: false,
    handleSIGHUP: false,
    extraPrefsFirefox: {
      'datareporting.policy.dataSubmissionEnabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'app.update.enabled': false,
      'browser.aboutwelcome.enabled': false,
    },
  });
}
