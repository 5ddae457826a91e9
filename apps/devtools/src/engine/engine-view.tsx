import type { ViewProps } from '../frame/views.ts';
import { CrashPanel } from './crash/crash-panel.tsx';
import { LabDoor } from './lab/lab-door.tsx';
import { LoadPanel } from './load/load-panel.tsx';
import { Picture } from './picture/picture.tsx';
import { Plots } from './plots/plots.tsx';

/** The engine at work: as one picture, over time, under load, and killed. */
export function EngineView({ database }: ViewProps) {
  return (
    <div class="engine-view">
      <Picture />
      <div class="engine-columns">
        <div class="engine-side">
          <Plots />
          <CrashPanel database={database} />
        </div>
        <LoadPanel database={database} />
      </div>
      <LabDoor />
    </div>
  );
}
