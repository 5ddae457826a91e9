import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { greeting } from '../wire/protocol.ts';
import { startWorker } from './start-worker.ts';

/** A worker whose script says nothing, until it is told to fail. */
class SilentWorker extends EventTarget {
  static readonly started: SilentWorker[] = [];
  isEnded = false;
  constructor() {
    super();
    SilentWorker.started.push(this);
  }
  postMessage(_message?: { readonly id: string }): void {
    // Nobody listens.
  }
  terminate(): void {
    this.isEnded = true;
  }
  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

/** One that is asked by Comlink, and answers when it is told to. */
class TalkingWorker extends SilentWorker {
  private readonly questions: string[] = [];
  override postMessage(message?: { readonly id: string }): void {
    this.questions.push(message!.id);
  }
  /** Answers the first question that has no answer yet. */
  answer(value: unknown): void {
    const data = { id: this.questions.shift(), type: 'RAW', value };
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

const page = 'https://app.example/';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', SilentWorker);
  vi.stubGlobal('location', { href: page });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function serve(answer: () => Promise<Response>): { asked: string[] } {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return answer();
  });
  return { asked };
}

function script(text: string, status = 200, type = 'text/javascript'): () => Promise<Response> {
  return async () => new Response(text, { status, headers: { 'content-type': type } });
}

/** What starting it rejects with, and after how many milliseconds; `failing`: what its error event says, at once. */
async function failure(
  failing?: string,
  url = '/w.js',
): Promise<{ message: string; code: string; milliseconds: number; isEnded: boolean }> {
  const began = Date.now();
  let error: { message: string; code: string } | null = null;
  startWorker(url).catch((thrown) => {
    error = thrown;
  });
  const worker = SilentWorker.started.at(-1)!;
  if (failing !== undefined) worker.fail(failing);
  for (let i = 0; error === null && i < 2_000; i++) {
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(10);
  }
  const { message, code } = error as unknown as { message: string; code: string };
  return { message: message.replace(/^.*?\): /, ''), code, milliseconds: Date.now() - began, isEnded: worker.isEnded };
}

test.each([
  ['is not there', script('Not found', 404, 'text/html'), 'its script did not load; the server answers 404 for it'],
  [
    'is a page of the app, which answers all addresses',
    script('<!doctype html>', 200, 'text/html'),
    "its script did not load; the server sends it as 'text/html', and no browser runs that as a script",
  ],
  [
    'is forbidden by the CSP',
    script("const hello = 'cassette worker 3';"),
    "its script did not load; see that the address is right and that the page's CSP allows it in worker-src",
  ],
  [
    'can not be asked for',
    () => Promise.reject(new TypeError('Failed to fetch')),
    "its script did not load; see that the address is right and that the page's CSP allows it in worker-src",
  ],
])('a script that does not load and %s is told at once, with the cause', async (_, answer, message) => {
  const { asked } = serve(answer);
  const told = await failure('');
  expect(told).toMatchObject({ message, code: 'WORKER_DIED', isEnded: true });
  expect(told.milliseconds).toBeLessThan(1_000);
  expect(asked).toEqual([`${page}w.js`]);
});

test('what a script throws is told as it is, and the server is not asked', async () => {
  const { asked } = serve(script(''));
  expect(await failure('Uncaught TypeError: no')).toMatchObject({ message: 'Uncaught TypeError: no' });
  expect(asked).toEqual([]);
});

test("a script that runs, says nothing and is not Cassette's is not waited for", async () => {
  serve(script('self.onmessage = () => {};'));
  const told = await failure();
  expect(told).toMatchObject({ message: "its script did not start Cassette: it is not Cassette's worker.js", isEnded: true });
  expect(told.milliseconds).toBeLessThan(2_000);
});

test.each([
  ["may be Cassette's", script("const hello = 'cassette worker 3';")],
  ['loads others', script("import './engine.js';")],
  ['can not be looked at', () => Promise.reject(new TypeError('Failed to fetch'))],
])('one that says nothing yet and %s has ten seconds', async (_, answer) => {
  serve(answer);
  const told = await failure();
  expect(told.message).toBe("it did not greet within 10 s; is the script Cassette's worker.js?");
  expect(told.milliseconds).toBeGreaterThanOrEqual(10_000);
});

test('the server is asked for the script where the browser takes it from: of a document with a base of its own, from there', async () => {
  vi.stubGlobal('document', { baseURI: 'https://app.example/assets/' });
  const { asked } = serve(script('Not found', 404, 'text/html'));
  expect(await failure('', 'w.js')).toMatchObject({ message: 'its script did not load; the server answers 404 for it' });
  expect(asked).toEqual(['https://app.example/assets/w.js']);
});

test.each([429, 503])(
  'a worker that says nothing yet has ten seconds where the server answers %d, as it may not have at first',
  async (status) => {
    serve(script('Not now', status, 'text/html'));
    expect((await failure()).milliseconds).toBeGreaterThanOrEqual(10_000);
  },
);

test('a worker that greets while the server is being asked is not ended for what that answers', async () => {
  let answer: (response: Response) => void = () => undefined;
  const { asked } = serve(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  vi.stubGlobal('Worker', TalkingWorker);
  const starting = startWorker('/w.js');
  const worker = SilentWorker.started.at(-1) as TalkingWorker;
  for (let i = 0; asked.length === 0 && i < 2_000; i++) {
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(10);
  }
  worker.answer(greeting);
  await vi.advanceTimersByTimeAsync(10);
  answer(new Response('Not found', { status: 404 }));
  await vi.advanceTimersByTimeAsync(100);
  worker.answer('the lock');
  expect((await starting).alive).toBe('the lock');
  expect(worker.isEnded).toBe(false);
});
