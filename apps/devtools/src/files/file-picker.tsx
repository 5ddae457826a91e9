import { chosenFiles, type PlacedFile } from './dropped-files.ts';

interface PickerProps {
  readonly label: string;
  /** Whether a folder is chosen with all that is in it. Not every browser can: then it chooses files. */
  readonly folder?: boolean;
  readonly onFiles: (files: readonly PlacedFile[]) => void;
}

/** A button that lets choose files. The same can be chosen again. */
export function FilePicker({ label, folder = false, onFiles }: PickerProps) {
  return (
    <label class="picker">
      <input
        type="file"
        class="hidden"
        multiple
        {...(folder && { webkitdirectory: true })}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files !== null) onFiles(chosenFiles(files));
          event.currentTarget.value = '';
        }}
      />
      <span>{label}</span>
    </label>
  );
}
