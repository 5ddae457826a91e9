import { Sha256, toHex } from '@cassette/bytes';
import type { ExportPlatform } from '../export-options.ts';

/**
 * The largest file that is kept in memory for the platform's hash, which takes a message only as a whole, and copies it: twice this is what an
 * export takes for it. SSTables that flushes make with the default settings are smaller. Larger files are hashed by our own code as they come.
 */
const WHOLE_BYTES_MAX = 24 << 20;

/** Of smaller files the way to another thread costs more than their hash. */
const WHOLE_BYTES_MIN = 32 << 10;

/** The hash of a file that comes in chunks. */
export interface FileHash {
  update(chunk: Uint8Array): void;
  /** All has come. Calls back with the digest in hexadecimal, now or later; resolves when the next file may begin. */
  end(told: (sha256: string) => void): Promise<void>;
}

/** Makes SHA-256 of files, one after the other: by the platform, in its own time, where there is one and the file is not too large. */
export class FileHashes {
  private readonly whole: ExportPlatform['sha256'];
  private gathered: Uint8Array<ArrayBuffer> | null = null;
  /** The one that is being made: no more than one is, for each holds a copy of its file. */
  private underWay: Promise<void> = Promise.resolve();

  constructor(whole: ExportPlatform['sha256']) {
    this.whole = whole;
  }

  /** Begins with a file of so many bytes. */
  begin(size: number): FileHash {
    const { whole } = this;
    return whole === undefined || size < WHOLE_BYTES_MIN || size > WHOLE_BYTES_MAX ? ours() : this.platforms(whole);
  }

  /** Resolves when every digest was told. Rejects with what the platform rejected with. */
  settled(): Promise<void> {
    return this.underWay;
  }

  private platforms(sha256: NonNullable<ExportPlatform['sha256']>): FileHash {
    // Pages that nobody has touched take no memory.
    this.gathered ??= new Uint8Array(WHOLE_BYTES_MAX);
    const { gathered } = this;
    let filled = 0;
    return {
      update: (chunk) => {
        gathered.set(chunk, filled);
        filled += chunk.length;
      },
      end: async (told) => {
        await this.underWay;
        this.underWay = sha256(gathered.subarray(0, filled)).then((digest) => told(toHex(digest)));
        // Whoever asks for the next one, or for all, hears of it.
        this.underWay.catch(() => undefined);
      },
    };
  }
}

function ours(): FileHash {
  const sha256 = new Sha256();
  return {
    update: (chunk) => {
      sha256.update(chunk);
    },
    end: async (told) => told(toHex(sha256.digest())),
  };
}
