// A file of the user's that is written piece by piece: where he picks it, or as a download where the browser has no picker.

/** Takes text until it is closed. */
export interface SaveTarget {
  write(text: string): Promise<void>;
  /** What was written becomes a file. */
  close(): Promise<void>;
  /** Nothing of it stays. */
  abort(): Promise<void>;
}

interface PickerWindow {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Characters that are gathered before they are handed over. */
const pieceLength = 1 << 18;
/** How long a download's bytes stay: a browser gives no sign when it has read them. */
const keptMs = 600_000;

/** Asks where to save, or prepares a download. Rejects with AbortError where the picker is closed. */
export async function openSaveTarget(name: string, type: string): Promise<SaveTarget> {
  const handle = await picked(name);
  return buffered(handle === null ? download(name, type) : await picker(handle));
}

/** A browser opens its picker only shortly after a click: after a long statement it refuses, and a download serves as well. */
async function picked(name: string): Promise<FileSystemFileHandle | null> {
  const { showSaveFilePicker } = window as PickerWindow;
  if (showSaveFilePicker === undefined || !navigator.userActivation?.isActive) return null;
  try {
    return await showSaveFilePicker.call(window, { suggestedName: name });
  } catch (error) {
    if ((error as DOMException).name !== 'SecurityError') throw error;
    return null;
  }
}

async function picker(handle: FileSystemFileHandle): Promise<SaveTarget> {
  const file = await handle.createWritable();
  return { write: (text) => file.write(text), close: () => file.close(), abort: () => file.abort() };
}

/** A Blob made of Blobs: what was written lies with the browser, which may put it on disk. */
function download(name: string, type: string): SaveTarget {
  let pieces: Blob[] = [];
  return {
    async write(text) {
      pieces.push(new Blob([text]));
    },
    async close() {
      const url = URL.createObjectURL(new Blob(pieces, { type }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), keptMs);
    },
    async abort() {
      pieces = [];
    },
  };
}

function buffered(target: SaveTarget): SaveTarget {
  let gathered = '';
  const flush = async () => {
    const text = gathered;
    gathered = '';
    if (text !== '') await target.write(text);
  };
  return {
    async write(text) {
      gathered += text;
      if (gathered.length >= pieceLength) await flush();
    },
    async close() {
      await flush();
      await target.close();
    },
    abort: () => target.abort(),
  };
}
