import type { Slices } from '../../scheduler/index.ts';
import type { ExportPlatform } from '../export-options.ts';
import type { ExportContent, ExportTarget } from '../export-store.ts';
import { type FileHash, FileHashes } from './file-hashes.ts';
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
  private readonly hashes: FileHashes;
  private readonly files: ManifestFile[] = [];
  private readonly sstables: ManifestSSTable[] = [];

  /** `head`: null where there is to be no kit. */
  constructor(target: ExportTarget, head: ManifestHead | null, slices: Slices, sha256: ExportPlatform['sha256']) {
    this.target = target;
    this.head = head;
    this.slices = slices;
    this.hashes = new FileHashes(sha256);
  }

  /** Gives out a file that the manifest names by itself: a schema. */
  async addText(name: string, text: string): Promise<void> {
    this.files.push(await this.addFile(name, ...encoded(text)));
  }

  /**
   * Gives out a file whose content comes in chunks of `size` bytes altogether, and says what it was; `sha256` is there when `finish` says it.
   * `crc32`: of the chunks that came so far, where that is known.
   */
  async addFile(name: string, size: number, content: Iterable<Uint8Array>, crc32?: () => number): Promise<ManifestFile> {
    if (this.head === null) {
      await this.add(name, size, content, crc32);
      return { name, size, sha256: '' };
    }
    const hash = this.hashes.begin(size);
    await this.add(name, size, hashed(content, hash), crc32);
    const file = { name, size, sha256: '' };
    await hash.end((sha256) => {
      file.sha256 = sha256;
    });
    return file;
  }

  private add(name: string, size: number, content: Iterable<Uint8Array>, crc32?: () => number): Promise<void> {
    return this.target.add(name, size, inTurns(content, this.slices, crc32));
  }

  /** An SSTable was given out, file by file. */
  addSSTable(sstable: ManifestSSTable): void {
    this.sstables.push(sstable);
  }

  /** Gives out the kit; last, for it says what everything before it is. */
  async finish(tail: ManifestTail): Promise<void> {
    if (this.head === null) return;
    await this.hashes.settled();
    const manifest: ExportManifest = { ...this.head, ...tail, sstables: this.sstables, files: this.files };
    await this.add('SHA256SUMS', ...encoded(checksumsOf(filesOfManifest(manifest))));
    await this.add('README.md', ...encoded(readmeOf(manifest)));
    await this.add('load.sh', ...encoded(loadScriptOf(manifest)));
    await this.add('manifest.json', ...encoded(`${JSON.stringify(manifest, null, 1)}\n`));
  }
}

function inTurns(content: Iterable<Uint8Array>, slices: Slices, crc32: (() => number) | undefined): ExportContent {
  return {
    ...(crc32 !== undefined && { crc32 }),
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

function* hashed(content: Iterable<Uint8Array>, hash: FileHash): Generator<Uint8Array, void, void> {
  for (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}
