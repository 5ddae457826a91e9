import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Build } from './build.ts';
import { JudgeError } from './errors.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** How much the JVM had logged when the request was sent. */
  readonly loggedBefore: number;
}

const LOG_KEPT = 64 * 1024;

/**
 * One JVM of the judge. It answers JSON lines in the order they were sent, and ends when its stdin ends: with `stop`, or with this
 * process, however that ends. While no request is open it does not keep this process alive.
 */
export class Jvm {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pending: Pending[] = [];
  readonly #ended: Promise<void>;
  #log = '';
  #logged = 0;
  #dead: JudgeError | undefined;

  private constructor(child: ChildProcessWithoutNullStreams, what: string) {
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_KEPT);
      this.#logged += text.length;
    });
    // Writing to a JVM that has just ended fails here as well; its end is what is reported.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => this.#answer(line));
    this.#ended = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#dead = new JudgeError('JVM_ENDED', `${what} ${why}\n${this.#log.slice(-4000)}`);
        for (const pending of this.#pending.splice(0)) pending.reject(this.#dead);
        resolve();
      };
      child.on('error', (error) => end(`could not be started: ${error.message}`));
      child.on('close', (status, signal) => end(`ended with ${signal ?? status}`));
    });
  }

  /** Starts the judge's main class in a mode (see Main.java) and waits until it says that it is ready. */
  static async start(build: Build, mode: readonly string[], properties: readonly string[] = []): Promise<Jvm> {
    const args = [...build.jvmArgs.slice(0, 1), ...properties, ...build.jvmArgs.slice(1), 'cassette.judge.Main', ...mode];
    const jvm = new Jvm(spawn(build.java, args, { stdio: 'pipe' }), `the judge's ${mode[0]} JVM`);
    await jvm.#expect();
    return jvm;
  }

  /** The last 64 KiB of what Cassandra logged. */
  get log(): string {
    return this.#log;
  }

  /**
   * Sends one request and waits for its answer.
   * @throws JudgeError REQUEST_FAILED with what the JVM says and logged meanwhile, JVM_ENDED if it is gone
   */
  request(op: string, parameters: object): Promise<unknown> {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#child.stdin.write(`${JSON.stringify({ op, ...parameters })}\n`);
    return this.#expect();
  }

  /** Ends the JVM and waits until it is gone. */
  async stop(): Promise<void> {
    this.#ref(true);
    this.#child.stdin.end();
    await this.#ended;
  }

  #expect(): Promise<unknown> {
    if (this.#dead) return Promise.reject(this.#dead);
    this.#ref(true);
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject, loggedBefore: this.#logged }));
  }

  #answer(line: string): void {
    const pending = this.#pending.shift();
    if (this.#pending.length === 0) this.#ref(false);
    if (!pending) return;
    const answer = JSON.parse(line) as { result?: unknown; error?: string };
    if (answer.error === undefined) pending.resolve(answer.result);
    else pending.reject(new JudgeError('REQUEST_FAILED', `${answer.error}\n${this.#loggedSince(pending.loggedBefore)}`.trim()));
  }

  #loggedSince(before: number): string {
    const length = Math.min(this.#logged - before, 4000);
    return length === 0 ? '' : this.#log.slice(-length);
  }

  #ref(on: boolean): void {
    for (const handle of [
      this.#child,
      this.#child.stdin,
      this.#child.stdout,
      this.#child.stderr,
    ] as Partial<NodeJS.RefCounted>[]) {
      if (on) handle.ref?.();
      else handle.unref?.();
    }
  }
}
