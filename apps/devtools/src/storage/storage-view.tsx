import { isEmbedded } from '../frame/host.ts';
import type { ViewProps } from '../frame/views.ts';
import { stats } from '../store/watch.ts';
import { CatalogPanel } from './catalog-panel.tsx';
import { ExportsPanel } from './exports-panel.tsx';
import { FilesPanel } from './files-panel.tsx';
import { ImportPanel } from './import-panel.tsx';
import { useSettled } from './loaded.tsx';
import { RoomPanel } from './room-panel.tsx';
import { StoresPanel } from './stores-panel.tsx';

/** Where data lies on this device, and how it comes in and goes out. */
export function StorageView({ database }: ViewProps) {
  // What the files are changes with flushes and compactions.
  const bytes = useSettled(stats.value?.diskBytes, 2000);
  return (
    <div class="storage">
      <RoomPanel database={database} changed={bytes} />
      <ExportsPanel database={database} />
      <ImportPanel database={database} />
      {!isEmbedded.value && <StoresPanel database={database} />}
      <FilesPanel database={database} changed={bytes} />
      <CatalogPanel database={database} changed={bytes} />
    </div>
  );
}
