import { CassetteError, highWord, lowWord } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { Component, type Piece, verifySSTableInSteps } from '@cassette/sstable';
import { type BlobReader, PagePool } from './blob-source.ts';
import { factsOf } from './facts.ts';
import { pictureOf } from './filter-picture.ts';
import { Inspected } from './inspected.ts';
import type {
  FilterPicture,
  InspectedPartition,
  InspectedRow,
  InspectedSSTable,
  Inspector,
  Space,
  SSTableFacts,
  TrieNode,
  VerifyFinding,
} from './inspector.ts';
import { InspectorError } from './inspector-error.ts';
import { fileOfPath, isZip, type SSTableFile } from './sstable-files.ts';
import { filesOfStore } from './store-files.ts';
import { hasTries, partitionNodes, rowNodes } from './trie-nodes.ts';
import type { BlobMaker } from './zip-files.ts';

/** Bytes that are given at once. */
const BYTES_MAX = 64 * 1024;
/** Inflated bytes that are held of all zips together. */
const INFLATED_MAX = 1 << 30;
/** Milliseconds of verifying before others have their turn. */
const TURN_MS = 20;

/** What the worker's surroundings give it. */
export interface InspectorPlatform {
  readonly readBlob: BlobReader;
  readonly makeBlob: BlobMaker;
  /** The origin's private file system; rejects where there is none. */
  readonly privateFiles: () => Promise<FileSystemDirectoryHandle>;
  /** Milliseconds of a clock that only goes on. */
  readonly now: () => number;
  /** Resolves when messages that came meanwhile have been taken. */
  readonly pause: () => Promise<void>;
}

/** A file and where it is from. */
interface Opened {
  readonly path: string;
  readonly blob: Blob;
}

/** The inspector, as it runs in its worker. */
export class InspectorHost implements Inspector {
  private readonly platform: InspectorPlatform;
  private readonly pool: PagePool;
  private readonly inspected = new Map<string, Inspected>();
  /** Ids by where the files are from. */
  private readonly ids = new Map<string, string>();
  /** Bytes that were inflated for each SSTable of a zip that compresses them. */
  private readonly inflated = new Map<string, number>();
  private made = 0;
  /** Goes up with each `cancel`. */
  private cancelled = 0;

  constructor(platform: InspectorPlatform) {
    this.platform = platform;
    this.pool = new PagePool(platform.readBlob);
  }

  async addFiles(
    files: readonly { readonly path: string; readonly file: File }[],
  ): Promise<{ added: InspectedSSTable[]; ignored: string[] }> {
    const ignored: string[] = [];
    const touched = new Set<Inspected>();
    for (const { path, file } of files) {
      if (!isZip(path)) {
        this.add({ path, blob: file }, path, touched, ignored);
        continue;
      }
      try {
        const { filesInZip } = await import('./zip-files.ts');
        for (const entry of await filesInZip(path, file, this.platform.makeBlob)) {
          const inner = `${path}/${entry.path}`;
          if (typeof fileOfPath(inner) === 'string') continue;
          const held = sum(this.inflated.values());
          if (held + entry.inflatedSize > INFLATED_MAX) {
            ignored.push(
              `${inner}: it is compressed by the zip, and ${INFLATED_MAX >> 20} MiB of such files are held at most. Close others, or unpack the zip and open the folder`,
            );
            continue;
          }
          const one = this.add({ path: inner, blob: await entry.open() }, inner, touched, ignored);
          if (one !== null) this.inflated.set(one.id, (this.inflated.get(one.id) ?? 0) + entry.inflatedSize);
        }
      } catch (error) {
        const why = whyIgnored(error);
        ignored.push(why.startsWith(path) ? why : `${path}: ${why}`);
      }
    }
    const added: InspectedSSTable[] = [];
    for (const one of touched) {
      try {
        added.push(one.told);
      } catch (error) {
        ignored.push(whyIgnored(error));
        this.forget(one.id);
      }
    }
    return { added, ignored };
  }

  async addStore(store: string): Promise<InspectedSSTable[]> {
    const origin = `store ${store}`;
    const files = await filesOfStore(store, this.platform.privateFiles);
    const touched = new Set<Inspected>();
    for (const { name, file } of files) {
      if (typeof fileOfPath(name) !== 'string') this.add({ path: name, blob: file }, `${origin}/${name}`, touched, []);
    }
    // What a compaction has replaced is not one of the store's any more.
    for (const [key, id] of this.ids) {
      const one = this.inspected.get(id);
      if (key.startsWith(`${origin}/`) && one !== undefined && !touched.has(one)) this.forget(id);
    }
    const told: InspectedSSTable[] = [];
    for (const one of touched) {
      try {
        told.push(one.told);
      } catch (error) {
        // Removed since its folder was listed: another has its rows.
        if (!(error instanceof InspectorError && error.code === 'FILE_GONE')) throw error;
        this.forget(one.id);
      }
    }
    return told;
  }

  async remove(id: string): Promise<void> {
    this.forget(id);
  }

  async facts(id: string, keyspace = this.known(id).keyspace, table = this.known(id).table): Promise<SSTableFacts> {
    const { descriptor, sources } = this.known(id);
    return factsOf(descriptor, sources, keyspace, table);
  }

  async partitions(id: string, first: number, max: number): Promise<InspectedPartition[]> {
    return this.known(id).partitions(first, max);
  }

  async find(id: string, what: { readonly token: string } | { readonly key: string }): Promise<InspectedPartition | null> {
    const one = this.known(id);
    let place: ReturnType<Inspected['withKey']>;
    if ('key' in what) {
      const { keyOfText } = await import('./key-of-text.ts');
      place = one.withKey(keyOfText(what.key, one.keyType));
    } else {
      const token = tokenOfText(what.token);
      place = one.firstFrom(highWord(token), lowWord(token));
    }
    return place === null ? null : one.partition(place);
  }

  async rows(id: string, partition: number, first: number, max: number): Promise<InspectedRow[]> {
    return this.known(id).rows(partition, first, max);
  }

  async root(id: string, component: Component, space: Space): Promise<Piece> {
    return this.known(id).anatomy(component, space).root;
  }

  async parts(
    id: string,
    component: Component,
    space: Space,
    piece: Piece,
    first: number,
    max: number,
  ): Promise<readonly Piece[]> {
    return this.known(id).anatomy(component, space).parts(piece, first, max);
  }

  async pathTo(
    id: string,
    component: Component,
    space: Space,
    offset: number,
  ): Promise<readonly { readonly piece: Piece; readonly index: number }[]> {
    return this.known(id).anatomy(component, space).pathTo(offset);
  }

  async leaves(id: string, component: Component, space: Space, from: number, to: number, max: number): Promise<readonly Piece[]> {
    return this.known(id).anatomy(component, space).leaves(from, to, max);
  }

  async bytes(id: string, component: Component, space: Space, from: number, to: number): Promise<Uint8Array> {
    return this.known(id).bytes(component, space, from, Math.min(to, from + BYTES_MAX));
  }

  async filter(id: string, cells: number): Promise<FilterPicture> {
    return pictureOf(this.known(id).need(Component.FILTER), cells);
  }

  async trie(id: string, where: { readonly partition?: number; readonly position?: number }, max: number): Promise<TrieNode[]> {
    const one = this.known(id);
    if (!hasTries(one.sources)) {
      throw new InvalidRequestError(`SSTables of version ${one.descriptor.version.name} have no tries: those of da (BTI) have`);
    }
    if (where.partition === undefined) return partitionNodes(one.need(Component.PARTITIONS), where.position, max);
    const entry = one.rowIndexOf(where.partition);
    // A partition of one block has none.
    return entry < 0 ? [] : rowNodes(one.need(Component.ROWS), entry, where.position, max);
  }

  async verify(id: string, told: (finding: VerifyFinding, share: number) => void): Promise<boolean> {
    const one = this.known(id);
    const { platform } = this;
    const life = this.cancelled;
    let share = 0;
    const tell = (severity: VerifyFinding['severity'], text: string) => told({ severity, text }, share);
    const steps = verifySSTableInSteps(one.descriptor, one.scannedSources(), { told: tell });
    for (let turn = platform.now(); ; ) {
      const step = steps.next();
      if (step.done === true) {
        share = 1;
        for (const check of step.value.checks) tell('fine', check);
        return step.value.ok;
      }
      share = step.value;
      if (platform.now() - turn < TURN_MS) continue;
      await platform.pause();
      turn = platform.now();
      if (this.cancelled !== life) {
        steps.return({ sstable: '', ok: false, errors: [], warnings: [], checks: [], partitions: 0, rows: 0 });
        throw new InspectorError('CANCELLED', 'Verifying was given up', { sstable: id });
      }
    }
  }

  async cancel(): Promise<void> {
    this.cancelled++;
  }

  // `place` tells where the file is from: files of one SSTable come from one folder.
  private add({ path, blob }: Opened, place: string, touched: Set<Inspected>, ignored: string[]): Inspected | null {
    const file = fileOfPath(path);
    if (typeof file === 'string') {
      ignored.push(`${path}: ${file}`);
      return null;
    }
    const one = this.inspectedOf(file, `${place.slice(0, place.length - file.fileName.length)}${file.folder}`);
    const { component, fileName } = file;
    touched.add(one);
    if (one.has(component, blob)) return one;
    one.add(component, fileName, blob, this.pool.source(fileName, blob), () => this.pool.scanned(fileName, blob));
    return one;
  }

  private inspectedOf(file: SSTableFile, folder: string): Inspected {
    const { descriptor } = file;
    const key = `${folder}/${descriptor.version.name}-${descriptor.id}`;
    const known = this.inspected.get(this.ids.get(key) ?? '');
    if (known !== undefined) return known;
    const id = `s${++this.made}`;
    const one = new Inspected(id, file);
    this.ids.set(key, id);
    this.inspected.set(id, one);
    return one;
  }

  private forget(id: string): void {
    this.inspected.delete(id);
    this.inflated.delete(id);
    for (const [key, value] of this.ids) if (value === id) this.ids.delete(key);
  }

  private known(id: string): Inspected {
    const one = this.inspected.get(id);
    if (one === undefined) {
      throw new InspectorError(
        'NOT_INSPECTED',
        'This SSTable is not looked at any more: a compaction has replaced it, or it was closed',
        {
          id,
        },
      );
    }
    return one;
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}

// Of a file that can't be read, or not as a zip; anything else is a fault of ours.
function whyIgnored(error: unknown): string {
  if (error instanceof CassetteError || error instanceof DOMException) return error.message;
  throw error;
}

function tokenOfText(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[+-]?\d{1,20}$/.test(trimmed))
    throw new InvalidRequestError(`${text} is no token: a token is a whole number of 64 bits`);
  const token = BigInt(trimmed.replace(/^\+/, ''));
  if (BigInt.asIntN(64, token) !== token)
    throw new InvalidRequestError(`${text} is no token: a token is a whole number of 64 bits`);
  return token;
}
