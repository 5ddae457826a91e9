import { useState } from 'preact/hooks';
import { droppedFiles, type PlacedFile } from './dropped-files.ts';

/** What an element needs so that files and folders can be dropped on it, and whether some are held over it now. */
export function useDrop(onFiles: (files: readonly PlacedFile[]) => void) {
  const [isOver, setOver] = useState(false);
  return {
    isOver,
    target: {
      onDragOver(event: DragEvent) {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event: DragEvent) {
        // It is told as well when what is held goes over something within.
        const to = event.relatedTarget;
        if (!(to instanceof Node) || !(event.currentTarget as Element).contains(to)) setOver(false);
      },
      onDrop(event: DragEvent) {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(onFiles);
      },
    },
  };
}
