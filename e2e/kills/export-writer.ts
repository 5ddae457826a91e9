import { unzipSync } from 'fflate';
import type { Found, Operation, Writer } from './operations.ts';

/** A store remembers as many exports. */
const remembered = 100;

/** Exports into the test's own hands, and confirms exports. What a store lists is complete, and what was acknowledged it lists. */
export class ExportWriter implements Writer {
  readonly name = 'exports';
  readonly width = 1;
  readonly window = 1;
  /** The zip of the last export that was complete. */
  lastZip: Uint8Array | null = null;
  /** Exports that were complete though nobody was told so. */
  unheard = 0;
  private readonly ids: string[] = [];
  private readonly confirmed = new Set<string>();
  private given: { readonly operation: Operation; readonly chunks: Uint8Array[] } | null = null;
  private nextNumber = 0;

  get open(): number {
    return this.given === null ? 0 : 1;
  }

  /** Exports that were complete. */
  get count(): number {
    return this.ids.length;
  }

  next(): Operation {
    const n = this.nextNumber++;
    const last = this.ids.at(-1);
    const operation: Operation =
      n % 5 === 4 && last !== undefined
        ? { n, kind: 'confirm', id: last }
        : { n, kind: 'export', options: { compact: n % 2 === 0, ...(n % 3 === 1 && last !== undefined && { since: last }) } };
    this.given = { operation, chunks: [] };
    return operation;
  }

  /** A part of the zip of operation `n` came out of the page. */
  take(n: number, chunk: Uint8Array): void {
    if (this.given?.operation.n !== n) throw new Error(`Export ${n} is not under way`);
    this.given.chunks.push(chunk);
  }

  acknowledge(n: number, told: unknown): void {
    const { given } = this;
    if (given?.operation.n !== n) throw new Error(`Export ${n} is not under way`);
    this.given = null;
    if (given.operation.kind === 'confirm') {
      this.confirmed.add(given.operation.id);
      return;
    }
    const { id, bytes } = told as { id: string; bytes: number };
    const zip = Buffer.concat(given.chunks);
    if (zip.length !== bytes) throw new Error(`Export ${n} came as ${zip.length} of ${bytes} bytes`);
    this.keep(id, zip);
  }

  settle({ exports }: Found): string | null {
    const wrong: string[] = [];
    const listed = new Map(exports.map(({ id, confirmed }) => [id, confirmed]));
    for (const id of this.ids.slice(-remembered)) if (!listed.has(id)) wrong.push(`export ${id} is forgotten`);
    for (const id of this.confirmed) if (listed.get(id) === false) wrong.push(`export ${id} is not confirmed any more`);
    const more = [...listed.keys()].filter((id) => !this.ids.includes(id));
    const { given } = this;
    this.given = null;
    if (more.length > (given?.operation.kind === 'export' ? 1 : 0)) wrong.push(`exports ${more} were never made`);
    else if (more.length === 1) {
      this.unheard++;
      const zip = Buffer.concat(given!.chunks);
      try {
        unzipSync(zip);
        this.keep(more[0], zip);
      } catch (error) {
        wrong.push(`export ${more[0]} is listed, and its zip is half made: ${error}`);
      }
    }
    return wrong.length === 0 ? null : `exports: ${wrong.join('; ')}`;
  }

  private keep(id: string, zip: Uint8Array): void {
    this.ids.push(id);
    this.lastZip = zip;
  }
}
