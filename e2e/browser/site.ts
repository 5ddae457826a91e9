import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type Page, test } from '@playwright/test';
import { serve } from '../../scripts/tools/serve.mjs';
import { type KillableChromium, startChromium } from './chromium.ts';
import { openChromium } from './chromium-profile.ts';

/** What pages/page.js puts on the window. */
declare const window: { readonly cassette?: unknown };

/** The built client, and the tests' own pages. */
export const clientDist = fileURLToPath(new URL('../../packages/client/dist/', import.meta.url));
/** The built devtools page. */
export const devtoolsDist = fileURLToPath(new URL('../../apps/devtools/dist/', import.meta.url));
const pages = fileURLToPath(new URL('../pages/', import.meta.url));

/** Folders by the path that they are served under. */
export type Folders = Record<string, string>;

/** A page with the client, for the tests of a file. */
export interface SiteOptions {
  /** What is served beside or instead of the tests' pages and the client at `/client/`; asked once the temporary folder is there. */
  readonly folders?: (folder: string) => Folders | Promise<Folders>;
  /** Hears of each path that is asked for. */
  readonly onRequest?: (path: string) => void;
}

/** What the tests of a file have in common: made before them, gone after them. */
export interface Site {
  /** A folder of their own. */
  readonly folder: string;
  /** Where it is served, with `/` at the end. */
  readonly url: string;
}

/** A site and a Chromium that is driven. */
export interface DrivenSite extends Site {
  readonly context: BrowserContext;
  /** A new tab with the client on its window as `cassette`. */
  newTab(): Promise<Page>;
}

/** A site and a Chromium whose tabs and processes the tests may end. */
export interface KillableSite extends Site {
  readonly chromium: KillableChromium;
  /** A new tab with the client on its window as `cassette`. */
  newTab(): Promise<Page>;
}

/** A server; browsers are the tests' own. */
export function useSite(options: SiteOptions = {}): Site {
  const made = new MadeSite(options);
  test.beforeAll(() => made.begin());
  test.afterAll(() => made.end());
  return made;
}

/** A server and a Chromium on a profile of its own. */
export function useChromium(options: SiteOptions = {}): DrivenSite {
  const made = new MadeSite(options);
  test.beforeAll(async () => {
    await made.begin();
    made.context = await openChromium(join(made.folder, 'chromium'));
  });
  test.afterAll(() => made.end());
  return made;
}

/** A server and a Chromium that may be killed. */
export function useKillableChromium(options: SiteOptions = {}): KillableSite {
  const made = new MadeSite(options);
  test.beforeAll(async () => {
    await made.begin();
    made.chromium = await startChromium(join(made.folder, 'chromium'));
  });
  test.afterAll(() => made.end());
  return made;
}

class MadeSite implements DrivenSite, KillableSite {
  folder = '';
  url = '';
  context!: BrowserContext;
  chromium!: KillableChromium;
  private readonly options: SiteOptions;
  private server: Awaited<ReturnType<typeof serve>> | null = null;

  constructor(options: SiteOptions) {
    this.options = options;
  }

  async begin(): Promise<void> {
    const { folders, onRequest } = this.options;
    this.folder = await mkdtemp(join(tmpdir(), 'cassette-e2e-'));
    const own = { '/': pages, '/client/': clientDist, ...(await folders?.(this.folder)) };
    this.server = await serve(own, onRequest === undefined ? {} : { onRequest });
    this.url = this.server.url;
  }

  /** Browsers first: they write into their profile to the last. */
  async end(): Promise<void> {
    await this.context?.close();
    await this.chromium?.close();
    await this.server?.close();
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }

  async newTab(): Promise<Page> {
    const killable: KillableChromium | undefined = this.chromium;
    const page = killable === undefined ? await this.context.newPage() : await killable.open('about:blank');
    await page.goto(this.url);
    await page.waitForFunction(() => window.cassette !== undefined);
    return page;
  }
}
