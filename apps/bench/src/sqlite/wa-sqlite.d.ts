/// <reference types="vite/client" />

/** What the package has no types for. */
declare module '@journeyapps/wa-sqlite/src/examples/OPFSCoopSyncVFS.js' {
  /** Its `create` opens the temporary files of the VFS. */
  export const OPFSCoopSyncVFS: { create(name: string, module: unknown): Promise<unknown> };
}
