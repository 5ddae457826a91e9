import { AbortedError } from '../errors/client-errors.ts';
import { UploadError } from './upload-error.ts';

/** The first wait before another try; each that follows is twice as long. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** How requests are sent. */
export interface SendOptions {
  /** Sent with every request: authorization, for one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How often a request that failed is sent again, where that may help. Default 5. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Waits so many milliseconds. For tests. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** What a response that was not expected is taken for. */
export type Judgement = 'good' | 'again' | 'refused';

/**
 * Sends a request until it is answered well. Connections that break, 408, 429 and 5xx are tried again after a while, as Retry-After says
 * where it is there. Rejects with UploadError, AbortedError.
 */
export async function send(
  url: string,
  init: RequestInit,
  options: SendOptions,
  judge: (response: Response) => Judgement = judged,
): Promise<Response> {
  const { retries = 5, signal, headers = {}, fetch: request = fetch, wait = waiting(signal) } = options;
  for (let tries = 0; ; tries++) {
    if (signal?.aborted) throw new AbortedError('The upload', signal.reason);
    let problem: string;
    let cause: unknown;
    let asked: number | null = null;
    try {
      const response = await request(url, { ...init, headers: { ...headers, ...init.headers }, ...(signal && { signal }) });
      const judgement = judge(response);
      if (judgement === 'good') return response;
      const said = init.method === 'HEAD' ? '' : (await response.text()).slice(0, 300);
      problem = `${init.method} ${url} was answered ${response.status} ${response.statusText}${said === '' ? '' : `: ${said}`}`;
      if (judgement === 'refused') throw new UploadError('UPLOAD_REFUSED', problem, { url, status: response.status });
      asked = retryAfter(response);
    } catch (error) {
      if (signal?.aborted) throw new AbortedError('The upload', signal.reason);
      if (error instanceof UploadError) throw error;
      cause = error;
      problem = `${init.method} ${url} failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (tries >= retries) throw new UploadError('UPLOAD_FAILED', `${problem} (tried ${tries + 1} times)`, { url }, cause);
    await wait(asked ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries * (0.5 + Math.random())));
  }
}

/** What a status says by itself. */
export function judged({ ok, status }: Response): Judgement {
  if (ok) return 'good';
  return status === 408 || status === 429 || status >= 500 ? 'again' : 'refused';
}

/** Waits, and no longer than until the signal. */
export function waiting(signal: AbortSignal | undefined): (milliseconds: number) => Promise<void> {
  return (milliseconds) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener('abort', end);
    });
}

/** Milliseconds that a server asks to wait. */
function retryAfter({ headers }: Response): number | null {
  const said = headers.get('retry-after');
  if (said === null) return null;
  const milliseconds = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(milliseconds) ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, milliseconds));
}
