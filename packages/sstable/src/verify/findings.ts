import { CassetteError } from '@cassette/bytes';

/** Findings that are kept of each kind; the rest is counted. */
const FINDINGS_MAX = 100;

/** Told of findings as they are made. */
export type FindingListener = (severity: 'error' | 'warning', text: string) => void;

/** What a verification found. */
export class Findings {
  /** Wrong bytes, or data that a read could miss. */
  readonly errors: string[] = [];
  /** What Cassandra would not have written, but lives with. */
  readonly warnings: string[] = [];
  /** The checks that found no error, by name. */
  readonly checks: string[] = [];
  private errorsLeft = FINDINGS_MAX;
  private warningsLeft = FINDINGS_MAX;
  private readonly told: FindingListener | undefined;

  /** `told` is called with each finding that is kept, when it is made. */
  constructor(told?: FindingListener) {
    this.told = told;
  }

  /** Whether there are so many errors that more would tell nothing. */
  get isFull(): boolean {
    return this.errorsLeft <= 0;
  }

  error(text: string): void {
    if (this.errorsLeft-- > 0) this.keep('error', text);
    else if (this.errorsLeft === -1) this.keep('error', 'and more errors, which are left out');
  }

  warn(text: string): void {
    if (this.warningsLeft-- > 0) this.keep('warning', text);
    else if (this.warningsLeft === -1) this.keep('warning', 'and more warnings, which are left out');
  }

  private keep(severity: 'error' | 'warning', text: string): void {
    (severity === 'error' ? this.errors : this.warnings).push(text);
    this.told?.(severity, text);
  }

  /** A caught error as a finding; one that is not Cassette's own is a bug and is thrown on. */
  caught(check: string, error: unknown): void {
    if (!(error instanceof CassetteError)) throw error;
    this.error(`${check}: ${error.message}`);
  }

  /** Runs a part of a check that {@link settle} ends; what it throws is an error of that check. */
  guard(check: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.caught(check, error);
    }
  }

  /** Names a check as one that found no error, unless one of its errors is among the findings. */
  settle(check: string): void {
    if (!this.errors.some((text) => text.startsWith(check))) this.checks.push(check);
  }

  /** Runs a check; what it throws or reports as an error leaves it out of `checks`. Null where it threw. */
  run<T>(check: string, work: () => T): T | null {
    const before = this.errors.length;
    const result = this.attempt(check, work);
    if (this.errors.length === before) this.checks.push(check);
    return result;
  }

  /** Runs what a check needs, which is not yet one; what it throws is an error of that check. Null where it threw. */
  attempt<T>(check: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.caught(check, error);
      return null;
    }
  }
}
