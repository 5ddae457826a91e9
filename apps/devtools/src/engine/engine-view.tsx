import { isEmbedded } from '../frame/host.ts';
import type { ViewProps } from '../frame/views.ts';
import { CrashPanel } from './crash/crash-panel.tsx';
import { LabDoor } from './lab/lab-door.tsx';
import { LoadPanel } from './load/load-panel.tsx';
import { Picture } from './picture/picture.tsx';
import { Plots } from './plots/plots.tsx';

/** The engine at work: as one picture, over time, under load, and killed. An app's own store is neither filled nor killed from here. */
export function EngineView({ database }: ViewProps) {
  return (
    <div class="engine-view">
      <Picture />
      <div class="engine-columns">
        <div class="engine-side">
          <Plots />
          {!isEmbedded.value && <CrashPanel database={database} />}
        </div>
        {!isEmbedded.value && <LoadPanel database={database} />}
      </div>
      <LabDoor />
    </div>
  );
}
