import { Sha256, toHex } from '@cassette/bytes';
import type { Slices } from '../../scheduler/index.ts';
import type { ExportContent, ExportTarget } from '../export-store.ts';
import { loadScriptOf } from './load-script.ts';
import { checksumsOf, type ExportManifest, filesOfManifest, type ManifestFile, type ManifestSSTable } from './manifest.ts';
import { readmeOf } from './readme.ts';

/** What a manifest says before anything was given out. */
export type ManifestHead = Omit<ExportManifest, keyof ManifestTail | 'sstables' | 'files'>;

/** What it says when all was given out, but for the files. */
export type ManifestTail = Pick<ExportManifest, 'tables' | 'incomplete' | 'notForCassandra4' | 'typesNotForCassandra4'>;

/** Gives out files, and at the end what tells of them and loads them. */
export class KitWriter {
  private readonly target: ExportTarget;
  private readonly head: ManifestHead | null;
  private readonly slices: Slices;
  private readonly files: ManifestFile[] = [];
  private readonly sstables: ManifestSSTable[] = [];

  /** `head`: null where there is to be no kit. */
  constructor(target: ExportTarget, head: ManifestHead | null, slices: Slices) {
    this.target = target;
    this.head = head;
    this.slices = slices;
  }

  /** Gives out a file that the manifest names by itself: a schema. */
  async addText(name: string, text: string): Promise<void> {
    this.files.push(await this.addFile(name, ...encoded(text)));
  }

  /** Gives out a file whose content comes in chunks of `size` bytes altogether, and says what it was. */
  async addFile(name: string, size: number, content: Iterable<Uint8Array>): Promise<ManifestFile> {
    const sha256 = this.head === null ? null : new Sha256();
    await this.add(name, size, sha256 === null ? content : hashed(content, sha256));
    return { name, size, sha256: sha256 === null ? '' : toHex(sha256.digest()) };
  }

  private add(name: string, size: number, content: Iterable<Uint8Array>): Promise<void> {
    return this.target.add(name, size, inTurns(content, this.slices));
  }

  /** An SSTable was given out, file by file. */
  addSSTable(sstable: ManifestSSTable): void {
    this.sstables.push(sstable);
  }

  /** Gives out the kit; last, for it says what everything before it is. */
  async finish(tail: ManifestTail): Promise<void> {
    if (this.head === null) return;
    const manifest: ExportManifest = { ...this.head, ...tail, sstables: this.sstables, files: this.files };
    await this.add('SHA256SUMS', ...encoded(checksumsOf(filesOfManifest(manifest))));
    await this.add('README.md', ...encoded(readmeOf(manifest)));
    await this.add('load.sh', ...encoded(loadScriptOf(manifest)));
    await this.add('manifest.json', ...encoded(`${JSON.stringify(manifest, null, 1)}\n`));
  }
}

function inTurns(content: Iterable<Uint8Array>, slices: Slices): ExportContent {
  return {
    [Symbol.iterator]: () => content[Symbol.iterator](),
    async *[Symbol.asyncIterator]() {
      for (const chunk of content) {
        yield chunk;
        await slices.pause();
      }
    },
  };
}

function encoded(text: string): [size: number, content: Uint8Array[]] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.length, [bytes]];
}

function* hashed(content: Iterable<Uint8Array>, sha256: Sha256): Generator<Uint8Array, void, void> {
  for (const chunk of content) {
    sha256.update(chunk);
    yield chunk;
  }
}
