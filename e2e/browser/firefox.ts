import puppeteer, { type Browser } from 'puppeteer-core';

/** Why Firefox can't be driven here, or null where it can. */
export const firefoxMissing: string | null = process.env.CASSETTE_FIREFOX
  ? null
  : (process.env.CASSETTE_FIREFOX_MISSING ?? 'CASSETTE_FIREFOX is not set');

/** Milliseconds that a start, a call or a wait in a page may take: as long as Playwright gives, however busy the machine is. */
const PATIENCE = 120_000;

/** Starts Firefox on a profile folder, through WebDriver BiDi. */
export async function startFirefox(profile: string): Promise<Browser> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    timeout: PATIENCE,
    // A call may be all that a test does in a page.
    protocolTimeout: 600_000,
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
  const newPage = browser.newPage.bind(browser);
  browser.newPage = async (...options) => {
    const page = await newPage(...options);
    page.setDefaultTimeout(PATIENCE);
    return page;
  };
  return browser;
}
