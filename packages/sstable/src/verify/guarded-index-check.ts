import type { DeletionTime } from '../rows/deletion-time.ts';
import type { Findings } from './findings.ts';
import type { PartitionBegin, PartitionIndexCheck } from './partition-index-check.ts';

/** An index check that ends with the first thing that can't be read, as a finding, while the scan of Data.db goes on. */
export class GuardedIndexCheck implements PartitionIndexCheck {
  private readonly check: PartitionIndexCheck;
  private readonly findings: Findings;
  private failed = false;

  constructor(check: PartitionIndexCheck, findings: Findings) {
    this.check = check;
    this.findings = findings;
  }

  beginPartition(partition: PartitionBegin): void {
    if (this.failed) return;
    try {
      this.check.beginPartition(partition);
    } catch (error) {
      this.fail(error);
    }
  }

  beginUnfiltered(position: number, kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    if (this.failed) return;
    try {
      this.check.beginUnfiltered(position, kind, size, bytes, from, to);
    } catch (error) {
      this.fail(error);
    }
  }

  endUnfiltered(position: number, open: DeletionTime): void {
    if (this.failed) return;
    try {
      this.check.endUnfiltered(position, open);
    } catch (error) {
      this.fail(error);
    }
  }

  endPartition(position: number): void {
    if (this.failed) return;
    try {
      this.check.endPartition(position);
    } catch (error) {
      this.fail(error);
    }
  }

  skipPartition(): number {
    if (this.failed) return -1;
    try {
      return this.check.skipPartition();
    } catch (error) {
      this.fail(error);
      return -1;
    }
  }

  finish(): void {
    if (this.failed) return;
    try {
      this.check.finish();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.failed = true;
    this.findings.caught('index', error);
  }
}
