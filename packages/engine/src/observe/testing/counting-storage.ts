import { MemoryStorage, type StorageFile } from '@cassette/storage';

/** For tests: what was read of the files whose names end alike, since the last `forget`. */
export class CountingStorage extends MemoryStorage {
  private readonly bySuffix = new Map<string, { reads: number; bytes: number }>();

  override async open(name: string, options?: Parameters<MemoryStorage['open']>[1]): Promise<StorageFile> {
    const file = await super.open(name, options);
    const suffix = name.slice(name.lastIndexOf('-') + 1);
    return new Proxy(file, {
      get: (target, property) => {
        if (property !== 'read') {
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (bytes: Uint8Array, position: number) => {
          const count = target.read(bytes, position);
          const seen = this.bySuffix.get(suffix) ?? { reads: 0, bytes: 0 };
          this.bySuffix.set(suffix, { reads: seen.reads + 1, bytes: seen.bytes + count });
          return count;
        };
      },
    });
  }

  /** Of files such as `Data.db`. */
  readOf(suffix: string): { readonly reads: number; readonly bytes: number } {
    return this.bySuffix.get(suffix) ?? { reads: 0, bytes: 0 };
  }

  forget(): void {
    this.bySuffix.clear();
  }
}
