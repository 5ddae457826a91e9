/** Removes a file or a folder with all that is in it from the top of the origin private file system, if it is there. */
export async function removeFromOpfs(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const there of (root as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> }).keys()) {
    if (there === name) await root.removeEntry(name, { recursive: true });
  }
}
