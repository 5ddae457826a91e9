import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Why WebKit can't be driven here, or null where it can. */
export const webkitMissing: string | null = process.env.CASSETTE_WEBKIT
  ? null
  : (process.env.CASSETTE_WEBKIT_MISSING ?? 'CASSETTE_WEBKIT is not set');

/**
 * What Safari has and WebKitGTK keeps behind flags. `OPFS` is there in name: its access handles are refused, so that a page has to find that
 * out as in a private window of Safari.
 */
const features = ['FileSystem', 'AccessHandle', 'FileSystemWritableStream', 'StorageAPI', 'StorageAPIEstimate'];

/** Milliseconds between two looks at a page, and after which looking is given up. */
const LOOK = 100;
const PATIENCE = 120_000;

/** A WebKit that is driven: the system's own, by the protocol of https://www.w3.org/TR/webdriver2/. Playwright's WebKit is a build of its own. */
export class DrivenWebKit {
  private readonly processes: readonly ChildProcess[];
  private readonly session: string;

  private constructor(processes: readonly ChildProcess[], session: string) {
    this.processes = processes;
    this.session = session;
  }

  /** Starts a display of its own, the driver and a browser, which keeps nothing when it ends. */
  static async start(): Promise<DrivenWebKit> {
    const processes: ChildProcess[] = [];
    try {
      const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      processes.push(screen);
      const [display] = await once(screen.stdio[3]!, 'data');
      const port = await freePort();
      const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, GDK_BACKEND: 'x11' };
      processes.push(spawn(process.env.CASSETTE_WEBKIT!, ['-p', String(port)], { env, stdio: 'ignore' }));
      const url = `http://127.0.0.1:${port}`;
      await until(
        () =>
          fetch(`${url}/status`).then(
            ({ ok }) => ok,
            () => false,
          ),
        'the driver of WebKit',
      );
      const options = { binary: miniBrowser(), args: ['--automation', `--features=${features.join()}`] };
      // Of its own it gives a script half a minute.
      const timeouts = { script: 600_000, pageLoad: 600_000 };
      const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options, timeouts } };
      const { sessionId } = (await ask(`${url}/session`, 'POST', { capabilities })) as { sessionId: string };
      return new DrivenWebKit(processes, `${url}/session/${sessionId}`);
    } catch (error) {
      for (const one of processes) one.kill();
      throw error;
    }
  }

  /** Goes to a page, and waits until it is loaded. */
  async goto(url: string): Promise<void> {
    await ask(`${this.session}/url`, 'POST', { url });
  }

  /** Calls a function in the page, with arguments that JSON can say; what it comes to. Throws its error, with its `code`. */
  async evaluate<A extends readonly unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    const script = `const args = [...arguments]; const done = args.pop();
      Promise.resolve().then(() => (${work.toString()})(...args)).then(
        (value) => done({ value }), (error) => done({ error: String(error), code: error && error.code }));`;
    const answer = (await ask(`${this.session}/execute/async`, 'POST', { script, args })) as
      | { value: T }
      | { error: string; code?: string };
    if ('error' in answer) throw Object.assign(new Error(answer.error), { code: answer.code });
    return answer.value;
  }

  /** Waits until something holds in the page: its modules may come after it was loaded, to the driver. */
  async holds(check: () => boolean): Promise<void> {
    await until(() => this.evaluate(check), `page in which ${check.toString()}`);
  }

  /** Waits until the page shows a text. */
  async sees(text: string): Promise<void> {
    await until(async () => (await this.evaluate(() => document.body.textContent)).includes(text), `“${text}” in the page`);
  }

  /** Clicks the first button or link of that name, as soon as there is one. */
  async click(name: string): Promise<void> {
    const clicked = (wanted: string) => {
      const all = [...document.querySelectorAll<HTMLElement>('button, a, summary, [role=tab]')];
      const found = all.find((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === wanted);
      found?.click();
      return found !== undefined;
    };
    await until(() => this.evaluate(clicked, name), `a button “${name}”`);
  }

  /** The page as it looks, as a PNG. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from((await ask(`${this.session}/screenshot`, 'GET')) as string, 'base64');
  }

  /** Ends the browser, the driver and the display. */
  async close(): Promise<void> {
    try {
      await ask(this.session, 'DELETE');
    } finally {
      for (const one of [...this.processes].reverse()) {
        const gone = once(one, 'exit');
        one.kill();
        await gone;
      }
    }
  }
}

async function ask(url: string, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}

async function until(look: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`There is no ${what} after ${PATIENCE / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** The browser that the driver's package brings: the newest of those there are. */
function miniBrowser(): string {
  const folders = ['/usr/libexec', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name)), '/usr/lib64'];
  const found = folders
    .flatMap((folder) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((name) => join(folder, name, 'MiniBrowser')))
    .filter((path) => existsSync(path));
  if (found.length === 0) throw new Error('The driver of WebKit is here, its MiniBrowser is not');
  return found[0];
}

/** One that nobody listens on, below those that systems give to connections: none takes it before the driver does. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
